//! [`Session`]: somebody acts as a role for a while, with credentials of its own.
//!
//! Source: "IAM roles for Amazon EC2" in the EC2 user guide: the credentials of an instance's role
//! last six hours, and new ones are there at least five minutes before the old ones expire.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Time;
use crate::wire::Request;
use crate::world::World;

#[cfg(feature = "hosts")]
const LASTS: Duration = Duration::from_secs(6 * 3600);
#[cfg(feature = "hosts")]
const RENEWED_BEFORE: Duration = Duration::from_secs(5 * 60);

/// Who acts as a role, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The name of the role, and its unique id, which a namesake made later does not have.
    role: String,
    role_id: String,
    /// The name of the session: the id of the instance.
    name: String,
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

/// The name of the role an instance has, as EC2 sees its profile.
#[cfg(feature = "hosts")]
pub(crate) fn role_of_instance(world: &World, instance_id: &str) -> Option<String> {
    let profile = world.ec2.instances.get(instance_id)?.iam_instance_profile.as_ref()?;
    let seen = super::profile_seen_by_ec2(world, &profile.arn)?;
    let role = seen.role.as_ref().filter(|_| seen.unique_id == profile.id)?;
    world.iam.roles.contains_key(role).then(|| role.clone())
}

/// Temporary credentials, to be told to whom they are for.
#[cfg(feature = "hosts")]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) token: String,
    pub(crate) session: Session,
}

#[cfg(feature = "hosts")]
impl Credentials {
    /// The credentials of an instance's role: the same ones until they are about to expire.
    pub(crate) fn of_instance(world: &mut World, instance_id: &str) -> Option<Self> {
        let role = role_of_instance(world, instance_id)?;
        let (now, role_id) = (world.now, world.iam.roles.get(&role)?.unique_id.clone());
        let mut sessions = world.machinery.sessions.iter();
        let valid = sessions.find(|(_, session)| {
            session.name == instance_id
                && session.role_id == role_id
                && now + RENEWED_BEFORE < session.expiration
        });
        let valid = valid.map(|(id, session)| (id.clone(), session.clone()));
        let (access_key_id, session) = valid.unwrap_or_else(|| {
            // Key ids have 20 characters, one less than the unique ids of IAM.
            let id: String = world.new_unique_id("ASIA").chars().take(20).collect();
            let name = instance_id.to_owned();
            let session = Session { role, role_id, name, issued: now, expiration: now + LASTS };
            world.machinery.sessions.insert(id.clone(), session.clone());
            (id, session)
        });
        Some(Self {
            secret_access_key: secret(world, &access_key_id),
            token: token(world, &access_key_id),
            access_key_id,
            session,
        })
    }
}
