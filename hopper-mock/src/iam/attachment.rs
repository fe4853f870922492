//! Managed policies on roles and users.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::entity::{Entity, check_quota, find, find_mut, no_such};
use super::name::check_path_prefix;
use super::page::page;
use super::policy::{PolicyUsage, named};
use super::{Role, User};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, World};

/// What a policy can be attached to.
pub(super) trait Principal: Entity {
    /// The quota of policies it may have.
    const QUOTA: &'static str;

    /// The ARNs of its policies.
    fn attached(&self) -> &BTreeSet<String>;

    /// The ARNs of its policies, to change.
    ///
    /// # Errors
    /// `UnmodifiableEntity` for what belongs to a service.
    fn attached_mut(&mut self) -> Result<&mut BTreeSet<String>, AwsError>;
}

impl Principal for Role {
    const QUOTA: &'static str = "PoliciesPerRole";

    fn attached(&self) -> &BTreeSet<String> {
        &self.attached_policies
    }

    fn attached_mut(&mut self) -> Result<&mut BTreeSet<String>, AwsError> {
        self.check_modifiable()?;
        Ok(&mut self.attached_policies)
    }
}

impl Principal for User {
    const QUOTA: &'static str = "PoliciesPerUser";

    fn attached(&self) -> &BTreeSet<String> {
        &self.attached_policies
    }

    fn attached_mut(&mut self) -> Result<&mut BTreeSet<String>, AwsError> {
        Ok(&mut self.attached_policies)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attachment {
    name: String,
    policy_arn: String,
}

/// Attaches a policy. That it is attached already is a success.
pub(super) fn attach<P: Principal>(world: &mut World, input: &Attachment) -> Answer {
    let arn = &input.policy_arn;
    find_mut::<P>(world, &input.name)?.attached_mut()?;
    let policy = named(world, arn).map_err(|error| match error.code.as_str() {
        "NoSuchEntity" => no_such(format!("Policy {arn} does not exist or is not attachable.")),
        _ => error,
    })?;
    if policy.path.starts_with("/aws-service-role/") {
        let why = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(AwsError::new("PolicyNotAttachable", why));
    }
    let limit = world.settings().quotas.attached_policies;
    let attached = find_mut::<P>(world, &input.name)?.attached_mut()?;
    if !attached.contains(arn) {
        check_quota(P::QUOTA, limit, attached.len())?;
        attached.insert(arn.clone());
    }
    Ok(Xml::new())
}

/// Detaches a policy.
pub(super) fn detach<P: Principal>(world: &mut World, input: &Attachment) -> Answer {
    let attached = find_mut::<P>(world, &input.name)?.attached_mut()?;
    if attached.remove(&input.policy_arn) {
        return Ok(Xml::new());
    }
    Err(no_such(format!("Policy {} was not found.", input.policy_arn)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAttached {
    name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the policies of a role or a user.
pub(super) fn list<P: Principal>(world: &mut World, input: &ListAttached) -> Answer {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    check_path_prefix(prefix)?;
    let arns = find::<P>(world, &input.name)?.attached();
    let policies = arns.iter().filter_map(|arn| named(world, arn).ok());
    let wanted = policies.filter(|policy| policy.path.starts_with(prefix)).collect();
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(wanted, |policy| policy.id(), marker, max_items)?;
    Ok(page.list("AttachedPolicies", |policy| {
        Xml::new().text("PolicyName", &policy.name).text("PolicyArn", &policy.arn)
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListEntitiesForPolicy {
    policy_arn: String,
    entity_filter: Option<EntityFilter>,
    path_prefix: Option<String>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum EntityFilter {
    User,
    Role,
    Group,
    LocalManagedPolicy,
    #[serde(rename = "AWSManagedPolicy")]
    AwsManagedPolicy,
}

/// Lists the roles and users a policy is attached to. There are no groups.
pub(super) fn list_entities(world: &mut World, input: &ListEntitiesForPolicy) -> Answer {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    check_path_prefix(prefix)?;
    let arn = &named(world, &input.policy_arn)?.arn;
    let wants = |kind| {
        input.entity_filter.is_none_or(|filter| filter == kind)
            && input.policy_usage_filter != Some(PolicyUsage::PermissionsBoundary)
    };
    let mut entities = Vec::new();
    for role in world.iam.roles.values().filter(|_| wants(EntityFilter::Role)) {
        if role.attached_policies.contains(arn) && role.path.starts_with(prefix) {
            entities.push((format!("role {}", role.name), &role.name, &role.unique_id));
        }
    }
    for user in world.iam.users.values().filter(|_| wants(EntityFilter::User)) {
        if user.attached_policies.contains(arn) && user.path.starts_with(prefix) {
            entities.push((format!("user {}", user.name), &user.name, &user.unique_id));
        }
    }
    let page = page(entities, |(key, ..)| key, input.marker.as_deref(), input.max_items)?;
    let of = |kind: &'static str, name: &'static str, id: &'static str| {
        let items = page.items.iter().filter(move |(key, ..)| key.starts_with(kind));
        items.map(move |(_, its_name, its_id)| Xml::new().text(name, its_name).text(id, its_id))
    };
    Ok(page
        .end()
        .list("PolicyGroups", [])
        .list("PolicyUsers", of("user ", "UserName", "UserId"))
        .list("PolicyRoles", of("role ", "RoleName", "RoleId")))
}
