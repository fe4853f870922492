//! The way of an instance out of its group.

use std::time::Duration;

use super::super::activity::{self, ActivityStatus};
use super::super::{Event, LifecycleState, group, instance_refresh, load_balancer};
use super::{schedule, settle};
use crate::ec2::{InstanceState, instance};
use crate::world::World;

/// Begins to terminate an instance of a group, for a cause. Gives the id of the activity, or
/// nothing if it is terminating already.
pub(in crate::autoscaling) fn begin(
    world: &mut World,
    arn: &str,
    id: &str,
    cause: &str,
) -> Option<String> {
    let (name, _) = group::by_arn(world, arn)?.names();
    let member = group::member_mut(world, arn, id)?;
    if member.state == LifecycleState::Terminating {
        return None;
    }
    let was_pending = member.state == LifecycleState::Pending;
    let before = member.activity_id.clone();
    let place = (member.subnet_id.clone(), member.availability_zone.clone());
    if was_pending {
        activity::end(world, &before, ActivityStatus::Cancelled, None);
    }
    load_balancer::deregister(world, arn, id);
    let what = format!("Terminating EC2 instance: {id}");
    let activity_id = activity::begin(world, (&name, arn), ActivityStatus::InProgress, what, cause);
    if let Some(activity) = world.autoscaling.activities.get_mut(&activity_id) {
        activity.instance_id = Some(id.to_owned());
        activity.place = Some(place);
    }
    let member = group::member_mut(world, arn, id)?;
    member.state = LifecycleState::Terminating;
    member.activity_id = activity_id.clone();
    let latencies = &world.settings().latencies;
    let after = match is_ending(world, id) {
        true => Duration::ZERO,
        false => latencies.group_deleted.saturating_sub(latencies.instance_terminated),
    };
    schedule(world, after, Event::Terminate(arn.to_owned(), id.to_owned()));
    Some(activity_id)
}

/// EC2 is told to terminate the instance, if nobody has told it before.
pub(in crate::autoscaling) fn terminate(world: &mut World, arn: &str, id: &str) {
    if group::member_mut(world, arn, id).is_none() {
        return;
    }
    if !is_ending(world, id) {
        instance::terminate_one(world, id);
    }
    let after = match world.ec2.instances.get(id).map(|instance| instance.state) {
        Some(InstanceState::ShuttingDown) => world.settings().latencies.instance_terminated,
        _ => Duration::ZERO,
    };
    schedule(world, after, Event::Gone(arn.to_owned(), id.to_owned()));
}

/// The instance leaves its group if it is terminated by now.
pub(in crate::autoscaling) fn gone(world: &mut World, arn: &str, id: &str) {
    let state = world.ec2.instances.get(id).map(|instance| instance.state);
    if state.is_some_and(|state| state != InstanceState::Terminated) {
        let event = Event::Gone(arn.to_owned(), id.to_owned());
        return schedule(world, Duration::from_secs(1), event);
    }
    let Some(group) = group::by_arn_mut(world, arn) else { return };
    let Some(member) = group.instances.remove(id) else { return };
    activity::end(world, &member.activity_id, ActivityStatus::Successful, None);
    group::vanish(world, arn);
    settle(world, arn, "");
    instance_refresh::go_on(world, arn);
}

fn is_ending(world: &World, id: &str) -> bool {
    world.ec2.instances.get(id).is_none_or(|instance| instance.state.is_ending())
}
