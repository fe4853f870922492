//! Finding groups and their instances.

use super::{AutoScalingGroup, GroupInstance};
use crate::autoscaling::error::{no_group, validation};
use crate::wire::AwsError;
use crate::world::World;

/// The group a request names, if it is not being deleted.
pub(in crate::autoscaling) fn live<'a>(
    world: &'a World,
    name: &str,
) -> Result<&'a AutoScalingGroup, AwsError> {
    let group = world.autoscaling.groups.get(name).ok_or_else(|| no_group(name))?;
    if group.is_deleting {
        return Err(validation(format!("AutoScalingGroup {name} is pending delete")));
    }
    Ok(group)
}

/// The group a request names, to change; errors as in [`live`].
pub(in crate::autoscaling) fn live_mut<'a>(
    world: &'a mut World,
    name: &str,
) -> Result<&'a mut AutoScalingGroup, AwsError> {
    live(world, name)?;
    world.autoscaling.groups.get_mut(name).ok_or_else(|| no_group(name))
}

/// The group with an ARN, if it is still there.
pub(in crate::autoscaling) fn by_arn<'a>(
    world: &'a World,
    arn: &str,
) -> Option<&'a AutoScalingGroup> {
    let name = name_in(arn)?;
    world.autoscaling.groups.get(name).filter(|group| group.arn == arn)
}

/// The group with an ARN, to change, if it is still there.
pub(in crate::autoscaling) fn by_arn_mut<'a>(
    world: &'a mut World,
    arn: &str,
) -> Option<&'a mut AutoScalingGroup> {
    let name = name_in(arn)?;
    world.autoscaling.groups.get_mut(name).filter(|group| group.arn == arn)
}

fn name_in(arn: &str) -> Option<&str> {
    arn.split_once("autoScalingGroupName/").map(|(_, name)| name)
}

/// An instance of a group, to change.
pub(in crate::autoscaling) fn member_mut<'a>(
    world: &'a mut World,
    arn: &str,
    id: &str,
) -> Option<&'a mut GroupInstance> {
    by_arn_mut(world, arn)?.instances.get_mut(id)
}

/// The group an instance is in.
pub(in crate::autoscaling) fn of_instance<'a>(
    world: &'a World,
    id: &str,
) -> Option<&'a AutoScalingGroup> {
    world.autoscaling.groups.values().find(|group| group.instances.contains_key(id))
}

/// The instances of a group that a request names.
///
/// # Errors
/// One that is not in the group, or is in another state than it has to be.
pub(super) fn members<'a>(
    group: &'a AutoScalingGroup,
    ids: &[String],
    is_fit: impl Fn(&GroupInstance) -> bool,
    fitting: &str,
) -> Result<Vec<&'a GroupInstance>, AwsError> {
    ids.iter()
        .map(|id| {
            let member = group.instances.get(id).ok_or_else(|| {
                let name = &group.name;
                validation(format!("The instance {id} is not part of Auto Scaling group {name}."))
            })?;
            if is_fit(member) {
                return Ok(member);
            }
            Err(validation(format!("The instance {id} is not in {fitting}.")))
        })
        .collect()
}
