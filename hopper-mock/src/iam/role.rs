//! Roles.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entity::{Entity, check_new, check_quota, conflict, find, limit_exceeded, list};
use super::name::{check_description, check_name, check_path, invalid};
use super::tag::{self, Tag};
use super::{InstanceProfile, document};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id, which a namesake made later does not have.
    pub unique_id: String,
    /// Its name for policies.
    pub arn: String,
    /// When it was made.
    pub create_date: Time,
    /// Who may assume it, in JSON.
    pub assume_role_policy: String,
    /// What it is for.
    pub description: Option<String>,
    /// How many seconds a session may last.
    pub max_session_duration: u32,
    /// The service it is linked to, which alone may change it.
    pub linked_service: Option<String>,
    /// Its inline policies in JSON, by name.
    pub inline_policies: BTreeMap<String, String>,
    /// The ARNs of the managed policies attached to it.
    pub attached_policies: BTreeSet<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for Role {
    const KIND: Kind = Kind {
        name: "role",
        prefix: "",
        noun: "role",
        malformed: "ValidationError",
        missing: "NoSuchEntity",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.iam.roles
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.iam.roles
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn is_leftover(&self) -> bool {
        self.linked_service.is_none()
    }
}

impl Entity for Role {
    const NAME: &'static str = "RoleName";
    const MISSING: &'static str = "The role with name";
    const EXISTS: &'static str = "Role with name";

    fn path(&self) -> &str {
        &self.path
    }
}

impl Role {
    /// How lists show it: without its tags.
    pub(super) fn summary(&self) -> Xml {
        Xml::new()
            .text("Path", &self.path)
            .text("RoleName", &self.name)
            .text("RoleId", &self.unique_id)
            .text("Arn", &self.arn)
            .text("CreateDate", self.create_date)
            .text("AssumeRolePolicyDocument", document::encode(&self.assume_role_policy))
            .opt("Description", self.description.as_ref())
            .text("MaxSessionDuration", self.max_session_duration)
    }

    /// How it is shown by itself.
    pub(super) fn show(&self) -> Xml {
        self.summary().and(tag::show(&self.tags))
    }

    /// Refuses a change to a role that belongs to a service.
    pub(super) fn check_modifiable(&self) -> Result<(), AwsError> {
        if self.linked_service.is_none() {
            return Ok(());
        }
        Err(AwsError::new(
            "UnmodifiableEntity",
            format!(
                "Cannot perform the operation on the protected role '{}' - this role is only \
                 modifiable by AWS",
                self.name
            ),
        ))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateRole {
    role_name: String,
    path: Option<String>,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Makes a role.
pub(super) fn create(world: &mut World, input: &CreateRole) -> Answer {
    let (name, path) = (&input.role_name, input.path.as_deref().unwrap_or("/"));
    check_name("roleName", name, 64)?;
    check_path(path)?;
    check_description(input.description.as_deref().unwrap_or_default())?;
    check_session(input.max_session_duration)?;
    let tags = tag::read(world, &input.tags)?;
    check_trust(world, &input.assume_role_policy_document)?;
    check_new::<Role>(world, name)?;
    check_quota("RolesPerAccount", world.settings().quotas.roles, count(world))?;
    let role = Role {
        name: name.clone(),
        path: path.to_owned(),
        unique_id: world.new_unique_id("AROA"),
        arn: format!("arn:aws:iam::{}:role{path}{name}", world.account),
        create_date: world.now,
        assume_role_policy: input.assume_role_policy_document.clone(),
        description: input.description.clone().filter(|text| !text.is_empty()),
        max_session_duration: input.max_session_duration.unwrap_or(3600),
        linked_service: None,
        inline_policies: BTreeMap::new(),
        attached_policies: BTreeSet::new(),
        tags,
    };
    let answer = Xml::new().node("Role", role.show());
    world.iam.roles.insert(name.clone(), role);
    Ok(answer)
}

/// How many roles count against the quota: all but those linked to services.
pub(super) fn count(world: &World) -> usize {
    world.iam.roles.values().filter(|role| role.linked_service.is_none()).count()
}

/// Refuses a trust policy that is malformed or too long.
pub(super) fn check_trust(world: &World, text: &str) -> Result<(), AwsError> {
    document::check_trust(world, text)?;
    let limit = world.settings().quotas.trust_policy_characters;
    if document::size(text) <= limit {
        return Ok(());
    }
    Err(limit_exceeded(format!("Cannot exceed quota for ACLSizePerRole: {limit}")))
}

/// Refuses sessions shorter than an hour or longer than twelve.
pub(super) fn check_session(seconds: Option<u32>) -> Result<(), AwsError> {
    match seconds {
        Some(given) if !(3600..=43_200).contains(&given) => {
            let why = "Member must have value between 3600 and 43200";
            Err(invalid("maxSessionDuration", &given.to_string(), why))
        }
        _ => Ok(()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OneRole {
    pub(super) role_name: String,
}

/// Shows a role.
pub(super) fn get(world: &mut World, input: &OneRole) -> Answer {
    let role: &Role = find(world, &input.role_name)?;
    Ok(Xml::new().node("Role", role.show().node("RoleLastUsed", Xml::new())))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListEntities {
    pub(super) path_prefix: Option<String>,
    pub(super) marker: Option<String>,
    pub(super) max_items: Option<usize>,
}

/// Lists roles.
pub(super) fn list_all(world: &mut World, input: &ListEntities) -> Answer {
    let prefix = input.path_prefix.as_deref();
    let page = list::<Role>(world, prefix, input.marker.as_deref(), input.max_items)?;
    Ok(page.list("Roles", |role| role.summary()))
}

/// Deletes a role that has no policies and is in no instance profile.
pub(super) fn delete(world: &mut World, input: &OneRole) -> Answer {
    let name = &input.role_name;
    let role: &Role = find(world, name)?;
    role.check_modifiable()?;
    let profiles = world.iam.instance_profiles.values();
    let holders: Vec<_> = profiles
        .filter(|profile| profile.role.as_ref() == Some(name))
        .map(|profile: &InstanceProfile| profile.name.clone())
        .collect();
    if !holders.is_empty() {
        return Err(conflict("remove roles from instance profile first", holders));
    }
    if !role.attached_policies.is_empty() {
        return Err(conflict("detach all policies first", role.attached_policies.clone()));
    }
    if !role.inline_policies.is_empty() {
        let blockers = role.inline_policies.keys().cloned();
        return Err(conflict("delete policies first", blockers));
    }
    world.iam.roles.remove(name);
    Ok(Xml::new())
}
