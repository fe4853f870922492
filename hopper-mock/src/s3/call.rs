//! [`run`]: reading the parameters of an operation of S3.

use serde::de::DeserializeOwned;

use super::Bucket;
use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::World;

/// Reads the parameters and hands them to a handler. What is wrong with them is an
/// `InvalidArgument`, whatever it is.
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
    AwsError::new("InvalidArgument", message)
}

/// The bucket with this name.
pub(super) fn bucket<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Bucket, AwsError> {
    let bucket = world.s3.buckets.get_mut(name);
    bucket.ok_or_else(|| AwsError::new("NoSuchBucket", "The specified bucket does not exist"))
}
