//! [`Credentials`]: what an instance with a role is given.
//!
//! Source: "IAM roles for Amazon EC2" in the EC2 user guide: the credentials of an instance's role
//! last six hours, and new ones are there at least five minutes before the old ones expire.

use std::time::Duration;

use super::session::{secret, token};
use super::{Session, profile_seen_by_ec2};
use crate::world::World;

const LASTS: Duration = Duration::from_secs(6 * 3600);
const RENEWED_BEFORE: Duration = Duration::from_secs(5 * 60);

/// The name of the role an instance has, as EC2 sees its profile.
pub(crate) fn role_of_instance(world: &World, instance_id: &str) -> Option<String> {
    let profile = world.ec2.instances.get(instance_id)?.iam_instance_profile.as_ref()?;
    let seen = profile_seen_by_ec2(world, &profile.arn)?;
    let role = seen.role.as_ref().filter(|_| seen.unique_id == profile.id)?;
    world.iam.roles.contains_key(role).then(|| role.clone())
}

/// Temporary credentials, to be told to whom they are for.
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) token: String,
    pub(crate) session: Session,
}

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
