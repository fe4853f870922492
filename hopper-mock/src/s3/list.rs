//! `ListBuckets` and `ListObjectsV2`.

use std::ops::Bound;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::call::{self, invalid};
use super::object::quoted;
use crate::wire::{Answer, Xml};
use crate::world::World;

/// How many keys and common prefixes a page has at most, from the API reference.
const LONGEST_PAGE: usize = 1000;

/// What `encoding-type=url` leaves as it is.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListBuckets {}

/// Every bucket of the account.
pub(crate) fn buckets(world: &mut World, ListBuckets {}: &ListBuckets) -> Answer {
    let buckets = world.s3.buckets.values();
    let buckets = buckets
        .map(|bucket| Xml::new().text("Name", &bucket.name).text("CreationDate", bucket.created));
    let owner = Xml::new().text("ID", &world.user_id);
    let buckets = Xml::new().list("Bucket", buckets);
    Ok(Xml::new().node("Buckets", buckets).node("Owner", owner))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ListObjectsV2 {
    bucket: String,
    #[serde(default)]
    prefix: String,
    delimiter: Option<String>,
    max_keys: Option<usize>,
    start_after: Option<String>,
    continuation_token: Option<String>,
    encoding_type: Option<String>,
}

/// The keys of a bucket that begin with a prefix, in the order of their bytes, page by page. With
/// a delimiter those that go on behind it are rolled up into one common prefix.
///
/// The token is the last key or common prefix of the page before.
pub(crate) fn objects(world: &mut World, input: &ListObjectsV2) -> Answer {
    let bucket = call::bucket(world, &input.bucket)?;
    if input.encoding_type.as_ref().is_some_and(|encoding| encoding != "url") {
        return Err(invalid("Invalid Encoding Method specified in Request"));
    }
    let shown = |text: &str| match &input.encoding_type {
        Some(_) => utf8_percent_encode(text, ENCODED).to_string(),
        None => text.to_owned(),
    };
    let page = input.max_keys.unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
    let token = input.continuation_token.as_deref();
    let after = token.or(input.start_after.as_deref()).unwrap_or_default();
    let delimiter = input.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());

    let (mut contents, mut prefixes, mut last) = (Vec::new(), Vec::<&str>::new(), None);
    let mut is_truncated = false;
    let begin = (Bound::Excluded(after), Bound::Unbounded);
    for (key, object) in bucket.objects.range::<str, _>(begin) {
        let Some(rest) = key.strip_prefix(&input.prefix) else { continue };
        let common = delimiter.and_then(|delimiter| {
            let end = rest.find(delimiter)? + delimiter.len();
            Some(&key[..input.prefix.len() + end])
        });
        let is_seen = |common: &str| prefixes.last() == Some(&common) || token == Some(common);
        if common.is_some_and(is_seen) {
            continue;
        }
        if contents.len() + prefixes.len() == page {
            is_truncated = true;
            break;
        }
        match common {
            Some(common) => prefixes.push(common),
            None => contents.push(
                Xml::new()
                    .text("Key", shown(key))
                    .text("LastModified", object.modified)
                    .text("ETag", quoted(&object.etag))
                    .text("Size", object.body.len())
                    .text("StorageClass", "STANDARD"),
            ),
        }
        last = Some(common.unwrap_or(key));
    }
    let prefixes: Vec<_> =
        prefixes.into_iter().map(|prefix| Xml::new().text("Prefix", shown(prefix))).collect();
    Ok(Xml::new()
        .text("Name", &input.bucket)
        .text("Prefix", shown(&input.prefix))
        .opt("Delimiter", delimiter.map(shown))
        .text("MaxKeys", page)
        .opt("EncodingType", input.encoding_type.as_deref())
        .text("KeyCount", contents.len() + prefixes.len())
        .text("IsTruncated", is_truncated)
        .opt("ContinuationToken", token)
        .opt("NextContinuationToken", last.filter(|_| is_truncated))
        .opt("StartAfter", input.start_after.as_deref().map(shown))
        .list("Contents", contents)
        .list("CommonPrefixes", prefixes))
}
