//! Volumes, as a describe shows them.

use crate::{
    Aws,
    blockers::Blocked,
    call::read,
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::Resource,
};
use aws_sdk_ec2::types::{Filter, Tag, Volume, VolumeState};
use hopper_core::{Cx, StepError};
use std::time::Duration;

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

/// A disk is let go soon after its instance is gone, and deleted within seconds (estimates).
pub(crate) const RELEASED: Pace = Pace::secs(1, 5, 300);

/// Deletes a volume, and waits until it is gone.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, volume: &Volume) -> Result<(), StepError> {
    let id = volume.id();
    if !volume.is_husk() {
        let call = aws.ec2().delete_volume().volume_id(id);
        let removal = Removal {
            passing: &["VolumeInUse"],
            pace: RELEASED,
            ..Removal::new("DeleteVolume", id, Blocked::Volume(id))
        };
        remove(aws, cx, removal, || call.clone().send()).await?;
    }
    until(aws, cx, id, RELEASED, Duration::ZERO, deleted).await
}

fn deleted(volume: Option<&Volume>) -> Verdict<()> {
    match volume.and_then(Volume::state) {
        None | Some(VolumeState::Deleted) => Verdict::Ready(()),
        Some(state) => Verdict::NotYet(state.to_string()),
    }
}
