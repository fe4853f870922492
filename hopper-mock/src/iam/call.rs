//! [`run`]: reading the parameters of an operation of IAM.

use serde::de::DeserializeOwned;

use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::World;

/// Reads the parameters and hands them to a handler.
///
/// # Errors
/// `ValidationError` for parameters that are missing or malformed, where EC2 has other codes.
pub(super) fn run<I: DeserializeOwned>(
    world: &mut World,
    request: &Request,
    handle: impl FnOnce(&mut World, &I) -> Answer,
) -> Answer {
    let input: I = from_params(&request.params).map_err(|error| validation(error.into()))?;
    handle(world, &input)
}

fn validation(error: AwsError) -> AwsError {
    match error.code.as_str() {
        "MissingParameter" | "InvalidParameterValue" => {
            AwsError::new("ValidationError", error.message)
        }
        _ => error,
    }
}
