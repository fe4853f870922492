//! [`Object`]: the record, writing one, reading one, deleting one.

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use super::call::{self, invalid};
use super::condition::{Condition, Tag};
use crate::Time;
use crate::wire::{Answer, AwsError, METADATA, Xml};
use crate::world::World;

/// What is kept under a key. The simulator keeps text alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The text.
    pub body: String,
    /// Its entity tag: the MD5 of the text, without the quotes it has on the wire.
    pub etag: String,
    /// What kind of text it is.
    pub content_type: String,
    /// What its writer wanted to be kept with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Since when.
    pub modified: Time,
}

/// How many bytes a key may have, from the user guide.
const LONGEST_KEY: usize = 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PutObject {
    bucket: String,
    key: String,
    #[serde(default)]
    body: Body,
    content_type: Option<String>,
    if_match: Option<Tag>,
    if_none_match: Option<Tag>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

/// What is to be kept, and shown nowhere else.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Body(String);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// Writes an object, whatever was there; with conditions only if they hold.
pub(crate) fn put(world: &mut World, input: &PutObject) -> Answer {
    let modified = world.now;
    let bucket = call::bucket(world, &input.bucket)?;
    if LONGEST_KEY < input.key.len() {
        return Err(AwsError::new("KeyTooLongError", "Your key is too long"));
    }
    let condition = Condition {
        if_match: input.if_match.as_ref().map(Tag::text),
        if_none_match: input.if_none_match.as_ref().map(Tag::text),
    };
    if condition.if_match.is_some() && condition.if_none_match.is_some() {
        return Err(invalid("If-Match and If-None-Match cannot be used together"));
    }
    condition.of_write(bucket.objects.get(&input.key))?;
    let body = input.body.0.clone();
    let etag: String =
        Md5::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let usual = || "binary/octet-stream".to_owned();
    let content_type = input.content_type.clone().unwrap_or_else(usual);
    let answer = Xml::new().text("ETag", quoted(&etag));
    let object = Object { body, etag, content_type, metadata: input.metadata.clone(), modified };
    bucket.objects.insert(input.key.clone(), object);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct OneObject {
    bucket: String,
    key: String,
    if_match: Option<Tag>,
    if_none_match: Option<Tag>,
}

impl OneObject {
    fn condition(&self) -> Condition<'_> {
        Condition {
            if_match: self.if_match.as_ref().map(Tag::text),
            if_none_match: self.if_none_match.as_ref().map(Tag::text),
        }
    }

    fn of<'a>(&self, world: &'a mut World) -> Result<&'a Object, AwsError> {
        let bucket = call::bucket(world, &self.bucket)?;
        let object = bucket.objects.get(&self.key).ok_or_else(no_such_key)?;
        self.condition().of_read(object)?;
        Ok(object)
    }
}

/// Reads an object.
pub(crate) fn get(world: &mut World, input: &OneObject) -> Answer {
    let object = input.of(world)?;
    Ok(described(object).secret("Body", &object.body))
}

/// Reads all of an object but what it holds.
pub(crate) fn head(world: &mut World, input: &OneObject) -> Answer {
    let object = input.of(world)?;
    Ok(described(object).text("ContentLength", object.body.len()))
}

fn described(object: &Object) -> Xml {
    let seconds = object.modified.as_millis().div_euclid(1000);
    let modified = DateTime::from_secs(seconds).fmt(Format::HttpDate).ok();
    let described = Xml::new()
        .text("ContentType", &object.content_type)
        .text("ETag", quoted(&object.etag))
        .opt("LastModified", modified);
    let metadata = object.metadata.iter();
    metadata.fold(described, |xml, (name, value)| xml.text(format!("{METADATA}{name}"), value))
}

/// Deletes an object; that there is none is no mistake, but where there is a condition.
pub(crate) fn delete(world: &mut World, input: &OneObject) -> Answer {
    let bucket = call::bucket(world, &input.bucket)?;
    input.condition().of_write(bucket.objects.get(&input.key))?;
    bucket.objects.remove(&input.key);
    Ok(Xml::new())
}

/// An entity tag as on the wire.
pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

pub(super) fn no_such_key() -> AwsError {
    AwsError::new("NoSuchKey", "The specified key does not exist.")
}
