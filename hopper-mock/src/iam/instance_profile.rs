//! Instance profiles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entity::{
    Entity, check_new, check_quota, conflict, find, find_mut, limit_exceeded, list, no_such,
};
use super::name::{check_name, check_path};
use super::page::page;
use super::role::ListEntities;
use super::tag::{self, Tag};
use super::{Role, propagation};
use crate::Time;
use crate::wire::{Answer, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// An instance profile: what gives an instance its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
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
    /// The name of its role; there can be one.
    pub role: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for InstanceProfile {
    const KIND: Kind = Kind {
        name: "instance-profile",
        prefix: "",
        noun: "instance profile",
        malformed: "ValidationError",
        missing: "NoSuchEntity",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.iam.instance_profiles
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.iam.instance_profiles
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
}

impl Entity for InstanceProfile {
    const NAME: &'static str = "InstanceProfileName";
    const MISSING: &'static str = "Instance Profile";
    const EXISTS: &'static str = "Instance Profile";

    fn path(&self) -> &str {
        &self.path
    }
}

impl InstanceProfile {
    fn summary(&self, world: &World) -> Xml {
        let roles = self.role.iter().filter_map(|name| world.iam.roles.get(name));
        Xml::new()
            .text("Path", &self.path)
            .text("InstanceProfileName", &self.name)
            .text("InstanceProfileId", &self.unique_id)
            .text("Arn", &self.arn)
            .text("CreateDate", self.create_date)
            .list("Roles", roles.map(Role::summary))
    }

    fn show(&self, world: &World) -> Xml {
        self.summary(world).and(tag::show(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateInstanceProfile {
    instance_profile_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Makes a profile, without a role.
pub(super) fn create(world: &mut World, input: &CreateInstanceProfile) -> Answer {
    let (name, path) = (&input.instance_profile_name, input.path.as_deref().unwrap_or("/"));
    check_name("instanceProfileName", name, 128)?;
    check_path(path)?;
    let tags = tag::read(world, &input.tags)?;
    check_new::<InstanceProfile>(world, name)?;
    let limit = world.settings().quotas.instance_profiles;
    check_quota("InstanceProfilesPerAccount", limit, world.iam.instance_profiles.len())?;
    let profile = InstanceProfile {
        name: name.clone(),
        path: path.to_owned(),
        unique_id: world.new_unique_id("AIPA"),
        arn: format!("arn:aws:iam::{}:instance-profile{path}{name}", world.account),
        create_date: world.now,
        role: None,
        tags,
    };
    let answer = Xml::new().node("InstanceProfile", profile.show(world));
    world.iam.instance_profiles.insert(name.clone(), profile);
    propagation::changed(world, name);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OneProfile {
    instance_profile_name: String,
}

/// Shows a profile.
pub(super) fn get(world: &mut World, input: &OneProfile) -> Answer {
    let profile: &InstanceProfile = find(world, &input.instance_profile_name)?;
    Ok(Xml::new().node("InstanceProfile", profile.show(world)))
}

/// Lists profiles.
pub(super) fn list_all(world: &mut World, input: &ListEntities) -> Answer {
    let prefix = input.path_prefix.as_deref();
    let page = list::<InstanceProfile>(world, prefix, input.marker.as_deref(), input.max_items)?;
    Ok(page.list("InstanceProfiles", |profile| profile.summary(world)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListForRole {
    role_name: String,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the profiles a role is in.
pub(super) fn list_for_role(world: &mut World, input: &ListForRole) -> Answer {
    let role: &Role = find(world, &input.role_name)?;
    let profiles = world.iam.instance_profiles.values();
    let profiles = profiles.filter(|profile| profile.role.as_ref() == Some(&role.name));
    let (marker, max_items) = (input.marker.as_deref(), input.max_items);
    let page = page(profiles.collect(), |profile| profile.id(), marker, max_items)?;
    Ok(page.list("InstanceProfiles", |profile| profile.summary(world)))
}

/// Deletes a profile that has no role. That instances use it does not keep it.
pub(super) fn delete(world: &mut World, input: &OneProfile) -> Answer {
    let name = &input.instance_profile_name;
    let profile: &InstanceProfile = find(world, name)?;
    if let Some(role) = &profile.role {
        return Err(conflict("remove roles from instance profile first", [role.clone()]));
    }
    world.iam.instance_profiles.remove(name);
    propagation::changed(world, name);
    Ok(Xml::new())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ProfileAndRole {
    instance_profile_name: String,
    role_name: String,
}

/// Puts a role into a profile, which can have one.
pub(super) fn add_role(world: &mut World, input: &ProfileAndRole) -> Answer {
    let ProfileAndRole { instance_profile_name: name, role_name } = input;
    let role: &Role = find(world, role_name)?;
    role.check_modifiable()?;
    let profile: &mut InstanceProfile = find_mut(world, name)?;
    if let Some(held) = &profile.role {
        let why = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
        return Err(limit_exceeded(why).blocked_by([held.clone()]));
    }
    profile.role = Some(role_name.clone());
    propagation::changed(world, name);
    Ok(Xml::new())
}

/// Takes a role out of a profile. Instances with the profile lose the role.
pub(super) fn remove_role(world: &mut World, input: &ProfileAndRole) -> Answer {
    let ProfileAndRole { instance_profile_name: name, role_name } = input;
    find::<Role>(world, role_name)?.check_modifiable()?;
    let profile: &mut InstanceProfile = find_mut(world, name)?;
    if profile.role.as_ref() != Some(role_name) {
        let why = format!("The role {role_name} is not in the instance profile {name}.");
        return Err(no_such(why));
    }
    profile.role = None;
    propagation::changed(world, name);
    Ok(Xml::new())
}
