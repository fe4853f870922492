//! Which handler answers which operation of Elastic Load Balancing, for network load balancers.

use super::{
    attributes, create, create_target_group, delete, listener, load_balancer, tags, target_group,
    target_health, targets,
};
use crate::elb::call::run;
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request about network load balancers.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "AddTags" => run(world, request, tags::add),
        "CreateListener" => run(world, request, listener::create),
        "CreateLoadBalancer" => run(world, request, create::create),
        "CreateTargetGroup" => run(world, request, create_target_group::create),
        "DeleteListener" => run(world, request, delete::listener),
        "DeleteLoadBalancer" => run(world, request, delete::load_balancer),
        "DeleteTargetGroup" => run(world, request, delete::target_group),
        "DeregisterTargets" => run(world, request, targets::deregister),
        "DescribeListeners" => run(world, request, listener::describe),
        "DescribeLoadBalancers" => run(world, request, load_balancer::describe),
        "DescribeTags" => run(world, request, tags::describe),
        "DescribeTargetGroupAttributes" => run(world, request, attributes::describe),
        "DescribeTargetGroups" => run(world, request, target_group::describe),
        "DescribeTargetHealth" => run(world, request, target_health::describe),
        "ModifyTargetGroupAttributes" => run(world, request, attributes::modify),
        "RegisterTargets" => run(world, request, targets::register),
        "RemoveTags" => run(world, request, tags::remove),
        _ => Err(unknown_operation(request)),
    }
}
