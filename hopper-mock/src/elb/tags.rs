//! The tags of load balancers.

use serde::Deserialize;

use super::LoadBalancer;
use super::call::invalid;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Tags, World};

/// A tag in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

/// The tags of a request.
///
/// # Errors
/// `DuplicateTagKeys`, `TooManyTags`, or `ValidationError` for a key or value that cannot be one.
pub(crate) fn read(world: &World, given: &[Tag]) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for Tag { key, value } in given {
        if !(1..=128).contains(&key.chars().count()) || 256 < value.chars().count() {
            return Err(invalid("A tag has a key of 1 to 128 characters and a value of up to 256"));
        }
        if key.starts_with("aws:") {
            return Err(invalid("Tag keys that begin with aws: are reserved"));
        }
        if tags.insert(key.clone(), value.clone()).is_some() {
            let why = format!("The tag key {key} is given twice");
            return Err(AwsError::new("DuplicateTagKeys", why));
        }
    }
    check_count(world, &tags)?;
    Ok(tags)
}

/// Refuses more tags than a resource may have.
pub(crate) fn check_count(world: &World, tags: &Tags) -> Result<(), AwsError> {
    if tags.len() <= world.settings().quotas.tags {
        return Ok(());
    }
    let why = format!("A load balancer has at most {} tags", world.settings().quotas.tags);
    Err(AwsError::new("TooManyTags", why))
}

/// How tags are shown.
pub(crate) fn show(tags: &Tags) -> Xml {
    let tag = |(key, value)| Xml::new().text("Key", key).text("Value", value);
    Xml::new().list("Tags", tags.iter().map(tag))
}

/// Refuses a describe of no resources, or of more than 20.
pub(crate) fn check_named(named: &[String]) -> Result<(), AwsError> {
    if (1..=20).contains(&named.len()) {
        return Ok(());
    }
    Err(invalid("Tags are described for 1 to 20 resources at once"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTags {
    load_balancer_names: Vec<String>,
}

/// Lists the tags of load balancers.
pub(crate) fn describe(world: &mut World, input: &DescribeTags) -> Answer {
    check_named(&input.load_balancer_names)?;
    let found = input.load_balancer_names.iter().map(|name| {
        let balancer = LoadBalancer::find(world, name)?;
        Ok(Xml::new().text("LoadBalancerName", name).and(show(&balancer.tags)))
    });
    Ok(Xml::new().list("TagDescriptions", found.collect::<Result<Vec<_>, AwsError>>()?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AddTags {
    load_balancer_names: Vec<String>,
    tags: Vec<Tag>,
}

/// Adds tags to load balancers, or gives those that are there new values; all or none.
pub(crate) fn add(world: &mut World, input: &AddTags) -> Answer {
    let new = read(world, &input.tags)?;
    for name in &input.load_balancer_names {
        let mut merged = LoadBalancer::find(world, name)?.tags.clone();
        merged.extend(new.clone());
        check_count(world, &merged)?;
    }
    for name in &input.load_balancer_names {
        LoadBalancer::find_mut(world, name)?.tags.extend(new.clone());
    }
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RemoveTags {
    load_balancer_names: Vec<String>,
    tags: Vec<TagKeyOnly>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagKeyOnly {
    key: String,
}

/// Removes tags from load balancers by their keys; from all or from none.
pub(crate) fn remove(world: &mut World, input: &RemoveTags) -> Answer {
    for name in &input.load_balancer_names {
        LoadBalancer::find(world, name)?;
    }
    for name in &input.load_balancer_names {
        let balancer = LoadBalancer::find_mut(world, name)?;
        balancer.tags.retain(|key, _| input.tags.iter().all(|tag| tag.key != *key));
    }
    Ok(Xml::new())
}
