//! [`TargetGroup`]: what newer load balancers pass things on to.

use super::{newer::labels, pages::pages};
use crate::{
    Aws, Tags,
    blockers::Blocked,
    call::read,
    pace::Pace,
    removal::{Removal, remove},
};
use hopper_core::{Cx, StepError};

/// Free soon after its load balancer is deleted (estimate).
const FREED: Pace = Pace::secs(1, 2, 300);

/// A target group, with what tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// The VPC it is in.
    pub vpc: String,
    /// Its tags.
    pub tags: Tags,
}

impl TargetGroup {
    /// All target groups in the region, or all in a VPC, with their tags.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub async fn list(aws: &Aws, cx: &Cx, vpc: Option<&str>) -> Result<Vec<Self>, StepError> {
        let found = pages(|marker| async {
            let call = aws.elbv2().describe_target_groups().set_marker(marker);
            let reply = read(aws, cx, "DescribeTargetGroups", || call.clone().send()).await?;
            Ok((reply.target_groups, reply.next_marker))
        });
        let mut found: Vec<_> = found.await?;
        found.retain(|group| vpc.is_none() || group.vpc_id() == vpc);
        let arns = found.iter().filter_map(|group| group.target_group_arn.clone()).collect();
        let mut labels = labels(aws, cx, arns).await?;
        Ok(found
            .into_iter()
            .filter_map(|group| {
                let arn = group.target_group_arn?;
                let tags = labels.remove(&arn).unwrap_or_default();
                Some(Self { arn, vpc: group.vpc_id.unwrap_or_default(), tags })
            })
            .collect())
    }

    /// Deletes it, once no listener uses it.
    ///
    /// # Errors
    ///
    /// AWS's refusal, and that it is still in use at the deadline.
    pub async fn delete(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        delete(aws, cx, &self.arn).await
    }
}

/// Deletes a target group, once no listener uses it.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, arn: &str) -> Result<(), StepError> {
    let call = aws.elbv2().delete_target_group().target_group_arn(arn);
    let removal = Removal {
        passing: &["ResourceInUse"],
        pace: FREED,
        ..Removal::new("DeleteTargetGroup", arn, Blocked::Unknown)
    };
    remove(aws, cx, removal, || call.clone().send()).await
}
