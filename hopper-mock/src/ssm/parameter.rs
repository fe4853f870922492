//! [`Parameter`]: the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Ssm;
use crate::Time;
use crate::world::{Kind, Resource, Tags, World};

/// A parameter of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name: a path such as `/hopper/join-token`, or a single word.
    pub name: String,
    /// `String`, `StringList` or `SecureString`.
    pub parameter_type: String,
    /// The key a `SecureString` is encrypted with.
    pub key_id: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// `Standard` or `Advanced`.
    pub tier: String,
    /// Its last 100 versions by their numbers.
    pub versions: BTreeMap<u64, ParameterVersion>,
    /// Its tags.
    pub tags: Tags,
}

/// What a parameter was from some time on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterVersion {
    /// The value; of a `SecureString` its cipher text.
    pub value: String,
    /// Since when.
    pub modified: Time,
}

impl Parameter {
    /// Whether its values are encrypted.
    pub fn is_secure(&self) -> bool {
        self.parameter_type == "SecureString"
    }

    /// The newest version with its number.
    pub fn latest(&self) -> Option<(u64, &ParameterVersion)> {
        self.versions.last_key_value().map(|(number, version)| (*number, version))
    }
}

impl Ssm {
    /// A parameter of the account that calls see already.
    pub(super) fn seen<'a>(world: &'a World, name: &str) -> Option<&'a Parameter> {
        world.ssm.parameters.get(name).filter(|_| world.sees(name))
    }
}

impl Resource for Parameter {
    const KIND: Kind = Kind {
        name: "parameter",
        prefix: "",
        noun: "parameter",
        malformed: "ValidationException",
        missing: "ParameterNotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ssm.parameters
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ssm.parameters
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
