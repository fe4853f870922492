//! Tags of IAM's that change in place.

use crate::{Aws, Tags, mark};
use aws_sdk_iam::types::Tag;
use hopper_core::Cx;

/// The keys of what a step had put there and does not want any more, of the tags that `are` there.
///
/// IAM takes tags away by their keys alone, so what has another value by now, which is somebody
/// else's, is left out here.
pub(super) fn unwanted(aws: &Aws, cx: &Cx, was: &Tags, now: &Tags, are: &[Tag]) -> Vec<String> {
    let (was, now) = (mark::with(aws, cx, was), mark::with(aws, cx, now));
    let has =
        |key: &str, value: &str| are.iter().any(|tag| tag.key() == key && tag.value() == value);
    was.iter()
        .filter(|(key, value)| now.get(key).is_none() && has(key, value))
        .map(|(key, _)| key.to_owned())
        .collect()
}
