//! AWS STS.

use serde::Deserialize;

use crate::iam::CALLER;
use crate::wire::{Answer, AwsError, Request, Xml, from_params};
use crate::world::{World, unknown_operation};

/// Answers a request to STS.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "DecodeAuthorizationMessage" => decode(&from_params(&request.params)?),
        "GetCallerIdentity" => get_caller_identity(world, &from_params(&request.params)?),
        _ => Err(unknown_operation(request)),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetCallerIdentity {}

/// Who calls: always the same user, since credentials are not checked.
fn get_caller_identity(world: &World, GetCallerIdentity {}: &GetCallerIdentity) -> Answer {
    let account = &world.account;
    Ok(Xml::new()
        .text("Arn", format!("arn:aws:iam::{account}:user/{CALLER}"))
        .text("UserId", &world.user_id)
        .text("Account", account))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DecodeAuthorizationMessage {
    /// No refusal of the simulator comes with an encoded message, so none can be decoded.
    #[serde(rename = "EncodedMessage")]
    _encoded_message: String,
}

fn decode(_: &DecodeAuthorizationMessage) -> Answer {
    Err(AwsError::new(
        "InvalidAuthorizationMessageException",
        "The message passed was invalid: no refusal came with it",
    ))
}
