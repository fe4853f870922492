//! Snapshots, as a describe shows them.

use super::image::FREED;
use crate::{
    Aws,
    blockers::Blocked,
    call::read,
    removal::{Removal, remove},
    resource::Resource,
};
use aws_sdk_ec2::types::{Filter, Snapshot, Tag};
use hopper_core::{Cx, StepError};

impl Resource for Snapshot {
    const ID_FILTER: &'static str = "snapshot-id";

    /// The account's own only: without an owner AWS goes through everybody's.
    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_snapshots().owner_ids("self").set_filters(Some(by));
        let reply = read(aws, cx, "DescribeSnapshots", || call.clone().send()).await?;
        Ok(reply.snapshots.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.snapshot_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}

/// Deletes a snapshot that no image uses any more.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_snapshot().snapshot_id(id);
    let removal = Removal {
        passing: &["InvalidSnapshot.InUse"],
        pace: FREED,
        ..Removal::new("DeleteSnapshot", id, Blocked::Snapshot(id))
    };
    remove(aws, cx, removal, || call.clone().send()).await
}
