//! [`WokenGroup`]: an Auto Scaling group that has its machines again in the morning.

use super::{
    REST, counts,
    resting_group::{resize, rest_tag, there},
};
use crate::{
    AutoScalingGroupName, Aws,
    call::act,
    pace::Pace,
    poll::{Verdict, until},
    sdk_tag,
};
use aws_sdk_autoscaling::types::{self, LifecycleState};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// As long as a new group takes.
const IN_SERVICE: Pace = Pace::secs(38, 45, 600);

/// Gives an Auto Scaling group as many machines again as its tag says that it had, and waits until
/// they are in service. One that is not at rest is left alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WokenGroup {
    /// The group.
    pub group: Input<AutoScalingGroupName>,
}

impl Step for WokenGroup {
    const KIND: &'static str = "aws.rest.woken_group";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let name = cx.get(&self.group).as_str();
        let group = there(aws, cx, name).await?;
        let tag = sdk_tag::value(group.tags(), REST).map(ToOwned::to_owned);
        let Some((min, desired)) = tag.as_deref().and_then(counts) else { return Ok(()) };
        resize(aws, cx, name, (min, desired)).await?;
        let wanted = usize::try_from(desired).unwrap_or_default();
        until(
            aws,
            cx,
            name,
            IN_SERVICE,
            Duration::ZERO,
            |seen: Option<&types::AutoScalingGroup>| {
                let is =
                    |i: &&types::Instance| i.lifecycle_state() == Some(&LifecycleState::InService);
                match seen.map_or(0, |group| group.instances().iter().filter(is).count()) {
                    n if wanted <= n => Verdict::Ready(()),
                    n => Verdict::NotYet(format!("at {n} of {wanted} instances in service")),
                }
            },
        )
        .await?;
        // Last: whoever is cut off before finds it at rest, and does it again.
        let call = aws.autoscaling().delete_tags().tags(rest_tag(name, &tag.unwrap_or_default()));
        act(aws, cx, "DeleteTags", || call.clone().send()).await.map(drop)
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: doing it again changes nothing
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}
