//! `CreateOrUpdateTags`, `DeleteTags` and `DescribeTags` of groups.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::error::{no_group, validation};
use super::filter::Filter;
use super::group;
use super::page::{self, listed};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Tags, World};

/// A tag of a group in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRequest {
    resource_id: Option<String>,
    resource_type: Option<String>,
    key: String,
    value: Option<String>,
    propagate_at_launch: Option<bool>,
}

impl TagRequest {
    /// The group the tag is of.
    ///
    /// # Errors
    /// Something else than a group, or nothing where no group goes without saying.
    fn group<'a>(&'a self, implied: Option<&'a str>) -> Result<&'a str, AwsError> {
        let kind = self.resource_type.as_deref();
        match kind.or(implied.map(|_| "auto-scaling-group")) {
            Some("auto-scaling-group") => {}
            Some(other) => {
                return Err(validation(format!(
                    "Tag resource type '{other}' is not valid. The only valid resource type is \
                     auto-scaling-group."
                )));
            }
            None => return Err(validation("Tag resource type is required")),
        }
        match (self.resource_id.as_deref(), implied) {
            (Some(id), Some(implied)) if id != implied => Err(validation(format!(
                "Tag resource ID '{id}' is not the name of the AutoScalingGroup, '{implied}'"
            ))),
            (Some(id), _) => Ok(id),
            (None, Some(implied)) => Ok(implied),
            (None, None) => Err(validation("Tag resource ID is required")),
        }
    }

    /// Refuses a key or a value that cannot be one.
    fn check(&self) -> Result<(), AwsError> {
        let why = if self.key.starts_with("aws:") {
            "The prefix 'aws:' is reserved for system tags"
        } else if !(1..=128).contains(&self.key.chars().count()) {
            "A tag key has between 1 and 128 characters"
        } else if 256 < self.value.as_ref().map_or(0, |value| value.chars().count()) {
            "A tag value has at most 256 characters"
        } else {
            return Ok(());
        };
        Err(validation(format!("{why}: {}", self.key)))
    }
}

/// The tags of a request that makes a group, with the keys of those to propagate.
///
/// # Errors
/// Keys or values that cannot be, keys that are given twice, or more tags than there may be.
pub(super) fn read(
    world: &World,
    requests: &[TagRequest],
    implied: Option<&str>,
) -> Result<(Tags, BTreeSet<String>), AwsError> {
    let (mut tags, mut propagated) = (Tags::new(), BTreeSet::new());
    for request in requests {
        request.group(implied)?;
        request.check()?;
        let key = &request.key;
        if tags.insert(key.clone(), request.value.clone().unwrap_or_default()).is_some() {
            return Err(validation(format!("Duplicate tag key: {key}")));
        }
        if request.propagate_at_launch == Some(true) {
            propagated.insert(key.clone());
        }
    }
    check_count(world, &tags)?;
    Ok((tags, propagated))
}

fn check_count(world: &World, tags: &Tags) -> Result<(), AwsError> {
    let limit = world.settings().quotas.tags;
    if tags.len() <= limit {
        return Ok(());
    }
    Err(AwsError::new("LimitExceeded", format!("A resource may have at most {limit} tags")))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRequests {
    tags: Vec<TagRequest>,
}

/// Tags groups; either all of them or none. Instances that are there do not get the tags.
pub(super) fn create_or_update(world: &mut World, input: &TagRequests) -> Answer {
    let mut changed = Vec::new();
    for request in &input.tags {
        request.check()?;
        let name = request.group(None)?;
        let tags = group::live(world, name)?.tags.clone();
        let known = changed.iter().position(|(known, _)| *known == name);
        let at = known.unwrap_or_else(|| {
            changed.push((name, tags));
            changed.len() - 1
        });
        changed[at].1.insert(request.key.clone(), request.value.clone().unwrap_or_default());
        check_count(world, &changed[at].1)?;
    }
    for request in &input.tags {
        let group = group::live_mut(world, request.group(None)?)?;
        let key = &request.key;
        group.tags.insert(key.clone(), request.value.clone().unwrap_or_default());
        if request.propagate_at_launch == Some(true) {
            group.propagated_tags.insert(key.clone());
        } else {
            group.propagated_tags.remove(key);
        }
    }
    Ok(Xml::new())
}

/// Removes tags: those with the key, and the value if one is given.
pub(super) fn delete(world: &mut World, input: &TagRequests) -> Answer {
    for request in &input.tags {
        request.check()?;
        group::live(world, request.group(None)?)?;
    }
    for request in &input.tags {
        let name = request.group(None)?;
        let group = world.autoscaling.groups.get_mut(name).ok_or_else(|| no_group(name))?;
        let present = group.tags.get(&request.key);
        if request.value.is_none() || present == request.value.as_ref() {
            group.tags.remove(&request.key);
            group.propagated_tags.remove(&request.key);
        }
    }
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeTags {
    #[serde(default)]
    filters: Vec<Filter>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

/// Lists the tags of all groups.
pub(super) fn describe(world: &mut World, input: &DescribeTags) -> Answer {
    let known = ["auto-scaling-group", "key", "value", "propagate-at-launch"];
    Filter::check(&input.filters, &known)?;
    let tags = world.autoscaling.groups.values().flat_map(|group| {
        let tags = group.tags.iter().filter(|(key, value)| {
            let propagated = group.propagated_tags.contains(*key).to_string();
            input.filters.iter().all(|filter| match filter.name.as_str() {
                "auto-scaling-group" => filter.has(&group.name),
                "key" => filter.has(key),
                "value" => filter.has(value),
                _ => filter.has(&propagated),
            })
        });
        tags.map(|tag| (format!("{}:{}", group.name, tag.0), group.show_tag(tag)))
    });
    let mut tags: Vec<_> = tags.collect();
    tags.sort_by(|(one, _), (other, _)| one.cmp(other));
    let token = input.next_token.as_deref();
    let (page, next) = page::cut(tags, page::USUAL, input.max_records, token)?;
    Ok(listed("Tags", page, next))
}
