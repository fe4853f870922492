//! `CreateTags`, `DeleteTags` and `DescribeTags`.

use serde::Deserialize;

use super::REGISTRY;
use super::describe::page;
use super::filter::{self, Attribute, Filter, one};
use super::tag_specification::{Tag, check_count, check_key, read};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Registered, Tags, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateTags {
    #[serde(rename = "ResourceId")]
    resource_ids: Vec<String>,
    #[serde(rename = "Tag")]
    tags: Vec<Tag>,
}

/// Tags things; either all of them or none.
pub(crate) fn create(world: &mut World, input: &CreateTags) -> Answer {
    let tags = read(&input.tags)?;
    let mut all = Vec::new();
    for id in &input.resource_ids {
        let registered = locate(world, id)?;
        let mut merged = tags_of(world, registered, id)?.clone();
        merged.extend(tags.clone());
        check_count(world, &merged)?;
        all.push((registered, id, merged));
    }
    for (registered, id, merged) in all {
        *tags_of(world, registered, id)? = merged;
    }
    Ok(Xml::done())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteTags {
    #[serde(rename = "ResourceId")]
    resource_ids: Vec<String>,
    #[serde(default, rename = "Tag")]
    tags: Vec<Tag>,
}

/// Removes tags: those with the key, and the value if one is given; without tags all but those
/// of AWS itself.
pub(crate) fn delete(world: &mut World, input: &DeleteTags) -> Answer {
    for tag in &input.tags {
        check_key(&tag.key)?;
    }
    let located = input
        .resource_ids
        .iter()
        .map(|id| Ok((locate(world, id)?, id)))
        .collect::<Result<Vec<_>, AwsError>>()?;
    for (registered, id) in located {
        let tags = tags_of(world, registered, id)?;
        if input.tags.is_empty() {
            tags.retain(|key, _| key.starts_with("aws:"));
        }
        for Tag { key, value } in &input.tags {
            if value.is_none() || tags.get(key) == value.as_ref() {
                tags.remove(key);
            }
        }
    }
    Ok(Xml::done())
}

/// The kind of thing that has this id, and is there.
fn locate(world: &mut World, id: &str) -> Result<&'static Registered, AwsError> {
    let registered = REGISTRY
        .iter()
        .find(|registered| {
            id.strip_prefix(registered.kind.prefix).is_some_and(|rest| rest.starts_with('-'))
        })
        .ok_or_else(|| AwsError::new("InvalidID", format!("The ID '{id}' is not valid")))?;
    registered.kind.check(id)?;
    if !world.sees(id) {
        return Err(registered.kind.not_found(id));
    }
    tags_of(world, registered, id).map(|_| registered)
}

fn tags_of<'a>(
    world: &'a mut World,
    registered: &Registered,
    id: &str,
) -> Result<&'a mut Tags, AwsError> {
    (registered.tags_mut)(world, id).ok_or_else(|| registered.kind.not_found(id))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTags {
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// One tag on one thing, as `DescribeTags` lists it.
struct Tagging {
    /// What the list is ordered by: id and key.
    place: String,
    id: String,
    kind: &'static str,
    tag: Tags,
}

impl Tagging {
    fn key(&self) -> Vec<String> {
        self.tag.keys().cloned().collect()
    }

    fn value(&self) -> Vec<String> {
        self.tag.values().cloned().collect()
    }
}

const FILTERS: &[Attribute<Tagging>] = &[
    ("key", |tagging, _| tagging.key()),
    ("resource-id", |tagging, _| one(&tagging.id)),
    ("resource-type", |tagging, _| one(tagging.kind)),
    ("value", |tagging, _| tagging.value()),
];

/// Lists the tags of everything.
pub(crate) fn describe(world: &mut World, input: &DescribeTags) -> Answer {
    filter::check(&input.filters, FILTERS, true)?;
    let mut taggings: Vec<_> = REGISTRY
        .iter()
        .flat_map(|registered| (registered.entries)(world))
        .filter(|entry| world.sees(entry.id))
        .flat_map(|entry| {
            entry.tags.iter().map(move |(key, value)| Tagging {
                place: format!("{} {key}", entry.id),
                id: entry.id.to_owned(),
                kind: entry.kind,
                tag: Tags::from([(key.clone(), value.clone())]),
            })
        })
        .filter(|tagging| {
            filter::passes(world, tagging, Some(&tagging.tag), &input.filters, FILTERS)
        })
        .collect();
    taggings.sort_by(|one, other| one.place.cmp(&other.place));
    let (taggings, next_token) =
        page(taggings, |t| &t.place, &(5..=1000), input.max_results, input.next_token.as_deref())?;
    let items = taggings.iter().map(|tagging| {
        Xml::new()
            .text("resourceId", &tagging.id)
            .text("resourceType", tagging.kind)
            .opt("key", tagging.tag.keys().next())
            .opt("value", tagging.tag.values().next())
    });
    Ok(Xml::new().list("tagSet", items).opt("nextToken", next_token))
}
