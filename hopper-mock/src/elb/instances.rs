//! The instances behind a classic load balancer, and how they are.

use serde::Deserialize;

use super::LoadBalancer;
use crate::Time;
use crate::ec2::{Instance, InstanceState};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// An instance in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    instance_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Instances {
    load_balancer_name: String,
    instances: Vec<Named>,
}

/// Puts instances behind a load balancer; either all of them or none.
pub(crate) fn register(world: &mut World, input: &Instances) -> Answer {
    let vpc_id = LoadBalancer::find(world, &input.load_balancer_name)?.vpc_id.clone();
    for Named { instance_id } in &input.instances {
        let instance: &Instance = world.find(instance_id).map_err(|error| bad(&error.message))?;
        if instance.state.is_ending() {
            return Err(bad(&format!("{instance_id} is {}", instance.state.name())));
        }
        if instance.vpc_id != vpc_id {
            let why = format!("{instance_id} is not in the VPC of the load balancer");
            return Err(bad(&why).blocked_by([vpc_id]));
        }
    }
    let now = world.now;
    let balancer = LoadBalancer::find_mut(world, &input.load_balancer_name)?;
    for Named { instance_id } in &input.instances {
        balancer.instances.entry(instance_id.clone()).or_insert(now);
    }
    Ok(listed(balancer))
}

/// Takes instances away from a load balancer; either all of them or none.
pub(crate) fn deregister(world: &mut World, input: &Instances) -> Answer {
    let balancer = LoadBalancer::find_mut(world, &input.load_balancer_name)?;
    for Named { instance_id } in &input.instances {
        if !balancer.instances.contains_key(instance_id) {
            return Err(not_registered(instance_id));
        }
    }
    for Named { instance_id } in &input.instances {
        balancer.instances.remove(instance_id);
    }
    Ok(listed(balancer))
}

fn listed(balancer: &LoadBalancer) -> Xml {
    Xml::new()
        .list("Instances", balancer.instances.keys().map(|id| Xml::new().text("InstanceId", id)))
}

fn bad(why: &str) -> AwsError {
    AwsError::new("InvalidInstance", format!("The instance cannot be used: {why}"))
}

fn not_registered(id: &str) -> AwsError {
    bad(&format!("{id} is not registered with the load balancer"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceHealth {
    load_balancer_name: String,
    #[serde(default)]
    instances: Vec<Named>,
}

/// Tells how instances are: those named, or all behind the load balancer.
pub(crate) fn health(world: &mut World, input: &DescribeInstanceHealth) -> Answer {
    let balancer = LoadBalancer::find(world, &input.load_balancer_name)?;
    let asked: Vec<&str> = match input.instances.as_slice() {
        [] => balancer.instances.keys().map(String::as_str).collect(),
        named => named.iter().map(|one| one.instance_id.as_str()).collect(),
    };
    let states = asked.into_iter().map(|id| {
        let since = balancer.instances.get(id).ok_or_else(|| not_registered(id))?;
        let (state, reason, description) = state(world, id, *since);
        Ok(Xml::new()
            .text("InstanceId", id)
            .text("State", state)
            .text("ReasonCode", reason)
            .text("Description", description))
    });
    Ok(Xml::new().list("InstanceStates", states.collect::<Result<Vec<_>, AwsError>>()?))
}

/// `InService` for a running instance after its first checks; else who is to blame and why.
fn state(world: &World, id: &str, since: Time) -> (&'static str, &'static str, String) {
    let state = world.ec2.instances.get(id).map_or(InstanceState::Terminated, |it| it.state);
    if !state.is_running() {
        let why = format!("Instance is in {} state.", state.name());
        return ("OutOfService", "Instance", why);
    }
    if world.now < since + world.settings().latencies.load_balancer_healthy {
        let why = "Instance registration is still in progress.".to_owned();
        return ("OutOfService", "ELB", why);
    }
    ("InService", "N/A", "N/A".to_owned())
}
