//! Tagging what is there already.

use serde::Deserialize;

use super::entity::{Entity, find, find_mut};
use super::name::check_length;
use super::page::page;
use super::tag::{self, Tag};
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagEntity {
    name: String,
    tags: Vec<Tag>,
}

/// Puts tags on a thing, in the place of those with the same keys.
pub(super) fn tag<E: Entity>(world: &mut World, input: &TagEntity) -> Answer {
    let tags = find::<E>(world, &input.name)?.tags().clone();
    let tags = tag::merge(world, tags, &input.tags)?;
    *find_mut::<E>(world, &input.name)?.tags_mut() = tags;
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UntagEntity {
    name: String,
    tag_keys: Vec<String>,
}

/// Takes tags off a thing. That there is none with a key is a success.
pub(super) fn untag<E: Entity>(world: &mut World, input: &UntagEntity) -> Answer {
    for key in &input.tag_keys {
        check_length("tagKeys.1.member", key, (1, 128))?;
    }
    let tags = find_mut::<E>(world, &input.name)?.tags_mut();
    tags.retain(|key, _| !input.tag_keys.iter().any(|gone| gone.eq_ignore_ascii_case(key)));
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListTags {
    name: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the tags of a thing.
pub(super) fn list<E: Entity>(world: &mut World, input: &ListTags) -> Answer {
    let tags = find::<E>(world, &input.name)?.tags().iter().collect();
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(tags, |(key, _)| key.as_str(), marker, max_items)?;
    Ok(page.list("Tags", |tag| tag::show_one(*tag)))
}
