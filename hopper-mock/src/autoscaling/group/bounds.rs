//! How many instances a group may have and shall have, and `SetDesiredCapacity`.

use std::time::Duration;

use serde::Deserialize;

use super::live;
use crate::autoscaling::error::validation;
use crate::autoscaling::{activity, group, scaling};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// Refuses bounds that contradict each other, or a capacity outside of them.
pub(super) fn check(min_size: u32, max_size: u32, desired: u32) -> Result<(), AwsError> {
    if max_size < min_size {
        return Err(validation(format!(
            "Max bound, {max_size}, must be greater than or equal to min bound, {min_size}"
        )));
    }
    if !(min_size..=max_size).contains(&desired) {
        return Err(validation(format!(
            "Desired capacity:{desired} must be between the specified min size:{min_size} and max \
             size:{max_size}"
        )));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct SetDesiredCapacity {
    auto_scaling_group_name: String,
    desired_capacity: u32,
    #[serde(default)]
    honor_cooldown: bool,
}

/// Makes a group grow or shrink.
pub(in crate::autoscaling) fn set_desired_capacity(
    world: &mut World,
    input: &SetDesiredCapacity,
) -> Answer {
    let wanted = input.desired_capacity;
    let group = live(world, &input.auto_scaling_group_name)?;
    let (min_size, max_size, before) = (group.min_size, group.max_size, group.desired_capacity);
    if max_size < wanted {
        return Err(validation(format!(
            "New SetDesiredCapacity value {wanted} is above max value {max_size} for the \
             AutoScalingGroup."
        )));
    }
    if wanted < min_size {
        return Err(validation(format!(
            "New SetDesiredCapacity value {wanted} is below min value {min_size} for the \
             AutoScalingGroup."
        )));
    }
    let arn = group.arn.clone();
    if input.honor_cooldown {
        let cooldown = Duration::from_secs(group.default_cooldown.into());
        check_cooldown(world, &arn, cooldown)?;
    }
    if let Some(group) = group::by_arn_mut(world, &arn) {
        group.desired_capacity = wanted;
        group.next_launch = None;
    }
    let why = format!(
        "At {} a user request explicitly set group desired capacity changing the desired capacity \
         from {before} to {wanted}.",
        world.now
    );
    scaling::settle(world, &arn, &why);
    Ok(Xml::new())
}

fn check_cooldown(world: &World, arn: &str, cooldown: Duration) -> Result<(), AwsError> {
    let blocking = activity::of_group(world, arn).find(|activity| match activity.end_time {
        None => true,
        Some(end) => world.now < end + cooldown,
    });
    match blocking {
        None => Ok(()),
        Some(activity) => Err(AwsError::new(
            "ScalingActivityInProgress",
            format!("Scaling activity {} is in progress and blocks this action", activity.id),
        )),
    }
}
