//! [`Role`]: what an instance may do, and who may be it.

use super::own_role;
use crate::{
    Aws, PolicyDocument, RoleName, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{existing, until_some},
    mark,
    needs::{Draft, Holder, Limit, Needed, Needs, ask_if_any},
    pace::Pace,
    removal::{Removal, remove},
    unwanted::unwanted,
};
use aws_sdk_iam::types;
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// How long a role is tried to be deleted that something is in: what was taken out of it a moment
/// ago may be seen for some seconds still.
const EMPTIED: Pace = Pace::secs(1, 5, 60);

/// Where the roles are that services have made for themselves ("Using service-linked roles", IAM
/// user guide).
const OF_SERVICES: &str = "/aws-service-role/";

/// Creates a role that may do nothing, until [policies](super::RolePolicy) say more.
///
/// Its name is unique in the account, whatever its path and the case of its letters. Undoing
/// takes out of it first whatever policies others have put there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path, which begins and ends with a slash: `/` if none is given.
    pub path: Option<String>,
    /// Who may be it, e.g. [`PolicyDocument::assumed_by`] `ec2.amazonaws.com`.
    pub trust_policy: Input<PolicyDocument>,
    /// What it is for.
    pub description: String,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A role.
    pub struct RoleOut -> RoleRefs {
        /// Its name, by which policies and instance profiles take it.
        name: RoleName,
        /// Its ARN.
        arn: String,
        /// Its unique id, `AROA…`, which no later role of the same name has.
        id: String,
    }
}

impl Needs for Role {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        let resource = format!("role{}{}", self.path.as_deref().unwrap_or("/"), self.name);
        needs.calls_on(&*resource, &["iam:CreateRole", "iam:DeleteRole", "iam:GetRole"]);
        needs.calls_on(&*resource, &["iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]);
        needs.calls_on(&*resource, &["iam:TagRole"]);
        let trust = ["iam:GetRole", "iam:UpdateAssumeRolePolicy"];
        needs.changes_on(&resource, &["trust_policy"], &trust);
        needs.retags(Some(&resource), &["iam:GetRole", "iam:TagRole"], &["iam:UntagRole"]);
        needs.is_role(resource);
        needs.takes(Limit::Roles);
        needs.name("role", &self.name, |aws, name| async move {
            let call = aws.iam().get_role().role_name(name);
            let reply = ask_if_any("GetRole", || call.clone().send()).await?;
            let role = reply.and_then(|reply| reply.role);
            Ok(role.map(|role| Holder::of(role.tags())))
        });
    }
}

impl Step for Role {
    const KIND: &'static str = "aws.iam.role";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags", "trust_policy"];
    type Env = Aws;
    type Output = RoleOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<RoleOut, StepError> {
        let made = self.create(aws, cx).await?;
        aws.fresh().add(&self.name);
        Ok(made)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<RoleOut>, StepError> {
        Ok(match until_some(cx, || own_role::get(aws, cx, &self.name)).await? {
            Some(role) if is_own(cx, role.tags()) => Found::Present(output(&role)),
            Some(role) => Found::Conflict(taken(&role)),
            None => Found::Absent,
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, RoleOut>) -> Result<(), StepError> {
        let name = &self.name;
        let role = existing(aws, cx, name, || own_role::get(aws, cx, name)).await?;
        let done = made.done().map(|role| role.id.as_str());
        let is_ours = |role: &types::Role| is_own(cx, role.tags()) || done == Some(role.role_id());
        if !role.is_some_and(|role| is_ours(&role) && !role.path().starts_with(OF_SERVICES)) {
            return Ok(()); // gone, or somebody else's
        }
        delete(aws, cx, name).await
    }

    /// "UpdateAssumeRolePolicy", "UntagRole" and "TagRole" (IAM API reference).
    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &RoleOut,
    ) -> Result<RoleOut, StepError> {
        let name = &self.name;
        let role = own_role::get(aws, cx, name).await?;
        let Some(role) = role.filter(|role| role.role_id() == out.id) else {
            return Err(StepError::permanent(format_args!("role {name} is gone")));
        };
        let trust = cx.get(&self.trust_policy);
        if trust != cx.get(&was.trust_policy) {
            let call = aws.iam().update_assume_role_policy().role_name(name);
            let call = call.policy_document(trust.to_string());
            act(aws, cx, "UpdateAssumeRolePolicy", || call.clone().send()).await?;
        }
        let gone = unwanted(aws, cx, &was.tags, &self.tags, role.tags());
        if !gone.is_empty() {
            let call = aws.iam().untag_role().role_name(name).set_tag_keys(Some(gone));
            act(aws, cx, "UntagRole", || call.clone().send()).await?;
        }
        let now = mark::iam_tags(&mark::with(aws, cx, &self.tags));
        let call = aws.iam().tag_role().role_name(name).set_tags(Some(now));
        act(aws, cx, "TagRole", || call.clone().send()).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &RoleOut) -> Result<Vec<Drift>, StepError> {
        let role = own_role::get(aws, cx, &self.name).await?;
        let Some(role) = role.filter(|role| role.role_id() == out.id) else {
            return Ok(vec![Drift::gone(format_args!("role {}", self.name))]);
        };
        let trust = role.assume_role_policy_document().map(|text| {
            PolicyDocument::from_answer(text).map_or_else(|_| text.to_owned(), String::from)
        });
        let description = Some(&*self.description).filter(|text| !text.is_empty());
        Ok(Comparison::new()
            .field("Path", self.path.as_deref().unwrap_or("/"), role.path())
            .optional("AssumeRolePolicyDocument", cx.get(&self.trust_policy), trust)
            .optional(
                "Description",
                description.unwrap_or("none"),
                role.description().filter(|text| !text.is_empty()),
            )
            .tags(&mark::with(aws, cx, &self.tags), role.tags())
            .drift())
    }
}

impl Role {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<RoleOut, StepError> {
        let path = self.path.as_deref();
        if path.is_some_and(|path| path.starts_with(OF_SERVICES)) {
            return Err(StepError::permanent(format_args!(
                "{OF_SERVICES} is for roles that services make for themselves"
            ))
            .with_hint("choose another path")
            .refused());
        }
        let tags = mark::iam_tags(&mark::with(aws, cx, &self.tags));
        let call = aws
            .iam()
            .create_role()
            .role_name(&self.name)
            .set_path(self.path.clone())
            .assume_role_policy_document(cx.get(&self.trust_policy).to_string())
            .set_description(Some(self.description.clone()).filter(|text| !text.is_empty()))
            .set_tags(Some(tags));
        match act(aws, cx, "CreateRole", || call.clone().send()).await {
            Ok(reply) => {
                let role = reply.role.as_ref().map(output);
                role.ok_or_else(|| incomplete("CreateRole", "role"))
            }
            Err(error) if error.code() == Some("EntityAlreadyExists") => {
                match until_some(cx, || own_role::get(aws, cx, &self.name)).await? {
                    Some(role) if is_own(cx, role.tags()) => Ok(output(&role)),
                    Some(role) => Err(error.with_hint(taken(&role))),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

/// Deletes a role, with the policies that are in it or attached to it.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    let call = aws.iam().delete_role().role_name(name);
    let removal = |passing| Removal {
        passing,
        pace: EMPTIED,
        ..Removal::new("DeleteRole", name, Blocked::Role(name))
    };
    match remove(aws, cx, removal(&[]), || call.clone().send()).await {
        Err(error) if error.code() == Some("DeleteConflict") => {
            empty(aws, cx, name).await?;
            remove(aws, cx, removal(&["DeleteConflict"]), || call.clone().send()).await
        }
        other => other,
    }
}

/// Takes out of the role what keeps it from being deleted, whoever has put it there.
async fn empty(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    loop {
        let call = aws.iam().list_role_policies().role_name(name);
        let page = read(aws, cx, "ListRolePolicies", || call.clone().send()).await?;
        for policy in page.policy_names() {
            let call = aws.iam().delete_role_policy().role_name(name).policy_name(policy);
            let removal = Removal::new("DeleteRolePolicy", policy, Blocked::Unknown);
            remove(aws, cx, removal, || call.clone().send()).await?;
        }
        if !page.is_truncated() {
            break;
        }
    }
    loop {
        let call = aws.iam().list_attached_role_policies().role_name(name);
        let page = read(aws, cx, "ListAttachedRolePolicies", || call.clone().send()).await?;
        for arn in page.attached_policies().iter().filter_map(|policy| policy.policy_arn()) {
            let call = aws.iam().detach_role_policy().role_name(name).policy_arn(arn);
            let removal = Removal::new("DetachRolePolicy", arn, Blocked::Unknown);
            remove(aws, cx, removal, || call.clone().send()).await?;
        }
        if !page.is_truncated() {
            break;
        }
    }
    Ok(())
}

fn output(role: &types::Role) -> RoleOut {
    RoleOut {
        name: role.role_name().into(),
        arn: role.arn().to_owned(),
        id: role.role_id().to_owned(),
    }
}

/// Whose the name is.
fn taken(by: &types::Role) -> String {
    format!("role {} was {}: delete it, or choose another name", by.role_name(), maker(by.tags()))
}
