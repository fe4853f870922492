//! What EC2 and Auto Scaling see of IAM's instance profiles, and when.
//!
//! A change of a profile reaches them after the latency `instance_profile_visible`; until then a
//! launch with a new profile is refused, and one with a changed profile has the old one.

use super::InstanceProfile;
use crate::world::{Transition, World};

/// The profile with this name or ARN, as EC2 and Auto Scaling see it. `None` for one they do not
/// see (yet).
pub(crate) fn profile_seen_by_ec2<'a>(
    world: &'a World,
    name_or_arn: &str,
) -> Option<&'a InstanceProfile> {
    let name = name_or_arn.rsplit('/').next()?;
    let profile = world.machinery.profiles_seen.get(name)?;
    (name_or_arn == profile.name || name_or_arn == profile.arn).then_some(profile)
}

/// A profile was made, changed or deleted: EC2 will see it.
pub(super) fn changed(world: &mut World, name: &str) {
    let profile = world.iam.instance_profiles.get(name).cloned().map(Box::new);
    let after = world.settings().latencies.instance_profile_visible;
    world.schedule(after, Transition::InstanceProfileSeen(name.to_owned(), profile));
}

/// EC2 sees a profile as it was when it changed.
pub(crate) fn seen(world: &mut World, name: String, profile: Option<Box<InstanceProfile>>) {
    let seen = &mut world.machinery.profiles_seen;
    match profile {
        Some(profile) => seen.insert(name, *profile),
        None => seen.remove(&name),
    };
}
