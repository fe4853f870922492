//! Which handler answers which operation of Elastic Load Balancing, for classic load balancers.

use super::call::run;
use super::{create, delete, health_check, instances, load_balancer, tags};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request about classic load balancers.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "AddTags" => run(world, request, tags::add),
        "ConfigureHealthCheck" => run(world, request, health_check::configure),
        "CreateLoadBalancer" => run(world, request, create::create),
        "DeleteLoadBalancer" => run(world, request, delete::delete),
        "DeregisterInstancesFromLoadBalancer" => run(world, request, instances::deregister),
        "DescribeInstanceHealth" => run(world, request, instances::health),
        "DescribeLoadBalancers" => run(world, request, load_balancer::describe),
        "DescribeTags" => run(world, request, tags::describe),
        "RegisterInstancesWithLoadBalancer" => run(world, request, instances::register),
        "RemoveTags" => run(world, request, tags::remove),
        _ => Err(unknown_operation(request)),
    }
}
