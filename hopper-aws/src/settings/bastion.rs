//! [`BastionSettings`]: the one host that is reached from outside.

use super::problem::Problems;
use crate::Cidr;
use serde::{Deserialize, Serialize};

/// The one host that is reached from outside, by SSH.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BastionSettings {
    /// Its size.
    pub instance_type: String,
    /// Who may reach its SSH port. The chapter says everybody, which is a risk of its own: give
    /// your own address, e.g. `203.0.113.7/32`.
    pub ssh_from: Cidr,
}

/// The chapter's.
impl Default for BastionSettings {
    fn default() -> Self {
        Self { instance_type: "t2.micro".to_owned(), ssh_from: Cidr::ANYWHERE }
    }
}

impl BastionSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_instance_type("bastion.instance_type", &self.instance_type);
    }
}
