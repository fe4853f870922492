//! [`RestingInstance`]: a machine that is stopped for the night.

use super::{STOPPED, tag};
use crate::{Aws, InstanceId, ec2::stop};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};

/// Stops an instance for the night, and says so in its tag. Undone it stays stopped:
/// [`WokenInstance`](super::WokenInstance) starts it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestingInstance {
    /// The instance.
    pub instance: Input<InstanceId>,
}

impl Step for RestingInstance {
    const KIND: &'static str = "aws.rest.resting_instance";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let id = cx.get(&self.instance).as_str();
        tag(aws, cx, id, STOPPED).await?;
        stop(aws, cx, id).await
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: stopping it again changes nothing
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}
