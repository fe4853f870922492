//! [`unwanted`]: which tags to take away.

use crate::{
    Aws, Tags, mark,
    sdk_tag::{SdkTag, value},
};
use hopper_core::Cx;

/// The keys of what a step had put there and does not want any more, of the tags that `are` there.
///
/// IAM and Elastic Load Balancing take tags away by their keys alone, so what has another value by
/// now, which is somebody else's, is left out here.
pub(crate) fn unwanted(
    aws: &Aws,
    cx: &Cx,
    was: &Tags,
    now: &Tags,
    are: &[impl SdkTag],
) -> Vec<String> {
    let (was, now) = (mark::with(aws, cx, was), mark::with(aws, cx, now));
    was.iter()
        .filter(|(key, told)| now.get(key).is_none() && value(are, key) == Some(*told))
        .map(|(key, _)| key.to_owned())
        .collect()
}
