//! `DeleteAutoScalingGroup`.

use serde::Deserialize;

use super::{AutoScalingGroup, LifecycleState, by_arn, by_arn_mut};
use crate::autoscaling::error::no_group;
use crate::autoscaling::{ActivityStatus, Event, activity, instance_refresh, scaling};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DeleteAutoScalingGroup {
    auto_scaling_group_name: String,
    #[serde(default)]
    force_delete: bool,
}

/// Deletes a group: an empty one at once, with force one that has instances as soon as these are
/// terminated. To delete by force what is being deleted already is no mistake.
pub(in crate::autoscaling) fn delete(world: &mut World, input: &DeleteAutoScalingGroup) -> Answer {
    let name = &input.auto_scaling_group_name;
    let group = world.autoscaling.groups.get(name).ok_or_else(|| no_group(name))?;
    if !input.force_delete {
        check_idle(world, group)?;
    }
    let arn = group.arn.clone();
    let is_deleting = group.is_deleting;
    if let Some(group) = by_arn_mut(world, &arn).filter(|_| !is_deleting) {
        group.is_deleting = true;
        (group.min_size, group.max_size, group.desired_capacity) = (0, 0, 0);
        end_instances(world, &arn);
    }
    vanish(world, &arn);
    Ok(Xml::new())
}

/// Refuses a group that has instances or is about to.
fn check_idle(world: &World, group: &AutoScalingGroup) -> Result<(), AwsError> {
    let is_ending = |state| state == LifecycleState::Terminating;
    let kept: Vec<_> = group.instances.values().filter(|member| !is_ending(member.state)).collect();
    if !kept.is_empty() {
        return Err(AwsError::new(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot \
             instance request(s) still in the group.",
        )
        .blocked_by(kept.into_iter().map(|member| member.id.clone())));
    }
    let running = activity::of_group(world, &group.arn).filter(|activity| activity.is_running());
    let running: Vec<_> = running.map(|activity| activity.id.clone()).collect();
    if running.is_empty() {
        return Ok(());
    }
    Err(AwsError::new(
        "ScalingActivityInProgress",
        "You cannot delete an AutoScalingGroup while there are scaling activities in progress for \
         that group.",
    )
    .blocked_by(running))
}

/// Gives up all launches and terminates all instances.
fn end_instances(world: &mut World, arn: &str) {
    for id in activity::launches_to_come(world, arn) {
        activity::end(world, &id, ActivityStatus::Cancelled, None);
    }
    let now = world.now;
    let ids: Vec<_> = by_arn(world, arn)
        .map(|group| group.instances.values())
        .into_iter()
        .flatten()
        .filter(|member| member.state != LifecycleState::Terminating)
        .map(|member| member.id.clone())
        .collect();
    let why = format!("At {now} a user request force deleted the AutoScalingGroup.");
    for id in ids {
        scaling::begin_termination(world, arn, &id, &why);
    }
}

/// A group that is being deleted is gone with its last instance.
pub(in crate::autoscaling) fn vanish(world: &mut World, arn: &str) {
    let Some(group) = by_arn(world, arn) else { return };
    if !group.is_deleting || !group.instances.is_empty() {
        return;
    }
    let name = group.name.clone();
    world.autoscaling.groups.remove(&name);
    instance_refresh::forget(world, arn);
    for activity in world.autoscaling.activities.values_mut() {
        activity.is_of_deleted_group |= activity.group_arn == arn;
    }
    let after = world.settings().latencies.gone_but_listed;
    world.schedule(after, Transition::AutoScaling(Event::Forgotten(arn.to_owned())));
}
