//! `DetachInstances`.

use serde::Deserialize;

use super::lookup::members;
use super::{AutoScalingGroup, LifecycleState, by_arn_mut, live, member_mut};
use crate::autoscaling::error::validation;
use crate::autoscaling::{Activity, ActivityStatus, Event, activity, load_balancer, scaling};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DetachInstances {
    auto_scaling_group_name: String,
    #[serde(default)]
    instance_ids: Vec<String>,
    should_decrement_desired_capacity: bool,
}

/// Lets instances go on without their group, which replaces them or shrinks.
pub(in crate::autoscaling) fn detach(world: &mut World, input: &DetachInstances) -> Answer {
    let group = live(world, &input.auto_scaling_group_name)?;
    let is_fit = |state| matches!(state, LifecycleState::InService | LifecycleState::Standby);
    let found =
        members(group, &input.instance_ids, |member| is_fit(member.state), "InService or Standby")?;
    let n_active = found.iter().filter(|member| member.state.is_active()).count();
    let (name, arn) = group.names();
    if input.should_decrement_desired_capacity {
        shrink(world, &arn, n_active, "detach")?;
    }
    let mut begun = Vec::new();
    for id in &input.instance_ids {
        load_balancer::deregister(world, &arn, id);
        let cause =
            format!("At {} instance {id} was detached in response to a user request.", world.now);
        let what = format!("Detaching EC2 instance: {id}");
        let activity_id =
            activity::begin(world, (&name, &arn), ActivityStatus::InProgress, what, cause);
        if let Some(member) = member_mut(world, &arn, id) {
            member.state = LifecycleState::Detaching;
            member.activity_id = activity_id.clone();
        }
        let after = world.settings().latencies.group_launch;
        let event = Event::Detached(arn.clone(), id.clone());
        world.schedule(after, Transition::AutoScaling(event));
        begun.push(activity_id);
    }
    scaling::settle(world, &arn, "");
    Ok(show_activities(world, &begun))
}

/// The instance has left its group.
pub(in crate::autoscaling) fn detached(world: &mut World, arn: &str, id: &str) {
    let Some(group) = by_arn_mut(world, arn) else { return };
    let is_detaching = |member: &super::GroupInstance| member.state == LifecycleState::Detaching;
    if !group.instances.get(id).is_some_and(is_detaching) {
        return;
    }
    let Some(member) = group.instances.remove(id) else { return };
    activity::end(world, &member.activity_id, ActivityStatus::Successful, None);
    if let Some(instance) = world.ec2.instances.get_mut(id) {
        instance.tags.remove(scaling::GROUP_TAG);
    }
}

/// Lowers the desired capacity.
///
/// # Errors
/// Less than the group may have.
pub(super) fn shrink(world: &mut World, arn: &str, by: usize, to: &str) -> Result<(), AwsError> {
    let Some(group) = by_arn_mut(world, arn) else { return Ok(()) };
    let rest = u32::try_from(by).ok().and_then(|by| group.desired_capacity.checked_sub(by));
    match rest.filter(|rest| group.min_size <= *rest) {
        Some(rest) => {
            group.desired_capacity = rest;
            Ok(())
        }
        None => Err(sizes(group, to, by)),
    }
}

/// The refusal of a number of instances that the sizes of a group do not allow.
pub(super) fn sizes(group: &AutoScalingGroup, to: &str, by: usize) -> AwsError {
    validation(format!(
        "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. To {to} {by} \
         instance{}, please update the AutoScalingGroup sizes appropriately.",
        group.name,
        group.min_size,
        group.max_size,
        group.desired_capacity,
        if by == 1 { "" } else { "s" }
    ))
}

/// An answer with activities.
pub(super) fn show_activities(world: &World, ids: &[String]) -> Xml {
    let begun = ids.iter().filter_map(|id| world.autoscaling.activities.get(id));
    Xml::new().list("Activities", begun.map(Activity::show))
}
