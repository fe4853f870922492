//! Volumes, as a describe shows them.

use crate::{Aws, call::read, resource::Resource};
use aws_sdk_ec2::types::{Filter, Tag, Volume, VolumeState};
use hopper_core::{Cx, StepError};

impl Resource for Volume {
    const ID_FILTER: &'static str = "volume-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_volumes().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeVolumes", || call.clone().send()).await?;
        Ok(reply.volumes.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.volume_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }

    fn is_husk(&self) -> bool {
        matches!(self.state(), Some(VolumeState::Deleting | VolumeState::Deleted))
    }
}
