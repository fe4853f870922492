//! The tags of parameters.

use serde::Deserialize;

use super::call::invalid;
use super::{Parameter, Ssm, arn};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Tags, World};

/// A tag in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    key: String,
    value: String,
}

/// The tags of a request.
///
/// # Errors
/// Keys that are empty, overlong or reserved, overlong values, too many tags.
pub(super) fn read(world: &World, given: &[Tag]) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for Tag { key, value } in given {
        if !(1..=128).contains(&key.chars().count()) || 256 < value.chars().count() {
            return Err(invalid("A tag has a key of 1 to 128 characters and a value of up to 256"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys that begin with aws: are reserved"));
        }
        tags.insert(key.clone(), value.clone());
    }
    check_count(world, &tags)?;
    Ok(tags)
}

fn check_count(world: &World, tags: &Tags) -> Result<(), AwsError> {
    if tags.len() <= world.settings().quotas.tags {
        return Ok(());
    }
    let why = format!("A resource has at most {} tags", world.settings().quotas.tags);
    Err(AwsError::new("TooManyTagsError", why))
}

/// The tags of the parameter a request names.
fn find<'a>(
    world: &'a mut World,
    resource_type: &str,
    resource_id: &str,
) -> Result<&'a mut Parameter, AwsError> {
    if resource_type != "Parameter" {
        let why = format!("The simulator has no resources of the type {resource_type}");
        return Err(AwsError::new("InvalidResourceType", why));
    }
    let missing = || AwsError::new("InvalidResourceId", format!("There is no {resource_id}"));
    let name = arn::name(world, resource_id);
    if Ssm::seen(world, &name).is_none() {
        return Err(missing());
    }
    world.ssm.parameters.get_mut(&name).ok_or_else(missing)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AddTagsToResource {
    resource_type: String,
    resource_id: String,
    tags: Vec<Tag>,
}

/// Adds tags, or gives those that are there new values.
pub(crate) fn add(world: &mut World, input: &AddTagsToResource) -> Answer {
    let new = read(world, &input.tags)?;
    let mut merged = find(world, &input.resource_type, &input.resource_id)?.tags.clone();
    merged.extend(new);
    check_count(world, &merged)?;
    find(world, &input.resource_type, &input.resource_id)?.tags = merged;
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RemoveTagsFromResource {
    resource_type: String,
    resource_id: String,
    tag_keys: Vec<String>,
}

/// Removes tags by their keys.
pub(crate) fn remove(world: &mut World, input: &RemoveTagsFromResource) -> Answer {
    let parameter = find(world, &input.resource_type, &input.resource_id)?;
    parameter.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ListTagsForResource {
    resource_type: String,
    resource_id: String,
}

/// Lists the tags.
pub(crate) fn list(world: &mut World, input: &ListTagsForResource) -> Answer {
    let parameter = find(world, &input.resource_type, &input.resource_id)?;
    let tag = |(key, value)| Xml::new().text("Key", key).text("Value", value);
    Ok(Xml::new().list("TagList", parameter.tags.iter().map(tag)))
}
