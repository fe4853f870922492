//! The classic load balancers of groups: `AttachLoadBalancers`, `DetachLoadBalancers` and
//! `DescribeLoadBalancers`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::error::validation;
use super::page::{self, Size, listed};
use super::{AutoScalingGroup, LifecycleState, Process, group};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GroupAndLoadBalancers {
    auto_scaling_group_name: String,
    load_balancer_names: Vec<String>,
}

/// Puts a group's instances behind load balancers, those in service now and those to come.
pub(super) fn attach(world: &mut World, input: &GroupAndLoadBalancers) -> Answer {
    let arn = group::live(world, &input.auto_scaling_group_name)?.arn.clone();
    let names = read(world, &input.load_balancer_names)?;
    let Some(group) = group::by_arn_mut(world, &arn) else { return Ok(Xml::new()) };
    group.load_balancer_names.extend(names);
    let in_service = group.active().filter(|member| member.state == LifecycleState::InService);
    for id in in_service.map(|member| member.id.clone()).collect::<Vec<_>>() {
        register(world, &arn, &id);
    }
    Ok(Xml::new())
}

/// The load balancers a request names, which exist.
pub(super) fn read(world: &World, names: &[String]) -> Result<BTreeSet<String>, AwsError> {
    let is_there = |name: &&String| world.elb.load_balancers.contains_key(*name);
    match names.iter().find(|name| !is_there(name)) {
        None => Ok(names.iter().cloned().collect()),
        Some(name) => Err(validation(format!(
            "Provided Load Balancers may not be valid. Please ensure they exist and try again: \
             {name}"
        ))),
    }
}

/// Takes a group's instances away from load balancers.
pub(super) fn detach(world: &mut World, input: &GroupAndLoadBalancers) -> Answer {
    let group = group::live(world, &input.auto_scaling_group_name)?;
    let (arn, names) = (group.arn.clone(), &input.load_balancer_names);
    if let Some(name) = names.iter().find(|name| !group.load_balancer_names.contains(*name)) {
        return Err(validation(format!(
            "Trying to remove Load Balancers that are not part of the group: {name}"
        )));
    }
    let ids: Vec<_> = group.instances.keys().cloned().collect();
    for name in names {
        if let Some(balancer) = world.elb.load_balancers.get_mut(name) {
            balancer.instances.retain(|id, _| !ids.contains(id));
        }
    }
    if let Some(group) = group::by_arn_mut(world, &arn) {
        group.load_balancer_names.retain(|name| !names.contains(name));
    }
    Ok(Xml::new())
}

/// An instance came into service: it gets its work from the load balancers of its group. What is
/// missed while the process is suspended is not made up for.
pub(super) fn register(world: &mut World, arn: &str, id: &str) {
    let now = world.now;
    let group = group::by_arn(world, arn);
    let group = group.filter(|group| !group.suspends(Process::AddToLoadBalancer));
    let names = group.map(|group| group.load_balancer_names.clone()).unwrap_or_default();
    for name in names {
        if let Some(balancer) = world.elb.load_balancers.get_mut(&name) {
            balancer.instances.entry(id.to_owned()).or_insert(now);
        }
    }
}

/// An instance goes out of service: it gets no more work.
pub(super) fn deregister(world: &mut World, arn: &str, id: &str) {
    let names = group::by_arn(world, arn).map(|group| group.load_balancer_names.clone());
    for name in names.unwrap_or_default() {
        if let Some(balancer) = world.elb.load_balancers.get_mut(&name) {
            balancer.instances.remove(id);
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeLoadBalancers {
    auto_scaling_group_name: String,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists the load balancers of a group.
pub(super) fn describe(world: &mut World, input: &DescribeLoadBalancers) -> Answer {
    let group = group::live(world, &input.auto_scaling_group_name)?;
    let names = group.load_balancer_names.iter().map(|name| (name.clone(), name)).collect();
    let size = Size { usual: 100, most: 100 };
    let (names, next) = page::cut(names, size, input.max_records, input.next_token.as_deref())?;
    let items = names.into_iter().map(|name| {
        Xml::new().text("LoadBalancerName", name).text("State", state(world, group, name))
    });
    Ok(listed("LoadBalancers", items, next))
}

/// `Adding` until all instances in service are behind it, `InService` as soon as one of them is
/// healthy there, `Added` between the two.
fn state(world: &World, group: &AutoScalingGroup, name: &str) -> &'static str {
    let Some(balancer) = world.elb.load_balancers.get(name) else { return "Removed" };
    let mut in_service = group.active().filter(|member| member.state == LifecycleState::InService);
    let healthy = world.settings().latencies.load_balancer_healthy;
    let is_well =
        |id: &String| balancer.instances.get(id).is_some_and(|since| *since + healthy <= world.now);
    if group.instances.keys().any(is_well) {
        "InService"
    } else if in_service.all(|member| balancer.instances.contains_key(&member.id)) {
        "Added"
    } else {
        "Adding"
    }
}
