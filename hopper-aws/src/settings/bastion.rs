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
    /// Who made its image: an account's number. Canonical's is `099720109477`.
    pub image_owner: String,
    /// What its image is called; `*` and `?` stand for any text and any letter.
    pub image_name: String,
}

/// The chapter's.
impl Default for BastionSettings {
    fn default() -> Self {
        Self {
            instance_type: "t2.micro".to_owned(),
            ssh_from: Cidr::ANYWHERE,
            image_owner: "099720109477".to_owned(),
            image_name: "*hvm-ssd/ubuntu-xenial-16.04*".to_owned(),
        }
    }
}

impl BastionSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        let is_type = self.instance_type.split_once('.').is_some_and(|(family, size)| {
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !family.is_empty()
                && !size.is_empty()
                && self.instance_type.replace('.', "").chars().all(legal)
        });
        problems.check(
            is_type,
            "bastion.instance_type",
            format_args!("`{}` is no instance type, write it as t3.micro", self.instance_type),
        );
        let owner = &self.image_owner;
        let is_owner = (owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit()))
            || ["self", "amazon", "aws-marketplace"].contains(&owner.as_str());
        problems.check(
            is_owner,
            "bastion.image_owner",
            format_args!("`{owner}` is no account: give its 12 digits, or self, or amazon"),
        );
        problems.check(!self.image_name.is_empty(), "bastion.image_name", "is empty");
    }
}
