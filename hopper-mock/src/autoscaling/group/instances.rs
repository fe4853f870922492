//! `DescribeAutoScalingInstances`, `TerminateInstanceInAutoScalingGroup` and
//! `SetInstanceProtection`.

use serde::Deserialize;

use super::lookup::members;
use super::{LifecycleState, by_arn_mut, live, of_instance};
use crate::autoscaling::error::validation;
use crate::autoscaling::page::{self, Size, listed};
use crate::autoscaling::scaling;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DescribeAutoScalingInstances {
    #[serde(default)]
    instance_ids: Vec<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists the instances of all groups. Ids of others are left out.
pub(in crate::autoscaling) fn describe(
    world: &mut World,
    input: &DescribeAutoScalingInstances,
) -> Answer {
    let ids = &input.instance_ids;
    let mut found: Vec<_> = world
        .autoscaling
        .groups
        .values()
        .flat_map(|group| group.instances.values().map(move |member| (group, member)))
        .filter(|(_, member)| ids.is_empty() || ids.contains(&member.id))
        .map(|(group, member)| (member.id.clone(), (group, member)))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let size = Size { usual: 50, most: 50 };
    let (found, next) = page::cut(found, size, input.max_records, input.next_token.as_deref())?;
    let items = found.into_iter().map(|(group, member)| member.show(Some(&group.name)));
    Ok(listed("AutoScalingInstances", items, next))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct TerminateInstance {
    instance_id: String,
    should_decrement_desired_capacity: bool,
}

/// Terminates an instance of a group, which replaces it or shrinks by one.
pub(in crate::autoscaling) fn terminate(world: &mut World, input: &TerminateInstance) -> Answer {
    let id = &input.instance_id;
    let group = of_instance(world, id).ok_or_else(|| {
        validation(format!(
            "Instance Id not found - No managed instance found for instance ID: {id}"
        ))
    })?;
    let group = live(world, &group.name)?;
    let state = group.instances[id].state;
    let arn = group.arn.clone();
    if matches!(state, LifecycleState::Terminating | LifecycleState::Detaching) {
        let activity = &group.instances[id].activity_id;
        return Err(AwsError::new(
            "ScalingActivityInProgress",
            format!("Scaling activity {activity} is in progress and blocks this action"),
        ));
    }
    if input.should_decrement_desired_capacity && state.is_active() {
        if group.desired_capacity <= group.min_size {
            return Err(validation(format!(
                "Currently, desiredSize equals minSize ({}). Terminating instance without \
                 replacement will violate group's min size constraint. Either set \
                 shouldDecrementDesiredCapacity flag to false or lower group's min size.",
                group.min_size
            )));
        }
        if let Some(group) = by_arn_mut(world, &arn) {
            group.desired_capacity -= 1;
        }
    }
    let why = format!(
        "At {} instance {id} was taken out of service in response to a user request{}.",
        world.now,
        if input.should_decrement_desired_capacity { ", shrinking the capacity" } else { "" }
    );
    let activity_id = scaling::begin_termination(world, &arn, id, &why);
    scaling::settle(world, &arn, "");
    let activity = activity_id.and_then(|id| world.autoscaling.activities.get(&id));
    Ok(Xml::new().opt_node("Activity", activity.map(|activity| activity.show())))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct SetInstanceProtection {
    auto_scaling_group_name: String,
    instance_ids: Vec<String>,
    protected_from_scale_in: bool,
}

/// Protects instances from being chosen when their group shrinks, or does so no more.
pub(in crate::autoscaling) fn protect(world: &mut World, input: &SetInstanceProtection) -> Answer {
    let group = live(world, &input.auto_scaling_group_name)?;
    let is_fit = |state| {
        matches!(
            state,
            LifecycleState::InService | LifecycleState::Standby | LifecycleState::Pending
        )
    };
    let fitting = "InService or EnteringStandby or Standby";
    members(group, &input.instance_ids, |member| is_fit(member.state), fitting)?;
    let arn = group.arn.clone();
    if let Some(group) = by_arn_mut(world, &arn) {
        for id in &input.instance_ids {
            if let Some(member) = group.instances.get_mut(id) {
                member.is_protected = input.protected_from_scale_in;
            }
        }
    }
    scaling::settle(world, &arn, "");
    Ok(Xml::new())
}
