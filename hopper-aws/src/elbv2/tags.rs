//! Tags of load balancers, target groups and listeners: lists do not show them.

use crate::{
    Aws, Tags,
    call::{act, read_if_any},
    mark,
    needs::{Holder, ask_if_any},
    unwanted::unwanted,
};
use aws_sdk_elasticloadbalancingv2::types::Tag;
use hopper_core::{Cx, StepError};

/// The tags of a thing; `None` if it is gone.
pub(crate) async fn tags(aws: &Aws, cx: &Cx, arn: &str) -> Result<Option<Vec<Tag>>, StepError> {
    let call = aws.elbv2().describe_tags().resource_arns(arn);
    let reply = read_if_any(cx, "DescribeTags", || call.clone().send()).await?;
    let told = reply.and_then(|reply| reply.tag_descriptions);
    let told = told.into_iter().flatten().find(|told| told.resource_arn() == Some(arn));
    Ok(told.map(|told| told.tags.unwrap_or_default()))
}

/// Who has made a thing, asked for outside a run; `None` if it is gone.
pub(super) async fn holder(aws: &Aws, arn: &str) -> Result<Option<Holder>, StepError> {
    let call = aws.elbv2().describe_tags().resource_arns(arn);
    let reply = ask_if_any("DescribeTags", || call.clone().send()).await?;
    let told = reply.and_then(|reply| reply.tag_descriptions).into_iter().flatten().next();
    Ok(told.map(|told| Holder::of(told.tags())))
}

/// Brings the tags of a thing, which `are` these, in line with what its step wants `now`.
pub(super) async fn retag(
    aws: &Aws,
    cx: &Cx,
    arn: &str,
    (was, now): (&Tags, &Tags),
    are: &[Tag],
) -> Result<(), StepError> {
    let gone = unwanted(aws, cx, was, now, are);
    if !gone.is_empty() {
        let call = aws.elbv2().remove_tags().resource_arns(arn).set_tag_keys(Some(gone));
        act(aws, cx, "RemoveTags", || call.clone().send()).await?;
    }
    let now = mark::elbv2_tags(&mark::with(aws, cx, now));
    let call = aws.elbv2().add_tags().resource_arns(arn).set_tags(Some(now));
    act(aws, cx, "AddTags", || call.clone().send()).await.map(drop)
}
