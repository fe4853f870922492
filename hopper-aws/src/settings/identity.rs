//! [`IdentitySettings`]: whom the machines act as.

use super::problem::Problems;
use serde::{Deserialize, Serialize};

/// The names of the roles, and of the instance profiles that hold them. IAM has no regions: no
/// two clusters of an account can share them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitySettings {
    /// The masters'.
    pub master: String,
    /// The nodes'.
    pub node: String,
}

/// The chapter's.
impl Default for IdentitySettings {
    fn default() -> Self {
        Self { master: "K8sMaster".to_owned(), node: "K8sNode".to_owned() }
    }
}

impl IdentitySettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
        for (field, name) in [("identity.master", &self.master), ("identity.node", &self.node)] {
            problems.check_name(field, name, 64, "_+=,.@-");
        }
        let same = self.master.eq_ignore_ascii_case(&self.node);
        problems.check(!same, "identity.node", "is the masters' name as well");
    }
}
