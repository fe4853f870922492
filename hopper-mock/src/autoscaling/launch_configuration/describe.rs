//! `DescribeLaunchConfigurations`.

use serde::Deserialize;

use super::LaunchConfiguration;
use crate::autoscaling::page::{self, listed};
use crate::wire::Answer;
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DescribeLaunchConfigurations {
    #[serde(default)]
    launch_configuration_names: Vec<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists launch configurations. Names of nothing are left out.
pub(in crate::autoscaling) fn describe(
    world: &mut World,
    input: &DescribeLaunchConfigurations,
) -> Answer {
    let names = &input.launch_configuration_names;
    let found = world.autoscaling.launch_configurations.iter();
    let found = found
        .filter(|(name, _)| names.is_empty() || names.contains(name))
        .map(|(name, found)| (name.clone(), found));
    let token = input.next_token.as_deref();
    let (found, next) = page::cut(found.collect(), page::USUAL, input.max_records, token)?;
    let items = found.into_iter().map(LaunchConfiguration::show);
    Ok(listed("LaunchConfigurations", items, next))
}
