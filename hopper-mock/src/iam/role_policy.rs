//! The inline policies of roles.

use serde::Deserialize;

use super::Role;
use super::document::{self, check_permissions};
use super::entity::{find, find_mut, limit_exceeded, no_such};
use super::name::check_name;
use super::page::page;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutRolePolicy {
    role_name: String,
    policy_name: String,
    policy_document: String,
}

/// Puts a policy into a role, in the place of one with the same name.
pub(super) fn put(world: &mut World, input: &PutRolePolicy) -> Answer {
    let PutRolePolicy { role_name, policy_name, policy_document } = input;
    check_name("policyName", policy_name, 128)?;
    let limit = world.settings().quotas.inline_policy_characters;
    let role: &mut Role = find_mut(world, role_name)?;
    role.check_modifiable()?;
    check_permissions(policy_document)?;
    let others = role.inline_policies.iter().filter(|(name, _)| *name != policy_name);
    let used: usize = others.map(|(_, text)| document::size(text)).sum();
    if limit < used + document::size(policy_document) {
        let why = format!("Maximum policy size of {limit} bytes exceeded for role {role_name}");
        return Err(limit_exceeded(why));
    }
    role.inline_policies.insert(policy_name.clone(), policy_document.clone());
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OneRolePolicy {
    role_name: String,
    policy_name: String,
}

fn no_policy(name: &str) -> AwsError {
    no_such(format!("The role policy with name {name} cannot be found."))
}

/// Shows a policy of a role.
pub(super) fn get(world: &mut World, input: &OneRolePolicy) -> Answer {
    let OneRolePolicy { role_name, policy_name } = input;
    let role: &Role = find(world, role_name)?;
    let text = role.inline_policies.get(policy_name).ok_or_else(|| no_policy(policy_name))?;
    Ok(Xml::new()
        .text("RoleName", role_name)
        .text("PolicyName", policy_name)
        .text("PolicyDocument", document::encode(text)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRolePolicies {
    role_name: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the names of the policies of a role.
pub(super) fn list(world: &mut World, input: &ListRolePolicies) -> Answer {
    let role: &Role = find(world, &input.role_name)?;
    let names = role.inline_policies.keys().collect();
    let page = page(names, |name| name.as_str(), input.marker.as_deref(), input.max_items)?;
    Ok(page.end().texts("PolicyNames", &page.items))
}

/// Deletes a policy of a role.
pub(super) fn delete(world: &mut World, input: &OneRolePolicy) -> Answer {
    let role: &mut Role = find_mut(world, &input.role_name)?;
    role.check_modifiable()?;
    let gone = role.inline_policies.remove(&input.policy_name);
    gone.map(|_| Xml::new()).ok_or_else(|| no_policy(&input.policy_name))
}
