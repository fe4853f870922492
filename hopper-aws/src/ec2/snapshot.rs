//! Snapshots, as a describe shows them.

use crate::{Aws, call::read, resource::Resource};
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
