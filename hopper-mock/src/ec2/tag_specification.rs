//! [`TagSpecification`]: tags given in the call that creates a thing.

use serde::{Deserialize, Serialize};

use crate::wire::{AwsError, Xml};
use crate::world::{Kind, Tags, World};

/// Tags for the things of one type that a call creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TagSpecification {
    pub(crate) resource_type: String,
    #[serde(default, rename = "Tag")]
    pub(crate) tags: Vec<Tag>,
}

/// A tag in a request. A tag without a value has an empty one; for `DeleteTags` that makes a
/// difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
}

/// The tags for things of one kind. A call that makes several kinds names them all in `allowed`.
///
/// # Errors
/// A specification for a type the call does not create, or tags EC2 does not take.
pub(crate) fn tags_for(
    world: &World,
    specifications: &[TagSpecification],
    kind: &Kind,
    allowed: &[&Kind],
) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for specification in specifications {
        let resource_type = specification.resource_type.as_str();
        if !allowed.iter().any(|allowed| allowed.name == resource_type) {
            return Err(AwsError::new(
                "InvalidParameterValue",
                format!(
                    "'{resource_type}' is not a valid taggable resource type for this operation."
                ),
            ));
        }
        let read = read(&specification.tags)?;
        if resource_type == kind.name {
            tags.extend(read);
        }
    }
    check_count(world, &tags)?;
    Ok(tags)
}

/// The tags of a request.
///
/// # Errors
/// Reserved, overlong or repeated keys.
pub(crate) fn read(given: &[Tag]) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for Tag { key, value } in given {
        check_key(key)?;
        let value = value.clone().unwrap_or_default();
        if 256 < value.chars().count() {
            return Err(AwsError::new(
                "InvalidParameterValue",
                "Tag value exceeds the maximum length of 256 characters",
            ));
        }
        if tags.insert(key.clone(), value).is_some() {
            return Err(AwsError::new(
                "InvalidParameterValue",
                format!("Duplicate tag key '{key}' specified."),
            ));
        }
    }
    Ok(tags)
}

/// Refuses a key that is empty, too long or reserved.
pub(crate) fn check_key(key: &str) -> Result<(), AwsError> {
    let why = if key.to_ascii_lowercase().starts_with("aws:") {
        "Tag keys starting with 'aws:' are reserved for internal use"
    } else if key.is_empty() {
        "Tag key must not be empty"
    } else if 128 < key.chars().count() {
        "Tag key exceeds the maximum length of 128 characters"
    } else {
        return Ok(());
    };
    Err(AwsError::new("InvalidParameterValue", why))
}

/// Refuses more tags than a resource may have. Those that AWS adds do not count.
pub(crate) fn check_count(world: &World, tags: &Tags) -> Result<(), AwsError> {
    if tags.keys().filter(|key| !key.starts_with("aws:")).count() <= world.settings().quotas.tags {
        return Ok(());
    }
    Err(AwsError::new("TagLimitExceeded", "More than 50 tags specified"))
}

/// The `tagSet` of an answer.
pub(crate) fn tag_set(tags: &Tags) -> Xml {
    let tag = |(key, value)| Xml::new().text("key", key).text("value", value);
    Xml::new().list("tagSet", tags.iter().map(tag))
}
