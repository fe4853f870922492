//! AWS STS.

use serde::Deserialize;

use crate::iam::{CALLER, Session};
use crate::wire::{Answer, AwsError, Request, Xml, from_params};
use crate::world::{World, unknown_operation};

/// Answers a request to STS.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "DecodeAuthorizationMessage" => decode(&from_params(&request.params)?),
        "GetCallerIdentity" => {
            let input = from_params(&request.params)?;
            get_caller_identity(world, Session::of(world, request), &input)
        }
        _ => Err(unknown_operation(request)),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetCallerIdentity {}

/// Who calls: whoever acts as a role, and else always the same user.
fn get_caller_identity(
    world: &World,
    session: Option<&Session>,
    GetCallerIdentity {}: &GetCallerIdentity,
) -> Answer {
    let account = &world.account;
    if let Some(session) = session {
        return Ok(Xml::new()
            .text("Arn", session.arn(world))
            .text("UserId", session.user_id())
            .text("Account", account));
    }
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
