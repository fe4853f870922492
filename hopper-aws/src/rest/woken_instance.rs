//! [`WokenInstance`]: a machine that runs again in the morning.

use super::{WOKEN, tag};
use crate::{Aws, InstanceId, ec2::start};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};

/// Starts an instance that was stopped for the night, and waits until it runs. It has another
/// public address then, unless that is an Elastic IP address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WokenInstance {
    /// The instance.
    pub instance: Input<InstanceId>,
}

impl Step for WokenInstance {
    const KIND: &'static str = "aws.rest.woken_instance";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    /// The instance, now that it runs.
    type Output = InstanceId;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<InstanceId, StepError> {
        let id = cx.get(&self.instance);
        if start(aws, cx, id.as_str()).await? {
            tag(aws, cx, id.as_str(), WOKEN).await?;
        }
        Ok(id.clone())
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<InstanceId>, StepError> {
        Ok(Found::Absent) // never asked: starting it again changes nothing
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, InstanceId>) -> Result<(), StepError> {
        Ok(())
    }
}
