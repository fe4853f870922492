//! [`run`]: reading the parameters of an operation of Systems Manager.

use serde::de::DeserializeOwned;

use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::World;

/// Reads the parameters and hands them to a handler. What is wrong with them is a
/// `ValidationException`, whatever it is.
pub(super) fn run<I: DeserializeOwned>(
    world: &mut World,
    request: &Request,
    handle: impl FnOnce(&mut World, &I) -> Answer,
) -> Answer {
    let input =
        from_params(&request.params).map_err(|error| invalid(AwsError::from(error).message))?;
    handle(world, &input)
}

/// A refusal for what is in the request.
pub(super) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("ValidationException", message)
}
