//! Changes of roles.

use serde::Deserialize;

use super::Role;
use super::entity::find_mut;
use super::name::check_description;
use super::role::{check_session, check_trust};
use crate::wire::{Answer, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateRole {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
}

/// Changes the description or the longest session of a role.
pub(super) fn update(world: &mut World, input: &UpdateRole) -> Answer {
    check_description(input.description.as_deref().unwrap_or_default())?;
    check_session(input.max_session_duration)?;
    let role: &mut Role = find_mut(world, &input.role_name)?;
    role.check_modifiable()?;
    if let Some(description) = &input.description {
        role.description = Some(description.clone()).filter(|text| !text.is_empty());
    }
    if let Some(seconds) = input.max_session_duration {
        role.max_session_duration = seconds;
    }
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateAssumeRolePolicy {
    role_name: String,
    policy_document: String,
}

/// Changes who may assume a role.
pub(super) fn update_trust(world: &mut World, input: &UpdateAssumeRolePolicy) -> Answer {
    let UpdateAssumeRolePolicy { role_name, policy_document } = input;
    find_mut::<Role>(world, role_name)?.check_modifiable()?;
    check_trust(world, policy_document)?;
    find_mut::<Role>(world, role_name)?.assume_role_policy.clone_from(policy_document);
    Ok(Xml::new())
}
