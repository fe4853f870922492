//! [`Iam`]: everything in IAM, a table for each kind of thing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{InstanceProfile, Policy, Role, User};
use crate::world::{Registered, World};

/// The things of IAM. The policies of AWS are not among them: every account has the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Iam {
    /// Roles by name, service-linked ones among them.
    pub roles: BTreeMap<String, Role>,
    /// Instance profiles by name.
    pub instance_profiles: BTreeMap<String, InstanceProfile>,
    /// Managed policies of the account by ARN.
    pub policies: BTreeMap<String, Policy>,
    /// Users by name, with the one who makes every call.
    pub users: BTreeMap<String, User>,
}

/// Every kind of thing in IAM.
pub(crate) static REGISTRY: &[Registered] = &[
    Registered::of::<Role>(),
    Registered::of::<InstanceProfile>(),
    Registered::of::<Policy>(),
    Registered::of::<User>(),
];

/// Puts into a fresh account what is in every account that is used.
pub(crate) fn furnish(world: &mut World) {
    super::user::furnish(world);
}
