//! [`RestingGroup`]: an Auto Scaling group without machines for the night.

use super::{REST, counts};
use crate::{
    AutoScalingGroupName, Aws,
    call::act,
    pace::Pace,
    poll::{Verdict, until},
    resource::look,
    sdk_tag,
};
use aws_sdk_autoscaling::types::{self, Tag};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// As long as an instance of a group takes to go.
const EMPTY: Pace = Pace::secs(30, 60, 900);

/// Takes all machines out of an Auto Scaling group, and writes down in its tag how many it had.
/// Undone it stays so: [`WokenGroup`](super::WokenGroup) brings them back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestingGroup {
    /// The group.
    pub group: Input<AutoScalingGroupName>,
}

impl Step for RestingGroup {
    const KIND: &'static str = "aws.rest.resting_group";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let name = cx.get(&self.group).as_str();
        let group = there(aws, cx, name).await?;
        // What it had before the first of several times counts.
        if sdk_tag::value(group.tags(), REST).and_then(counts).is_none() {
            let min = group.min_size().unwrap_or_default();
            let desired = group.desired_capacity().unwrap_or_default();
            let tags = rest_tag(name, &format!("{min} {desired}"));
            let call = aws.autoscaling().create_or_update_tags().tags(tags);
            act(aws, cx, "CreateOrUpdateTags", || call.clone().send()).await?;
        }
        resize(aws, cx, name, (0, 0)).await?;
        until(aws, cx, name, EMPTY, Duration::ZERO, |seen: Option<&types::AutoScalingGroup>| {
            match seen.map_or(0, |group| group.instances().len()) {
                0 => Verdict::Ready(()),
                n => Verdict::NotYet(format!("at {n} instances")),
            }
        })
        .await
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: doing it again changes nothing
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

/// The group, which has to be there.
pub(super) async fn there(
    aws: &Aws,
    cx: &Cx,
    name: &str,
) -> Result<types::AutoScalingGroup, StepError> {
    let group = look::<types::AutoScalingGroup>(aws, cx, name).await?;
    group.ok_or_else(|| StepError::permanent(format_args!("Auto Scaling group {name} is gone")))
}

/// Has a group have so many at least, and so many for now.
pub(super) async fn resize(
    aws: &Aws,
    cx: &Cx,
    name: &str,
    (min, desired): (i32, i32),
) -> Result<(), StepError> {
    let call = aws.autoscaling().update_auto_scaling_group().auto_scaling_group_name(name);
    let call = call.min_size(min).desired_capacity(desired);
    act(aws, cx, "UpdateAutoScalingGroup", || call.clone().send()).await.map(drop)
}

/// The group's own tag: its machines do not get it.
pub(super) fn rest_tag(name: &str, value: &str) -> Tag {
    Tag::builder()
        .resource_id(name)
        .resource_type("auto-scaling-group")
        .key(REST)
        .value(value)
        .propagate_at_launch(false)
        .build()
}
