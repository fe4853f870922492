//! `DescribeLifecycleHooks`.

use serde::Deserialize;

use super::live;
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DescribeLifecycleHooks {
    auto_scaling_group_name: String,
    /// There is nothing to choose from.
    #[serde(default, rename = "LifecycleHookNames")]
    _lifecycle_hook_names: Vec<String>,
}

/// Lists the hooks of a group: none, since nothing makes one.
pub(in crate::autoscaling) fn describe(
    world: &mut World,
    input: &DescribeLifecycleHooks,
) -> Answer {
    live(world, &input.auto_scaling_group_name)?;
    Ok(Xml::new().list("LifecycleHooks", []))
}
