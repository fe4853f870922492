//! [`BaseImageSettings`]: the image that everything starts from.

use super::problem::Problems;
use serde::{Deserialize, Serialize};

/// The image that everything starts from: the newest of somebody's, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BaseImageSettings {
    /// Who made it: an account's number. Canonical's is `099720109477`.
    pub owner: String,
    /// What it is called; `*` and `?` stand for any text and any letter.
    pub name: String,
}

/// The chapter's: Ubuntu 16.04.
impl Default for BaseImageSettings {
    fn default() -> Self {
        Self { owner: "099720109477".to_owned(), name: "*hvm-ssd/ubuntu-xenial-16.04*".to_owned() }
    }
}

impl BaseImageSettings {
    /// Ubuntu 24.04 for x86-64, as Canonical publishes it.
    #[must_use]
    pub fn noble() -> Self {
        Self {
            owner: "099720109477".to_owned(),
            name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*".to_owned(),
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let owner = &self.owner;
        let is_owner = (owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit()))
            || ["self", "amazon", "aws-marketplace"].contains(&owner.as_str());
        problems.check(
            is_owner,
            "base_image.owner",
            format_args!("`{owner}` is no account: give its 12 digits, or self, or amazon"),
        );
        problems.check(!self.name.is_empty(), "base_image.name", "is empty");
    }
}
