//! [`Session`]: somebody acts as a role for a while, with credentials of its own.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Time;
use crate::wire::Request;
use crate::world::World;

/// Who acts as a role, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The name of the role, and its unique id, which a namesake made later does not have.
    pub(super) role: String,
    pub(super) role_id: String,
    /// The name of the session: the id of the instance.
    pub(super) name: String,
    pub(crate) issued: Time,
    pub(crate) expiration: Time,
}

impl Session {
    /// The session in whose name a request is made.
    pub(crate) fn of<'a>(world: &'a World, request: &Request) -> Option<&'a Self> {
        world.machinery.sessions.get(&request.signer.as_ref()?.access_key_id)
    }

    pub(crate) fn arn(&self, world: &World) -> String {
        let Self { role, name, .. } = self;
        format!("arn:aws:sts::{}:assumed-role/{role}/{name}", world.account)
    }

    /// The name of the role.
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    pub(crate) fn user_id(&self) -> String {
        format!("{}:{}", self.role_id, self.name)
    }

    /// The ARN of the role, if it is still there.
    pub(super) fn role_arn<'a>(&self, world: &'a World) -> Option<&'a str> {
        let role = world.iam.roles.get(&self.role)?;
        (role.unique_id == self.role_id).then_some(role.arn.as_str())
    }
}

/// The secret of an access key.
pub(super) fn secret(world: &World, access_key_id: &str) -> String {
    let all = BASE64_STANDARD.encode(digest(world, "secret", access_key_id));
    all.chars().take(40).collect()
}

/// The token of a session.
pub(super) fn token(world: &World, access_key_id: &str) -> String {
    let parts = ["token 1", "token 2", "token 3", "token 4"];
    let bytes: Vec<u8> = parts.iter().flat_map(|part| digest(world, part, access_key_id)).collect();
    format!("IQoJb3JpZ2luX2Vj{}", BASE64_STANDARD.encode(bytes))
}

fn digest(world: &World, what: &str, access_key_id: &str) -> [u8; 32] {
    Sha256::digest(format!("{what} of {access_key_id} {}", world.user_id)).into()
}
