//! [`run`]: reading the parameters of an operation of IAM.

use serde::de::DeserializeOwned;

use super::entity::Entity;
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

/// The same for an operation on one thing, whose input has its name as `Name` whatever the
/// parameter is called for the kind of thing.
pub(super) fn run_on<E: Entity, I: DeserializeOwned>(
    world: &mut World,
    request: &Request,
    handle: impl FnOnce(&mut World, &I) -> Answer,
) -> Answer {
    if request.params.has("Name") {
        return Err(AwsError::new("UnknownParameter", "The parameter Name is not recognized"));
    }
    let mut request = request.clone();
    request.params.rename(E::NAME, "Name");
    run(world, &request, handle)
}

fn validation(error: AwsError) -> AwsError {
    match error.code.as_str() {
        "MissingParameter" | "InvalidParameterValue" => {
            AwsError::new("ValidationError", error.message)
        }
        _ => error,
    }
}
