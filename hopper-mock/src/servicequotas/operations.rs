//! Which handler answers which operation of Service Quotas.

use serde::de::DeserializeOwned;

use super::{get, list};
use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::{World, unknown_operation};

/// Answers a request to Service Quotas.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "GetAWSDefaultServiceQuota" => run(world, request, get::default),
        "GetServiceQuota" => run(world, request, get::applied),
        "ListServiceQuotas" => run(world, request, list::list),
        _ => Err(unknown_operation(request)),
    }
}

/// What is wrong with the parameters is an `IllegalArgumentException`, whatever it is.
fn run<I: DeserializeOwned>(
    world: &World,
    request: &Request,
    handle: impl FnOnce(&World, &I) -> Answer,
) -> Answer {
    let input = from_params(&request.params).map_err(|error| {
        AwsError::new("IllegalArgumentException", AwsError::from(error).message)
    })?;
    handle(world, &input)
}
