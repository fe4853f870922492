//! Tags, which every kind of thing has.

use serde::Deserialize;

use super::entity::limit_exceeded;
use super::name::{check_length, invalid};
use crate::wire::{AwsError, Xml};
use crate::world::{Tags, World};

/// A tag in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    key: String,
    value: String,
}

/// The tags a new thing gets.
///
/// # Errors
/// As [`merge`].
pub(super) fn read(world: &World, given: &[Tag]) -> Result<Tags, AwsError> {
    merge(world, Tags::new(), given)
}

/// Tags with others put over them. Keys that differ in case only are the same.
///
/// # Errors
/// `ValidationError` for malformed ones, `InvalidInput` for reserved or repeated keys,
/// `LimitExceeded` for too many.
pub(super) fn merge(world: &World, mut tags: Tags, given: &[Tag]) -> Result<Tags, AwsError> {
    for (at, Tag { key, value }) in given.iter().enumerate() {
        check_text("key", key, (1, 128))?;
        check_text("value", value, (0, 256))?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            let why = "Tag keys that begin with aws: are reserved for AWS.";
            return Err(AwsError::new("InvalidInput", why));
        }
        if given.iter().take(at).any(|before| before.key.eq_ignore_ascii_case(key)) {
            return Err(AwsError::new(
                "InvalidInput",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        tags.retain(|known, _| !known.eq_ignore_ascii_case(key));
        tags.insert(key.clone(), value.clone());
    }
    if world.settings().quotas.tags < tags.len() {
        return Err(limit_exceeded("The number of tags has reached the maximum limit."));
    }
    Ok(tags)
}

fn check_text(which: &str, text: &str, lengths: (usize, usize)) -> Result<(), AwsError> {
    let parameter = format!("tags.1.member.{which}");
    check_length(&parameter, text, lengths)?;
    let fits = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if text.chars().all(fits) {
        return Ok(());
    }
    let why = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*";
    Err(invalid(&parameter, text, why))
}

/// `Tags` of an answer, left out where there are none.
pub(super) fn show(tags: &Tags) -> Xml {
    if tags.is_empty() {
        return Xml::new();
    }
    Xml::new().list("Tags", tags.iter().map(show_one))
}

/// One tag of an answer.
pub(super) fn show_one((key, value): (&String, &String)) -> Xml {
    Xml::new().text("Key", key).text("Value", value)
}
