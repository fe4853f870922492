//! [`Ssm`]: everything in Systems Manager.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Parameter;
use crate::world::Registered;

/// What exists in Systems Manager.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ssm {
    /// The account's own parameters by their names.
    pub parameters: BTreeMap<String, Parameter>,
}

/// Every kind of thing in Systems Manager.
pub(crate) static REGISTRY: &[Registered] = &[Registered::of::<Parameter>()];
