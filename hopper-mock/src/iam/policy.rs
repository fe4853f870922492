//! Managed policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entity::{Entity, check_quota, limit_exceeded, no_such};
use super::name::{check_length, check_name, check_path, check_path_prefix};
use super::page::page;
use super::tag::{self, Tag};
use super::{aws_managed, document};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, which a namesake made later does not have.
    pub unique_id: String,
    /// By what it is named everywhere.
    pub arn: String,
    /// When it was made.
    pub create_date: Time,
    /// When its latest version was made.
    pub update_date: Time,
    /// The number of the version in force.
    pub default_version: u32,
    /// The number of the latest version, which is not given again.
    pub last_version: u32,
    /// Its versions by number.
    pub versions: BTreeMap<u32, PolicyVersion>,
    /// What it is for; it never changes.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// What it says, in JSON.
    pub document: String,
    /// When it was made.
    pub create_date: Time,
}

impl Resource for Policy {
    const KIND: Kind = Kind {
        name: "policy",
        prefix: "",
        noun: "policy",
        malformed: "InvalidInput",
        missing: "NoSuchEntity",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.iam.policies
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.iam.policies
    }

    fn id(&self) -> &str {
        &self.arn
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl Entity for Policy {
    const NAME: &'static str = "PolicyArn";
    const MISSING: &'static str = "Policy";
    const EXISTS: &'static str = "Policy";

    fn path(&self) -> &str {
        &self.path
    }
}

/// The policy with this ARN, of the account or of AWS.
///
/// # Errors
/// `InvalidInput` for what is not the ARN of a policy, `NoSuchEntity`.
pub(super) fn named<'a>(world: &'a World, arn: &str) -> Result<&'a Policy, AwsError> {
    check_arn(arn)?;
    let own = world.iam.policies.get(arn);
    let found = own.or_else(|| aws_managed::policies().get(arn));
    found.ok_or_else(|| no_such(format!("Policy {arn} was not found.")))
}

/// The policy of the account with this ARN, to change.
///
/// # Errors
/// As [`named`], and `AccessDenied` for a policy of AWS.
pub(super) fn own_mut<'a>(world: &'a mut World, arn: &str) -> Result<&'a mut Policy, AwsError> {
    check_arn(arn)?;
    if !arn.starts_with(&format!("arn:aws:iam::{}:", world.account)) {
        return Err(AwsError::new("AccessDenied", "Policy is outside your own account."));
    }
    let found = world.iam.policies.get_mut(arn);
    found.ok_or_else(|| no_such(format!("Policy {arn} was not found.")))
}

fn check_arn(arn: &str) -> Result<(), AwsError> {
    check_length("policyArn", arn, (20, 2048))?;
    if arn.starts_with("arn:aws:iam::") && arn.contains(":policy/") {
        return Ok(());
    }
    Err(AwsError::new("InvalidInput", format!("ARN {arn} is not valid.")))
}

impl Policy {
    /// The version in force.
    pub(super) fn in_force(&self) -> Option<&PolicyVersion> {
        self.versions.get(&self.default_version)
    }

    fn n_attached(&self, world: &World) -> usize {
        let roles = world.iam.roles.values().map(|role| &role.attached_policies);
        let users = world.iam.users.values().map(|user| &user.attached_policies);
        roles.chain(users).filter(|attached| attached.contains(&self.arn)).count()
    }

    fn summary(&self, world: &World) -> Xml {
        Xml::new()
            .text("PolicyName", &self.name)
            .text("PolicyId", &self.unique_id)
            .text("Arn", &self.arn)
            .text("Path", &self.path)
            .text("DefaultVersionId", format!("v{}", self.default_version))
            .text("AttachmentCount", self.n_attached(world))
            .text("PermissionsBoundaryUsageCount", 0)
            .text("IsAttachable", true)
            .text("CreateDate", self.create_date)
            .text("UpdateDate", self.update_date)
    }

    fn show(&self, world: &World) -> Xml {
        self.summary(world).opt("Description", self.description.as_ref()).and(tag::show(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreatePolicy {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Makes a policy with its first version.
pub(super) fn create(world: &mut World, input: &CreatePolicy) -> Answer {
    let (name, path) = (&input.policy_name, input.path.as_deref().unwrap_or("/"));
    check_name("policyName", name, 128)?;
    check_path(path)?;
    check_length("description", input.description.as_deref().unwrap_or_default(), (0, 1000))?;
    let tags = tag::read(world, &input.tags)?;
    check_document(world, &input.policy_document)?;
    if world.iam.policies.values().any(|policy| policy.name.eq_ignore_ascii_case(name)) {
        return Err(AwsError::new(
            "EntityAlreadyExists",
            format!("A policy called {name} already exists. Duplicate names are not allowed."),
        ));
    }
    let limit = world.settings().quotas.policies;
    check_quota("PoliciesPerAccount", limit, world.iam.policies.len())?;
    let now = world.now;
    let first = PolicyVersion { document: input.policy_document.clone(), create_date: now };
    let policy = Policy {
        name: name.clone(),
        path: path.to_owned(),
        unique_id: world.new_unique_id("ANPA"),
        arn: format!("arn:aws:iam::{}:policy{path}{name}", world.account),
        create_date: now,
        update_date: now,
        default_version: 1,
        last_version: 1,
        versions: BTreeMap::from([(1, first)]),
        description: input.description.clone().filter(|text| !text.is_empty()),
        tags,
    };
    let answer = Xml::new().node("Policy", policy.show(world));
    world.iam.policies.insert(policy.arn.clone(), policy);
    Ok(answer)
}

/// Refuses a document that is malformed or too long.
pub(super) fn check_document(world: &World, text: &str) -> Result<(), AwsError> {
    document::check_permissions(text)?;
    let limit = world.settings().quotas.managed_policy_characters;
    if document::size(text) <= limit {
        return Ok(());
    }
    Err(limit_exceeded(format!("Cannot exceed quota for PolicySize: {limit}")))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OnePolicy {
    policy_arn: String,
}

/// Shows a policy, without what it says.
pub(super) fn get(world: &mut World, input: &OnePolicy) -> Answer {
    Ok(Xml::new().node("Policy", named(world, &input.policy_arn)?.show(world)))
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum Scope {
    #[default]
    All,
    #[serde(rename = "AWS")]
    Aws,
    Local,
}

/// What a policy is attached as. Permissions boundaries are not simulated, so there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum PolicyUsage {
    PermissionsPolicy,
    PermissionsBoundary,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListPolicies {
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    only_attached: bool,
    path_prefix: Option<String>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists policies, of the account and of AWS.
pub(super) fn list(world: &mut World, input: &ListPolicies) -> Answer {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    check_path_prefix(prefix)?;
    let own = world.iam.policies.values().filter(|_| input.scope != Scope::Aws);
    let of_aws = aws_managed::policies().values().filter(|_| input.scope != Scope::Local);
    let is_boundary = input.policy_usage_filter == Some(PolicyUsage::PermissionsBoundary);
    let wanted = own.chain(of_aws).filter(|policy| {
        !is_boundary
            && policy.path.starts_with(prefix)
            && (!input.only_attached || 0 < policy.n_attached(world))
    });
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(wanted.collect(), |policy| policy.id(), marker, max_items)?;
    Ok(page.list("Policies", |policy| policy.summary(world)))
}

/// Deletes a policy that is attached to nothing and has no versions but the default.
pub(super) fn delete(world: &mut World, input: &OnePolicy) -> Answer {
    let arn = &input.policy_arn;
    own_mut(world, arn)?;
    let policy = named(world, arn)?;
    let conflict = |why: &str| AwsError::new("DeleteConflict", why);
    let roles = world.iam.roles.values().filter(|role| role.attached_policies.contains(arn));
    let users = world.iam.users.values().filter(|user| user.attached_policies.contains(arn));
    let holders: Vec<_> =
        roles.map(|role| role.name.clone()).chain(users.map(|user| user.name.clone())).collect();
    if !holders.is_empty() {
        return Err(conflict("Cannot delete a policy attached to entities.").blocked_by(holders));
    }
    if 1 < policy.versions.len() {
        return Err(conflict(
            "This policy has more than one version. Before you delete a policy, you must delete \
             the policy's versions. The default version is deleted with the policy.",
        ));
    }
    world.iam.policies.remove(arn);
    Ok(Xml::new())
}
