//! Moving instances between zones: a new one first, then an old one goes.

use std::collections::BTreeMap;

use super::super::{AutoScalingGroup, LifecycleState, Process, activity, group};
use super::settle::begin_launch;
use crate::world::World;

/// How many instances a group has too many on purpose: one, while its launch is under way.
pub(super) fn n_extra(world: &World, group: &AutoScalingGroup) -> usize {
    let launch = group.rebalancing.as_ref().and_then(|id| world.autoscaling.activities.get(id));
    usize::from(launch.is_some_and(activity::Activity::is_running))
}

/// Begins to move an instance of a group that has as many as it shall have, if its zones differ by
/// two instances or one is in a zone the group has no more.
pub(super) fn rebalance(world: &mut World, arn: &str) {
    let Some(group) = group::by_arn(world, arn) else { return };
    let needed = [Process::AZRebalance, Process::Launch, Process::Terminate];
    let is_calm = group.active().all(|member| member.state == LifecycleState::InService);
    let is_waiting = group.next_launch.is_some_and(|next| world.now < next);
    if !is_calm || is_waiting || needed.iter().any(|process| group.suspends(*process)) {
        return;
    }
    let Some(crowded) = crowded(group) else { return };
    let why = format!(
        "At {} an instance was launched to balance instances in zone {crowded} with other zones \
         resulting in more than desired number of instances in the group.",
        world.now
    );
    let id = begin_launch(world, arn, &why);
    if let Some(group) = group::by_arn_mut(world, arn) {
        group.rebalancing = id;
    }
}

/// The zone that has to give up an instance, if it has one that is not protected.
fn crowded(group: &AutoScalingGroup) -> Option<&str> {
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    zones.extend(group.availability_zones.iter().map(|zone| (zone.as_str(), 0)));
    for member in group.active() {
        *zones.entry(&member.availability_zone).or_default() += 1;
    }
    let own = zones.iter().filter(|(zone, _)| group.availability_zones.contains(**zone));
    let least = own.map(|(_, n)| *n).min().unwrap_or_default();
    let is_crowded =
        |zone: &str, n: usize| !group.availability_zones.contains(zone) || least + 2 <= n;
    let gives_up = |zone: &str| {
        group.active().any(|member| member.availability_zone == zone && !member.is_protected)
    };
    let found = zones.iter().find(|(zone, n)| is_crowded(zone, **n) && gives_up(zone));
    found.map(|(zone, _)| *zone)
}
