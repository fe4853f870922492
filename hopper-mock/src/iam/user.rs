//! Users.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entity::{Entity, check_new, check_quota, conflict, find, list};
use super::name::{check_name, check_path};
use super::role::ListEntities;
use super::tag::{self, Tag};
use crate::Time;
use crate::wire::{Answer, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// The name of the user who makes every call, an administrator.
pub(crate) const CALLER: &str = "hopper";

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
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
    /// The ARNs of the managed policies attached to it.
    pub attached_policies: BTreeSet<String>,
    /// Its access keys by id. Their secrets are not kept.
    pub access_keys: BTreeMap<String, AccessKey>,
    /// With which it can use the console.
    pub login_profile: Option<LoginProfile>,
    /// Its tags.
    pub tags: Tags,
}

/// An access key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// `Active` or `Inactive`.
    pub status: String,
    /// When it was made.
    pub create_date: Time,
}

/// That a user may log in. The password is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// When it was made.
    pub create_date: Time,
    /// Whether the user must choose another password first.
    pub password_reset_required: bool,
}

impl Resource for User {
    const KIND: Kind = Kind {
        name: "user",
        prefix: "",
        noun: "user",
        malformed: "ValidationError",
        missing: "NoSuchEntity",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.iam.users
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.iam.users
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

    /// The caller was there before, but a key or a login made for it was not.
    fn is_leftover(&self) -> bool {
        self.name != CALLER || !self.access_keys.is_empty() || self.login_profile.is_some()
    }
}

impl Entity for User {
    const NAME: &'static str = "UserName";
    const MISSING: &'static str = "The user with name";
    const EXISTS: &'static str = "User with name";

    fn path(&self) -> &str {
        &self.path
    }
}

impl User {
    fn new(world: &World, name: &str, path: &str, unique_id: String) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            unique_id,
            arn: format!("arn:aws:iam::{}:user{path}{name}", world.account),
            create_date: world.now,
            attached_policies: BTreeSet::new(),
            access_keys: BTreeMap::new(),
            login_profile: None,
            tags: Tags::new(),
        }
    }

    fn summary(&self) -> Xml {
        Xml::new()
            .text("Path", &self.path)
            .text("UserName", &self.name)
            .text("UserId", &self.unique_id)
            .text("Arn", &self.arn)
            .text("CreateDate", self.create_date)
    }

    fn show(&self) -> Xml {
        self.summary().and(tag::show(&self.tags))
    }
}

/// Puts the caller into a fresh account.
pub(super) fn furnish(world: &mut World) {
    let mut caller = User::new(world, CALLER, "/", world.user_id.clone());
    caller.attached_policies.insert("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
    world.iam.users.insert(CALLER.to_owned(), caller);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateUser {
    user_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Makes a user, who may do nothing yet.
pub(super) fn create(world: &mut World, input: &CreateUser) -> Answer {
    let (name, path) = (&input.user_name, input.path.as_deref().unwrap_or("/"));
    check_name("userName", name, 64)?;
    check_path(path)?;
    let tags = tag::read(world, &input.tags)?;
    check_new::<User>(world, name)?;
    check_quota("UsersPerAccount", world.settings().quotas.users, world.iam.users.len())?;
    let id = world.new_unique_id("AIDA");
    let user = User { tags, ..User::new(world, name, path, id) };
    let answer = Xml::new().node("User", user.show());
    world.iam.users.insert(name.clone(), user);
    Ok(answer)
}

/// A request about a user, the caller unless it names one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct OneUser {
    user_name: Option<String>,
}

impl OneUser {
    /// The name of the user.
    pub(super) fn name(&self) -> &str {
        self.user_name.as_deref().unwrap_or(CALLER)
    }
}

/// Shows a user.
pub(super) fn get(world: &mut World, input: &OneUser) -> Answer {
    let user: &User = find(world, input.name())?;
    Ok(Xml::new().node("User", user.show()))
}

/// Lists users.
pub(super) fn list_all(world: &mut World, input: &ListEntities) -> Answer {
    let prefix = input.path_prefix.as_deref();
    let page = list::<User>(world, prefix, input.marker.as_deref(), input.max_items)?;
    Ok(page.list("Users", |user| user.summary()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteUser {
    user_name: String,
}

/// Deletes a user who has no policies, access keys or login.
pub(super) fn delete(world: &mut World, input: &DeleteUser) -> Answer {
    let user: &User = find(world, &input.user_name)?;
    if !user.attached_policies.is_empty() {
        return Err(conflict("detach all policies first", user.attached_policies.clone()));
    }
    if !user.access_keys.is_empty() {
        return Err(conflict("delete access keys first", user.access_keys.keys().cloned()));
    }
    if user.login_profile.is_some() {
        return Err(conflict("delete login profile first", [user.name.clone()]));
    }
    world.iam.users.remove(&input.user_name);
    Ok(Xml::new())
}
