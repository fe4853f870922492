//! Where connections to load balancers inside a VPC go.

use super::{Listener, LoadBalancer, TargetGroup};
use crate::world::World;

/// The interface of a load balancer that its name stands for inside its VPC: the first of them.
pub(crate) fn inside<'a>(world: &'a World, vpc_id: &str, name: &str) -> Option<&'a str> {
    let mut all = world.elbv2.load_balancers.values();
    let is_it = |one: &&LoadBalancer| {
        one.dns_name == name && one.vpc_id == vpc_id && one.scheme == "internal"
    };
    Some(&all.find(is_it)?.zones.first()?.network_interface_id)
}

/// The target group that connections to a port of a load balancer's interface are passed on to,
/// once the load balancer is active.
pub(crate) fn passes_on_to<'a>(
    world: &'a World,
    interface_id: &str,
    port: u16,
) -> Option<&'a TargetGroup> {
    let mut all = world.elbv2.load_balancers.values();
    let has_it = |one: &&LoadBalancer| {
        one.state == "active"
            && one.zones.iter().any(|zone| zone.network_interface_id == interface_id)
    };
    let balancer = all.find(has_it)?;
    let mut listeners = world.elbv2.listeners.values();
    let is_it = |one: &&Listener| {
        one.load_balancer_arn == balancer.arn
            && one.port == u32::from(port)
            && one.protocol == "TCP"
    };
    world.elbv2.target_groups.get(&listeners.find(is_it)?.target_group_arn)
}
