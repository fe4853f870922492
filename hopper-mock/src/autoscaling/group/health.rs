//! `SetInstanceHealth`.

use std::time::Duration;

use serde::Deserialize;

use super::{LifecycleState, live, member_mut, of_instance};
use crate::autoscaling::error::{constraint, validation};
use crate::autoscaling::scaling;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct SetInstanceHealth {
    instance_id: String,
    health_status: String,
    should_respect_grace_period: Option<bool>,
}

/// Tells a group that one of its instances is well, or is not and has to be replaced. In the grace
/// period it does not listen.
pub(in crate::autoscaling) fn set_instance_health(
    world: &mut World,
    input: &SetInstanceHealth,
) -> Answer {
    let id = &input.instance_id;
    let is_healthy = match input.health_status.as_str() {
        "Healthy" => true,
        "Unhealthy" => false,
        other => {
            let must = "Member must satisfy enum value set: [Healthy, Unhealthy]";
            return Err(constraint(other, "healthStatus", must));
        }
    };
    let group = of_instance(world, id)
        .ok_or_else(|| validation(format!("Instance Id not found - {id}")))?;
    let group = live(world, &group.name)?;
    let member = &group.instances[id];
    let grace = Duration::from_secs(group.health_check_grace_period.into());
    let is_in_grace = match (member.state, member.in_service_since) {
        (LifecycleState::Pending, _) => true,
        (_, Some(since)) => world.now < since + grace,
        (_, None) => false,
    };
    let respects_grace = input.should_respect_grace_period.unwrap_or(true);
    if !is_healthy && respects_grace && is_in_grace {
        return Ok(Xml::new());
    }
    let arn = group.arn.clone();
    if let Some(member) = member_mut(world, &arn, id) {
        member.is_healthy = is_healthy;
    }
    scaling::check(world, &arn, id);
    Ok(Xml::new())
}
