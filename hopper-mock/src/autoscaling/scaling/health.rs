//! How a group notices that an instance is not well, and replaces it.

use super::super::activity::{self, ActivityStatus};
use super::super::{Event, LifecycleState, Process, group};
use super::launch::try_later;
use super::{begin_termination, schedule, settle};
use crate::ec2::InstanceState;
use crate::world::World;

/// An instance was stopped or terminated in EC2: its group notices at the next health check.
pub(crate) fn instance_left(world: &mut World, id: &str) {
    let Some(group) = group::of_instance(world, id) else { return };
    let arn = group.arn.clone();
    let after = world.settings().latencies.group_health_check;
    schedule(world, after, Event::HealthCheck(arn, id.to_owned()));
}

/// A group looks after all of its instances.
pub(in crate::autoscaling) fn check_all(world: &mut World, arn: &str) {
    let Some(group) = group::by_arn(world, arn) else { return };
    for id in group.instances.keys().cloned().collect::<Vec<_>>() {
        check(world, arn, &id);
    }
}

/// A group looks after one of its instances. One that does not run any more is unwell, also in its
/// grace period; one that is unwell is replaced.
pub(in crate::autoscaling) fn check(world: &mut World, arn: &str, id: &str) {
    let state = world.ec2.instances.get(id).map(|instance| instance.state);
    let Some(group) = group::by_arn_mut(world, arn).filter(|group| !group.is_deleting) else {
        return;
    };
    let is_checked = !group.suspends(Process::HealthCheck);
    let is_replaced =
        !group.suspends(Process::ReplaceUnhealthy) && !group.suspends(Process::Terminate);
    let Some(member) = group.instances.get_mut(id).filter(|member| member.state.is_active()) else {
        return;
    };
    let is_up = matches!(state, Some(InstanceState::Pending | InstanceState::Running));
    member.is_healthy &= is_up || !is_checked;
    if member.is_healthy || !is_replaced {
        return;
    }
    if member.state == LifecycleState::Pending {
        let activity_id = member.activity_id.clone();
        let why = format!(
            "Instance became unhealthy while waiting for instance to be in InService state. \
             Termination Reason: {}",
            reason(world, id)
        );
        activity::end(world, &activity_id, ActivityStatus::Cancelled, Some(why));
        try_later(world, arn);
    }
    let (now, by) = (world.now, if is_up { "a user" } else { "an EC2" });
    let what = match is_up {
        true => "",
        false => " indicating it has been terminated or stopped",
    };
    let cause = format!(
        "At {now} an instance was taken out of service in response to {by} health check{what}."
    );
    begin_termination(world, arn, id, &cause);
    let why = format!(
        "At {now} an instance was launched in response to an unhealthy instance needing to be \
         replaced."
    );
    settle(world, arn, &why);
}

/// Why EC2 says an instance does not run.
fn reason(world: &World, id: &str) -> String {
    let reason = world.ec2.instances.get(id).and_then(|instance| instance.state_reason.as_ref());
    reason.map_or_else(
        || "Server.InternalError".to_owned(),
        |reason| format!("{}: {}", reason.code, reason.message),
    )
}
