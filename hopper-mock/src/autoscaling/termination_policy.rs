//! Which instance goes first when a group shrinks.

use std::cmp::Reverse;

use serde::Deserialize;

use super::{AutoScalingGroup, GroupInstance, LaunchSource};
use crate::Time;
use crate::wire::{Answer, Xml};
use crate::world::World;

/// The policies by their names.
pub(super) const NAMES: [&str; 7] = [
    "AllocationStrategy",
    "ClosestToNextInstanceHour",
    "Default",
    "NewestInstance",
    "OldestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribeTerminationPolicyTypes {}

/// Lists the policies.
pub(super) fn describe_types(
    _world: &mut World,
    DescribeTerminationPolicyTypes {}: &DescribeTerminationPolicyTypes,
) -> Answer {
    Ok(Xml::new().texts("TerminationPolicyTypes", NAMES))
}

/// The instance a group gives up when it shrinks, if there is one that is not protected.
///
/// As AWS does it, the zone with the most instances is chosen first, then the policies in their
/// order narrow the choice. Among equals the one goes that was launched first.
pub(super) fn choose<'a>(world: &World, group: &'a AutoScalingGroup) -> Option<&'a GroupInstance> {
    let mut candidates: Vec<_> = group.active().filter(|member| !member.is_protected).collect();
    let crowd = |member: &GroupInstance| {
        let zone = &member.availability_zone;
        let is_stray = !group.availability_zones.contains(zone);
        let n = group.active().filter(|other| other.availability_zone == *zone).count();
        Reverse((is_stray, n))
    };
    narrow(&mut candidates, crowd);
    for policy in &group.termination_policies {
        match policy.as_str() {
            "NewestInstance" => narrow(&mut candidates, |member| Reverse(member.launch_time)),
            "OldestInstance" => narrow(&mut candidates, |member| member.launch_time),
            "ClosestToNextInstanceHour" => {
                narrow(&mut candidates, |member| until_hour(world, member))
            }
            "OldestLaunchConfiguration" | "OldestLaunchTemplate" => {
                narrow(&mut candidates, |member| age(world, group, member));
            }
            "Default" => {
                narrow(&mut candidates, |member| age(world, group, member));
                narrow(&mut candidates, |member| until_hour(world, member));
            }
            _ => {}
        }
    }
    candidates.into_iter().min_by_key(|member| (member.launch_time, &member.id))
}

/// Keeps those with the least key.
fn narrow<K: Ord>(candidates: &mut Vec<&GroupInstance>, key: impl Fn(&GroupInstance) -> K) {
    if let Some(least) = candidates.iter().map(|member| key(member)).min() {
        candidates.retain(|member| key(member) == least);
    }
}

/// How old what an instance was launched from is: least is oldest. Another kind than the group's
/// own is older than all of that kind.
fn age(
    world: &World,
    group: &AutoScalingGroup,
    member: &GroupInstance,
) -> (bool, Option<Time>, u64) {
    match (&member.source, &group.source) {
        (LaunchSource::LaunchConfiguration { name }, LaunchSource::LaunchConfiguration { .. }) => {
            let made = world.autoscaling.launch_configurations.get(name);
            (true, made.map(|made| made.created_time), 0)
        }
        (
            LaunchSource::LaunchTemplate { id, name, version },
            LaunchSource::LaunchTemplate { id: own_id, name: own_name, .. },
        ) if (id, name) == (own_id, own_name) => (true, None, version.parse().unwrap_or(0)),
        _ => (false, None, 0),
    }
}

/// How many milliseconds are left of the hour an instance has begun.
fn until_hour(world: &World, member: &GroupInstance) -> u128 {
    let hour = 3_600_000;
    hour - world.now.since(member.launch_time).as_millis() % hour
}
