//! [`RolePolicyAttachment`]: a managed policy that counts for a role.

use super::own_role;
use crate::{
    Aws, RoleName,
    blockers::Blocked,
    call::{act, read_if_any},
    made::{existing, until_some},
    needs::{Draft, Needed, Needs, Place},
    removal::{Removal, remove},
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};

/// Attaches a managed policy to a role of this run.
///
/// An attachment carries no tags: it is found again by its role's mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RolePolicyAttachment {
    /// The role.
    pub role: Input<RoleName>,
    /// The policy's ARN, e.g. `arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy`.
    pub policy_arn: Input<String>,
}

impl Needs for RolePolicyAttachment {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls_to_role(
            &Place::of(draft, &self.role),
            &[
                "iam:AttachRolePolicy",
                "iam:DetachRolePolicy",
                "iam:GetRole",
                "iam:ListAttachedRolePolicies",
            ],
        );
    }
}

impl Step for RolePolicyAttachment {
    const KIND: &'static str = "aws.iam.role_policy_attachment";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = ();

    /// Attaching what is attached changes nothing.
    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let (role, policy) = (cx.get(&self.role).as_str(), cx.get(&self.policy_arn));
        own_role::ensure(aws, cx, role).await?;
        let call = aws.iam().attach_role_policy().role_name(role).policy_arn(policy);
        act(aws, cx, "AttachRolePolicy", || call.clone().send()).await?;
        aws.fresh().add(&self.place(cx));
        Ok(())
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<()>, StepError> {
        if !own_role::is_there(aws, cx, cx.get(&self.role).as_str()).await? {
            return Ok(Found::Absent);
        }
        let attached = until_some(cx, || self.attached(aws, cx)).await?;
        Ok(attached.map_or(Found::Absent, Found::Present))
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        let (role, policy) = (cx.get(&self.role).as_str(), cx.get(&self.policy_arn));
        let place = self.place(cx);
        let attached = existing(aws, cx, &place, || self.attached(aws, cx)).await?;
        if attached.is_none() || !own_role::is_there(aws, cx, role).await? {
            return Ok(()); // gone, or somebody else's
        }
        let call = aws.iam().detach_role_policy().role_name(role).policy_arn(policy);
        let removal = Removal::new("DetachRolePolicy", &place, Blocked::Unknown);
        remove(aws, cx, removal, || call.clone().send()).await
    }

    async fn check(&self, aws: &Aws, cx: &Cx, (): &()) -> Result<Vec<Drift>, StepError> {
        if self.attached(aws, cx).await?.is_some() {
            return Ok(Vec::new());
        }
        let (role, policy) = (cx.get(&self.role), cx.get(&self.policy_arn));
        Ok(vec![Drift::gone(format_args!("{policy} on role {role}"))])
    }
}

impl RolePolicyAttachment {
    /// Whether the policy is attached.
    async fn attached(&self, aws: &Aws, cx: &Cx) -> Result<Option<()>, StepError> {
        let (role, policy) = (cx.get(&self.role).as_str(), cx.get(&self.policy_arn).as_str());
        let mut marker = None;
        loop {
            let call = aws.iam().list_attached_role_policies().role_name(role).set_marker(marker);
            let page = read_if_any(cx, "ListAttachedRolePolicies", || call.clone().send()).await?;
            let Some(page) = page else { return Ok(None) };
            if page.attached_policies().iter().any(|p| p.policy_arn() == Some(policy)) {
                return Ok(Some(()));
            }
            if !page.is_truncated() {
                return Ok(None);
            }
            marker = page.marker;
        }
    }

    /// What tells it from all other attachments.
    fn place(&self, cx: &Cx) -> String {
        format!("{}/{}", cx.get(&self.role), cx.get(&self.policy_arn))
    }
}
