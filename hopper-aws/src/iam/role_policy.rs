//! [`RolePolicy`]: something that a role may do.

use super::own_role;
use crate::{
    Aws, PolicyDocument, RoleName,
    blockers::Blocked,
    call::{act, read_if_any},
    comparison::Comparison,
    made::{existing, until_some},
    needs::{Draft, Needed, Needs, Place},
    removal::{Removal, remove},
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The note of every document that an update has put there, or was about to.
const DOCUMENTS: &str = "documents";

/// Puts an inline policy into a role of this run.
///
/// A policy in a role carries no tags: it is found again by its role's mark, its name and its
/// document. Another document under its name is somebody else's, and is neither overwritten nor
/// deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RolePolicy {
    /// The role.
    pub role: Input<RoleName>,
    /// The policy's name in the role.
    pub name: String,
    /// What it allows.
    pub document: Input<PolicyDocument>,
}

impl Needs for RolePolicy {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        let actions =
            ["iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy"];
        let role = Place::of(draft, &self.role);
        needs.calls_to_role(&role, &actions);
        let change = ["iam:GetRolePolicy", "iam:PutRolePolicy"];
        needs.changes_to_role(&role, &["document"], &change);
    }
}

impl Step for RolePolicy {
    const KIND: &'static str = "aws.iam.role_policy";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["document"];
    type Env = Aws;
    type Output = ();

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let (role, document) = (cx.get(&self.role).as_str(), cx.get(&self.document));
        // PutRolePolicy overwrites. Nobody has put anything into a role of a moment ago, but for
        // this process.
        if aws.fresh().age(role).is_none() || aws.fresh().age(&self.place(cx)).is_some() {
            own_role::ensure(aws, cx, role).await?;
            match self.now(aws, cx).await? {
                Some(now) if now == *document => return Ok(()),
                Some(_) => {
                    return Err(StepError::permanent(self.taken(cx))
                        .with_operation("PutRolePolicy")
                        .refused());
                }
                None => (),
            }
        }
        let call = aws
            .iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(&self.name)
            .policy_document(document.to_string());
        act(aws, cx, "PutRolePolicy", || call.clone().send()).await?;
        aws.fresh().add(&self.place(cx));
        Ok(())
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<()>, StepError> {
        if !own_role::is_there(aws, cx, cx.get(&self.role).as_str()).await? {
            return Ok(Found::Absent);
        }
        Ok(match until_some(cx, || self.now(aws, cx)).await? {
            None => Found::Absent,
            Some(now) if now == *cx.get(&self.document) => Found::Present(()),
            Some(_) => Found::Conflict(self.taken(cx)),
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        let place = self.place(cx);
        let now = existing(aws, cx, &place, || self.now(aws, cx)).await?;
        if now.as_ref() != Some(cx.get(&self.document)) {
            return Ok(()); // gone, or somebody else's
        }
        let role = cx.get(&self.role).as_str();
        let call = aws.iam().delete_role_policy().role_name(role).policy_name(&self.name);
        let removal = Removal::new("DeleteRolePolicy", &place, Blocked::Unknown);
        remove(aws, cx, removal, || call.clone().send()).await
    }

    /// "PutRolePolicy" overwrites (IAM API reference): only what this step itself has put there.
    async fn update(&self, aws: &Aws, cx: &Cx, was: &Self, (): &()) -> Result<(), StepError> {
        let (role, document) = (cx.get(&self.role).as_str(), cx.get(&self.document));
        own_role::ensure(aws, cx, role).await?;
        // After two changes in a row any of the earlier documents may be in place.
        let mut ours: BTreeSet<String> = cx.noted(DOCUMENTS).unwrap_or_default();
        ours.extend([cx.get(&was.document).to_string(), document.to_string()]);
        match self.now(aws, cx).await? {
            Some(now) if !ours.contains(&now.to_string()) => {
                return Err(StepError::permanent(self.taken(cx))
                    .with_operation("PutRolePolicy")
                    .refused());
            }
            _ => cx.note(DOCUMENTS, &ours).await?,
        }
        let call = aws
            .iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(&self.name)
            .policy_document(document.to_string());
        act(aws, cx, "PutRolePolicy", || call.clone().send()).await.map(drop)
    }

    async fn check(&self, aws: &Aws, cx: &Cx, (): &()) -> Result<Vec<Drift>, StepError> {
        let Some(now) = self.now(aws, cx).await? else {
            let (name, role) = (&self.name, cx.get(&self.role));
            return Ok(vec![Drift::gone(format_args!("policy {name} of role {role}"))]);
        };
        Ok(Comparison::new().field("PolicyDocument", cx.get(&self.document), now).drift())
    }
}

impl RolePolicy {
    /// The document that the role has under this name.
    async fn now(&self, aws: &Aws, cx: &Cx) -> Result<Option<PolicyDocument>, StepError> {
        let role = cx.get(&self.role).as_str();
        let call = aws.iam().get_role_policy().role_name(role).policy_name(&self.name);
        let Some(reply) = read_if_any(cx, "GetRolePolicy", || call.clone().send()).await? else {
            return Ok(None);
        };
        let document = PolicyDocument::from_answer(reply.policy_document());
        document.map(Some).map_err(|error| {
            StepError::permanent(format_args!("the answer cannot be read: {error}"))
                .with_operation("GetRolePolicy")
        })
    }

    /// What tells it from all other policies in roles.
    fn place(&self, cx: &Cx) -> String {
        format!("{}/{}", cx.get(&self.role), self.name)
    }

    fn taken(&self, cx: &Cx) -> String {
        format!(
            "role {} has another policy {} already: delete it, or choose another name",
            cx.get(&self.role),
            self.name
        )
    }
}
