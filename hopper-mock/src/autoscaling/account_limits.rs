//! `DescribeAccountLimits`.

use serde::Deserialize;

use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribeAccountLimits {}

/// How many groups and launch configurations there are, and may be.
pub(super) fn describe(
    world: &mut World,
    DescribeAccountLimits {}: &DescribeAccountLimits,
) -> Answer {
    let quotas = &world.settings().quotas;
    let made = &world.autoscaling;
    Ok(Xml::new()
        .text("MaxNumberOfAutoScalingGroups", quotas.auto_scaling_groups)
        .text("MaxNumberOfLaunchConfigurations", quotas.launch_configurations)
        .text("NumberOfAutoScalingGroups", made.groups.len())
        .text("NumberOfLaunchConfigurations", made.launch_configurations.len()))
}
