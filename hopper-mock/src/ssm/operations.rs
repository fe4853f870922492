//! Which handler answers which operation of Systems Manager.

use super::call::run;
use super::{delete, describe, get, put, tags};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to Systems Manager.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "AddTagsToResource" => run(world, request, tags::add),
        "DeleteParameter" => run(world, request, delete::one),
        "DeleteParameters" => run(world, request, delete::many),
        "DescribeParameters" => run(world, request, describe::describe),
        "GetParameter" => run(world, request, get::one),
        "GetParameters" => run(world, request, get::many),
        "ListTagsForResource" => run(world, request, tags::list),
        "PutParameter" => run(world, request, put::put),
        "RemoveTagsFromResource" => run(world, request, tags::remove),
        _ => Err(unknown_operation(request)),
    }
}
