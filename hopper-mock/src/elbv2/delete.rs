//! `DeleteLoadBalancer`, `DeleteListener` and `DeleteTargetGroup`.

use serde::Deserialize;

use super::arn;
use super::{Listener, LoadBalancer, TargetGroup};
use crate::elb::interfaces;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteLoadBalancer {
    load_balancer_arn: String,
}

/// Deletes a load balancer with its listeners; its interfaces stay for a while. That there is
/// none is a success too.
pub(crate) fn load_balancer(world: &mut World, input: &DeleteLoadBalancer) -> Answer {
    arn::check::<LoadBalancer>(&input.load_balancer_arn)?;
    if let Some(gone) = world.elbv2.load_balancers.remove(&input.load_balancer_arn) {
        world.elbv2.listeners.retain(|_, listener| listener.load_balancer_arn != gone.arn);
        let ids = gone.zones.into_iter().map(|zone| zone.network_interface_id);
        interfaces::let_go(world, ids.collect());
    }
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteListener {
    listener_arn: String,
}

/// Deletes a listener.
pub(crate) fn listener(world: &mut World, input: &DeleteListener) -> Answer {
    let arn = arn::find::<Listener>(world, &input.listener_arn)?.arn.clone();
    world.elbv2.listeners.remove(&arn);
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteTargetGroup {
    target_group_arn: String,
}

/// Deletes a target group that no listener passes anything on to. That there is none is a success
/// too: the model has no error for it.
pub(crate) fn target_group(world: &mut World, input: &DeleteTargetGroup) -> Answer {
    arn::check::<TargetGroup>(&input.target_group_arn)?;
    let users = TargetGroup::users(world, &input.target_group_arn);
    let users: Vec<_> = users.map(|listener| listener.arn.clone()).collect();
    if !users.is_empty() {
        let why = format!(
            "Target group '{}' is currently in use by a listener or a rule",
            input.target_group_arn
        );
        return Err(AwsError::new("ResourceInUse", why).blocked_by(users));
    }
    world.elbv2.target_groups.remove(&input.target_group_arn);
    Ok(Xml::new())
}
