//! `DescribeAutoScalingGroups`.

use serde::Deserialize;

use super::AutoScalingGroup;
use crate::autoscaling::filter::Filter;
use crate::autoscaling::page::{self, listed};
use crate::wire::Answer;
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct DescribeAutoScalingGroups {
    #[serde(default)]
    auto_scaling_group_names: Vec<String>,
    #[serde(default)]
    filters: Vec<Filter>,
    include_instances: Option<bool>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists groups. Names of nothing are left out.
pub(in crate::autoscaling) fn describe(
    world: &mut World,
    input: &DescribeAutoScalingGroups,
) -> Answer {
    Filter::check(&input.filters, &["tag-key", "tag-value", "tag:"])?;
    let names = &input.auto_scaling_group_names;
    let groups = world.autoscaling.groups.values();
    let groups = groups
        .filter(|group| names.is_empty() || names.contains(&group.name))
        .filter(|group| input.filters.iter().all(|filter| passes(group, filter)))
        .map(|group| (group.name.clone(), group));
    let token = input.next_token.as_deref();
    let (groups, next) = page::cut(groups.collect(), page::USUAL, input.max_records, token)?;
    let with_instances = input.include_instances.unwrap_or(true);
    let items = groups.into_iter().map(|group| group.show(with_instances));
    Ok(listed("AutoScalingGroups", items, next))
}

fn passes(group: &AutoScalingGroup, filter: &Filter) -> bool {
    match (filter.name.as_str(), filter.name.strip_prefix("tag:")) {
        (_, Some(key)) => group.tags.get(key).is_some_and(|value| filter.has(value)),
        ("tag-key", None) => group.tags.keys().any(|key| filter.has(key)),
        _ => group.tags.values().any(|value| filter.has(value)),
    }
}
