//! [`run`]: reading the parameters of an operation of Elastic Load Balancing.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;

use crate::ec2;
use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::World;

/// Reads the parameters and hands them to a handler. What is wrong with them is a
/// `ValidationError`, whatever it is.
pub(crate) fn run<I: DeserializeOwned>(
    world: &mut World,
    request: &Request,
    handle: impl FnOnce(&mut World, &I) -> Answer,
) -> Answer {
    let input =
        from_params(&request.params).map_err(|error| invalid(AwsError::from(error).message))?;
    handle(world, &input)
}

/// A refusal for what is in the request.
pub(crate) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", message)
}

/// Refuses a number out of its range.
pub(crate) fn check_range(
    name: &str,
    value: u32,
    range: &RangeInclusive<u32>,
) -> Result<(), AwsError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(invalid(format!("{name} must be between {} and {}", range.start(), range.end())))
}

/// Cuts one page of up to 400 out of a list ordered by key, and gives the marker of the next.
///
/// # Errors
/// `ValidationError` for a size out of range, or a marker that is none.
pub(crate) fn page<T>(
    things: Vec<T>,
    key: impl Fn(&T) -> &str,
    page_size: Option<usize>,
    marker: Option<&str>,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let size = Some(page_size.unwrap_or(400));
    ec2::page(things, key, &(1..=400), size, marker).map_err(|error| invalid(error.message))
}
