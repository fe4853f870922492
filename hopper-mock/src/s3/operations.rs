//! Which handler answers which operation of S3.

use super::call::run;
use super::{bucket, list, object};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to S3.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "CreateBucket" => run(world, request, bucket::create),
        "DeleteBucket" => run(world, request, bucket::delete),
        "DeleteObject" => run(world, request, object::delete),
        "GetObject" => run(world, request, object::get),
        "HeadBucket" => run(world, request, bucket::head),
        "HeadObject" => run(world, request, object::head),
        "ListBuckets" => run(world, request, list::buckets),
        "ListObjectsV2" => run(world, request, list::objects),
        "PutObject" => run(world, request, object::put),
        _ => Err(unknown_operation(request)),
    }
}
