//! [`settle`]: what a group begins because it has too many or too few instances.

use super::super::{ActivityStatus, Event, Process, activity, group, termination_policy};
use super::rebalance::{n_extra, rebalance};
use super::{begin_termination, schedule};
use crate::world::World;

/// Compares the instances a group has with those it shall have, and begins what is needed. `why`
/// says what has changed the capacity, if anybody has.
pub(in crate::autoscaling) fn settle(world: &mut World, arn: &str, why: &str) {
    let Some(group) = group::by_arn(world, arn).filter(|group| !group.is_deleting) else { return };
    let wanted = usize::try_from(group.desired_capacity).unwrap_or(usize::MAX);
    let launches = activity::launches_to_come(world, arn);
    let present = group.active().count() + launches.len();
    let allowed = wanted + n_extra(world, group);
    if present < wanted {
        let is_waiting = group.next_launch.is_some_and(|next| world.now < next);
        if !is_waiting && !group.suspends(Process::Launch) {
            grow(world, arn, why, (present, wanted));
        }
    } else if present == wanted && launches.is_empty() {
        rebalance(world, arn);
    } else if !group.suspends(Process::Terminate) {
        let surplus = present.saturating_sub(allowed);
        for id in launches.iter().rev().take(surplus) {
            activity::end(world, id, ActivityStatus::Cancelled, None);
        }
        shrink(world, arn, why, surplus.saturating_sub(launches.len()));
    }
}

fn grow(world: &mut World, arn: &str, why: &str, (present, wanted): (usize, usize)) {
    let cause = format!(
        "{}At {} an instance was started in response to a difference between desired and actual \
         capacity, increasing the capacity from {present} to {wanted}.",
        lead(why),
        world.now
    );
    for _ in present..wanted {
        begin_launch(world, arn, &cause);
    }
}

/// Begins to launch an instance, for a cause. Gives the id of the activity.
pub(super) fn begin_launch(world: &mut World, arn: &str, cause: &str) -> Option<String> {
    let (name, _) = group::by_arn(world, arn)?.names();
    let what = "Launching a new EC2 instance";
    let id = activity::begin(world, (&name, arn), ActivityStatus::PreInService, what, cause);
    let after = world.settings().latencies.group_launch;
    schedule(world, after, Event::Launch(arn.to_owned(), id.clone()));
    Some(id)
}

fn shrink(world: &mut World, arn: &str, why: &str, by: usize) {
    for _ in 0..by {
        let Some(group) = group::by_arn(world, arn) else { return };
        let Some(chosen) = termination_policy::choose(world, group) else { return };
        let (id, now) = (chosen.id.clone(), world.now);
        let (present, wanted) = (group.active().count(), group.desired_capacity);
        let cause = format!(
            "{}At {now} an instance was taken out of service in response to a difference between \
             desired and actual capacity, shrinking the capacity from {present} to {wanted}.  At \
             {now} instance {id} was selected for termination.",
            lead(why)
        );
        begin_termination(world, arn, &id, &cause);
    }
}

/// A sentence before another one.
fn lead(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!("{why}  ") }
}
