//! `EnterStandby` and `ExitStandby`: instances that belong to a group and do no work.

use serde::Deserialize;

use super::detach::{show_activities, shrink, sizes};
use super::lookup::members;
use super::{LifecycleState, by_arn_mut, live, member_mut};
use crate::autoscaling::{ActivityStatus, activity, load_balancer, scaling};
use crate::wire::Answer;
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct EnterStandby {
    auto_scaling_group_name: String,
    #[serde(default)]
    instance_ids: Vec<String>,
    should_decrement_desired_capacity: bool,
}

/// Takes instances out of service. The group replaces them or shrinks.
pub(in crate::autoscaling) fn enter(world: &mut World, input: &EnterStandby) -> Answer {
    let group = live(world, &input.auto_scaling_group_name)?;
    let is_fit = |state| state == LifecycleState::InService;
    let found = members(group, &input.instance_ids, |member| is_fit(member.state), "InService")?;
    let (arn, n_moved) = (group.arn.clone(), found.len());
    if input.should_decrement_desired_capacity {
        shrink(world, &arn, n_moved, "place into standby")?;
    }
    let begun = move_all(world, &arn, &input.instance_ids, LifecycleState::Standby);
    scaling::settle(world, &arn, "");
    Ok(show_activities(world, &begun))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct ExitStandby {
    auto_scaling_group_name: String,
    #[serde(default)]
    instance_ids: Vec<String>,
}

/// Puts instances back into service. The group grows by them.
pub(in crate::autoscaling) fn exit(world: &mut World, input: &ExitStandby) -> Answer {
    let group = live(world, &input.auto_scaling_group_name)?;
    let is_fit = |state| state == LifecycleState::Standby;
    let found = members(group, &input.instance_ids, |member| is_fit(member.state), "Standby")?;
    let (arn, n_moved) = (group.arn.clone(), found.len());
    let grown = u32::try_from(n_moved).map_or(u32::MAX, |more| group.desired_capacity + more);
    if group.max_size < grown {
        return Err(sizes(group, "exit from standby", n_moved));
    }
    if let Some(group) = by_arn_mut(world, &arn) {
        group.desired_capacity = grown;
    }
    let begun = move_all(world, &arn, &input.instance_ids, LifecycleState::InService);
    scaling::settle(world, &arn, "");
    for id in &input.instance_ids {
        scaling::check(world, &arn, id);
    }
    Ok(show_activities(world, &begun))
}

/// Moves instances into or out of standby, which takes no time here.
fn move_all(world: &mut World, arn: &str, ids: &[String], to: LifecycleState) -> Vec<String> {
    let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let now = world.now;
    let mut begun = Vec::new();
    for id in ids {
        let (what, which) = match to {
            LifecycleState::Standby => ("Moving EC2 instance to Standby", "to"),
            _ => ("Moving EC2 instance out of Standby", "out of"),
        };
        let activity_id = activity::begin(
            world,
            (&name, arn),
            ActivityStatus::InProgress,
            format!("{what}: {id}"),
            format!(
                "At {now} instance {id} was moved {which} standby in response to a user request."
            ),
        );
        activity::end(world, &activity_id, ActivityStatus::Successful, None);
        if let Some(member) = member_mut(world, arn, id) {
            member.state = to;
        }
        match to {
            LifecycleState::Standby => load_balancer::deregister(world, arn, id),
            _ => load_balancer::register(world, arn, id),
        }
        begun.push(activity_id);
    }
    begun
}
