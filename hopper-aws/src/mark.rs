//! The mark: the tags that say which step of which run has made a thing.
//!
//! Every create carries them in the call itself, so that there is no moment in which a thing
//! exists without them. By its mark a thing is found again whose creation was never answered.

use crate::{Aws, Tags};
use hopper_core::Cx;

/// The run that made the thing.
pub const RUN: &str = "hopper:run";
/// The step that made it.
pub const STEP: &str = "hopper:step";
/// The step's idempotency token, which tells one generation of the step from another.
pub const TOKEN: &str = "hopper:token";

/// The mark of the step at hand.
#[must_use]
pub fn of(cx: &Cx) -> Tags {
    Tags::new().with(RUN, cx.run_id()).with(STEP, cx.name()).with(TOKEN, cx.token())
}

/// Everything to put on a thing: the cluster's tags, the step's own, and the mark.
#[must_use]
pub fn with(aws: &Aws, cx: &Cx, own: &Tags) -> Tags {
    aws.tags().clone().and(own).and(&of(cx))
}

#[cfg(feature = "ec2")]
mod ec2 {
    use super::*;
    use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};

    /// Everything to put on a thing of this type, as a create takes it.
    #[must_use]
    pub fn specification(aws: &Aws, cx: &Cx, of: ResourceType, own: &Tags) -> TagSpecification {
        TagSpecification::builder()
            .resource_type(of)
            .set_tags(Some(ec2_tags(&with(aws, cx, own))))
            .build()
    }

    /// Tags as EC2's types.
    #[must_use]
    pub fn ec2_tags(tags: &Tags) -> Vec<Tag> {
        tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
    }

    /// Filters that let through what the step at hand has made.
    #[must_use]
    pub fn filters(cx: &Cx) -> Vec<Filter> {
        [(RUN, cx.run_id()), (TOKEN, cx.token())]
            .map(|(key, value)| filter(format!("tag:{key}"), value))
            .into()
    }

    /// A filter with one value.
    #[must_use]
    pub fn filter(name: impl Into<String>, value: impl Into<String>) -> Filter {
        Filter::builder().name(name).values(value).build()
    }
}

/// Tags as Auto Scaling's type: the group's, and those of the instances that it launches.
#[cfg(feature = "autoscaling")]
#[must_use]
pub fn autoscaling_tags(group: &str, tags: &Tags) -> Vec<aws_sdk_autoscaling::types::Tag> {
    let tag = aws_sdk_autoscaling::types::Tag::builder()
        .resource_id(group)
        .resource_type("auto-scaling-group")
        .propagate_at_launch(true);
    tags.iter().map(|(key, value)| tag.clone().key(key).value(value).build()).collect()
}

/// Tags as Elastic Load Balancing's type.
#[cfg(feature = "elb")]
#[must_use]
pub fn elbv2_tags(tags: &Tags) -> Vec<aws_sdk_elasticloadbalancingv2::types::Tag> {
    // It is built of a key, or not at all: here it is always there.
    tags.iter()
        .map(|(key, value)| {
            aws_sdk_elasticloadbalancingv2::types::Tag::builder().key(key).value(value).build()
        })
        .collect()
}

/// Tags as IAM's type.
#[cfg(feature = "iam")]
#[must_use]
pub fn iam_tags(tags: &Tags) -> Vec<aws_sdk_iam::types::Tag> {
    // It is built of a key and a value, or not at all: here both are always there.
    tags.iter()
        .filter_map(|(key, value)| {
            aws_sdk_iam::types::Tag::builder().key(key).value(value).build().ok()
        })
        .collect()
}

#[cfg(feature = "ec2")]
pub use ec2::{ec2_tags, filter, filters, specification};
