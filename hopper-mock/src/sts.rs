//! AWS STS.

use serde::Deserialize;

use crate::iam::CALLER;
use crate::wire::{Answer, Request, Xml, from_params};
use crate::world::{World, unknown_operation};

/// Answers a request to STS.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
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
