//! `DeleteLaunchConfiguration`.

use serde::Deserialize;

use crate::autoscaling::LaunchSource;
use crate::autoscaling::error::no_launch_configuration;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DeleteLaunchConfiguration {
    launch_configuration_name: String,
}

/// Deletes a launch configuration that no group uses. A group uses it until it is gone itself.
pub(in crate::autoscaling) fn delete(
    world: &mut World,
    input: &DeleteLaunchConfiguration,
) -> Answer {
    let name = &input.launch_configuration_name;
    if !world.autoscaling.launch_configurations.contains_key(name) {
        return Err(no_launch_configuration(name));
    }
    let source = LaunchSource::LaunchConfiguration { name: name.clone() };
    if let Some(group) = world.autoscaling.groups.values().find(|group| group.source == source) {
        let group = group.name.clone();
        return Err(AwsError::new(
            "ResourceInUse",
            format!(
                "Cannot delete launch configuration {name} because it is attached to \
                 AutoScalingGroup {group}"
            ),
        )
        .blocked_by([group]));
    }
    world.autoscaling.launch_configurations.remove(name);
    Ok(Xml::new())
}
