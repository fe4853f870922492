//! Access keys.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::entity::{check_quota, find, find_mut, no_such};
use super::page::page;
use super::user::OneUser;
use super::{AccessKey, CALLER, User};
use crate::wire::{Answer, Xml};
use crate::world::World;

impl AccessKey {
    fn show(&self, user_name: &str) -> Xml {
        Xml::new()
            .text("UserName", user_name)
            .text("AccessKeyId", &self.id)
            .text("Status", &self.status)
            .text("CreateDate", self.create_date)
    }
}

/// Makes a key for a user and shows its secret this once.
pub(super) fn create(world: &mut World, input: &OneUser) -> Answer {
    let (name, now) = (input.name(), world.now);
    let used = find::<User>(world, name)?.access_keys.len();
    let limit = world.settings().quotas.access_keys_per_user;
    check_quota("AccessKeysPerUser", limit, used)?;
    // Key ids have 20 characters, one less than the unique ids of IAM.
    let id: String = world.new_unique_id("AKIA").chars().take(20).collect();
    let secret = BASE64_STANDARD.encode(Sha256::digest(format!("{id} {}", world.user_id)));
    let secret: String = secret.chars().take(40).collect();
    let key = AccessKey { id: id.clone(), status: "Active".to_owned(), create_date: now };
    let shown = key.show(name).secret("SecretAccessKey", &secret);
    find_mut::<User>(world, name)?.access_keys.insert(id, key);
    Ok(Xml::new().node("AccessKey", shown))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListAccessKeys {
    user_name: Option<String>,
    marker: Option<String>,
    max_items: Option<usize>,
}

/// Lists the keys of a user, the caller unless the request names one.
pub(super) fn list(world: &mut World, input: &ListAccessKeys) -> Answer {
    let user: &User = find(world, input.user_name.as_deref().unwrap_or(CALLER))?;
    let keys = user.access_keys.values().collect();
    let page = page(keys, |key| &key.id, input.marker.as_deref(), input.max_items)?;
    Ok(page.list("AccessKeyMetadata", |key| key.show(&user.name)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteAccessKey {
    user_name: Option<String>,
    access_key_id: String,
}

/// Deletes a key.
pub(super) fn delete(world: &mut World, input: &DeleteAccessKey) -> Answer {
    let id = &input.access_key_id;
    let user: &mut User = find_mut(world, input.user_name.as_deref().unwrap_or(CALLER))?;
    let gone = user.access_keys.remove(id);
    gone.map(|_| Xml::new())
        .ok_or_else(|| no_such(format!("The Access Key with id {id} cannot be found.")))
}
