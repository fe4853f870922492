//! Tags that change in place.

use crate::{Aws, Tags, call::act, mark};
use aws_sdk_ec2::types::Tag;
use hopper_core::{Cx, StepError};

/// Brings the tags of a thing of EC2 in line with what its step wants `now`: all of these, and
/// none of those that it only wanted before. What others have put there, or changed, is theirs.
///
/// # Errors
///
/// A call's.
pub(crate) async fn retag(
    aws: &Aws,
    cx: &Cx,
    id: &str,
    was: &Tags,
    now: &Tags,
) -> Result<(), StepError> {
    retag_all(aws, cx, vec![id.to_owned()], was, now).await
}

/// The same for things that are tagged alike, all at once.
///
/// # Errors
///
/// A call's.
pub(crate) async fn retag_all(
    aws: &Aws,
    cx: &Cx,
    ids: Vec<String>,
    was: &Tags,
    now: &Tags,
) -> Result<(), StepError> {
    let (was, now) = (mark::with(aws, cx, was), mark::with(aws, cx, now));
    // With its value: a tag that somebody has changed since is not taken away.
    let gone: Vec<Tag> = was
        .iter()
        .filter(|(key, _)| now.get(key).is_none())
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect();
    if !gone.is_empty() {
        let call = aws.ec2().delete_tags().set_resources(Some(ids.clone())).set_tags(Some(gone));
        act(aws, cx, "DeleteTags", || call.clone().send()).await?;
    }
    let call = aws.ec2().create_tags().set_resources(Some(ids));
    let call = call.set_tags(Some(mark::ec2_tags(&now)));
    act(aws, cx, "CreateTags", || call.clone().send()).await.map(drop)
}
