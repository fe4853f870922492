//! [`ClusterNetworkSettings`]: where a cluster is.

use super::problem::Problems;
use crate::{Cidr, SubnetId, VpcId};
use serde::{Deserialize, Serialize};

/// Where a cluster is: a VPC of its own with a private and a public subnet in each zone, or one
/// that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterNetworkSettings {
    /// The availability zones, e.g. `eu-west-1a`: one to eight, all of one region. The control
    /// plane and the bastion are in the first.
    pub zones: Vec<String>,
    /// The VPC's addresses: /16 to /24. Each subnet has a sixteenth of them.
    pub cidr: Cidr,
    /// The addresses of Services: none of the VPC's.
    pub service_cidr: Cidr,
    /// How the private subnets reach the internet.
    pub nat: Nat,
    /// A network that is there, instead of one of its own. It is left as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<ExistingNetwork>,
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// Through one NAT gateway, in the first zone: when that zone fails, no way is left.
    #[default]
    One,
    /// Each through a NAT gateway in its own zone.
    EachZone,
}

/// A network that is there: with DNS names, and with ways out of its subnets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingNetwork {
    /// The VPC.
    pub vpc: VpcId,
    /// The private subnets, one for each of the zones, in their order.
    pub private_subnets: Vec<SubnetId>,
    /// The public subnets, likewise.
    pub public_subnets: Vec<SubnetId>,
}

impl Default for ClusterNetworkSettings {
    fn default() -> Self {
        Self {
            zones: vec!["eu-west-1a".to_owned()],
            cidr: Cidr::constant([10, 0, 0, 0], 16),
            service_cidr: Cidr::constant([10, 96, 0, 0], 12),
            nat: Nat::default(),
            existing: None,
        }
    }
}

impl ClusterNetworkSettings {
    /// The addresses of the subnets: the private ones are in the first half.
    pub(crate) fn blocks(&self) -> (Vec<Cidr>, Vec<Cidr>) {
        let blocks = self.cidr.subnets(self.cidr.prefix() + 4).unwrap_or_default();
        let (private, public) = blocks.split_at(blocks.len() / 2);
        (private.to_vec(), public.to_vec())
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check(
            (1..=8).contains(&self.zones.len()),
            "network.zones",
            format_args!("{} are given, and 1 to 8 are possible", self.zones.len()),
        );
        let region = |zone: &str| zone.get(..zone.len().saturating_sub(1)).map(str::to_owned);
        for (n, zone) in self.zones.iter().enumerate() {
            let bytes = zone.as_bytes();
            let is_zone = bytes.len() > 2
                && bytes[bytes.len() - 1].is_ascii_lowercase()
                && bytes[bytes.len() - 2].is_ascii_digit()
                && bytes.contains(&b'-');
            problems.check(
                is_zone,
                "network.zones",
                format_args!("`{zone}` is no availability zone, write it as eu-west-1a"),
            );
            let is_new = !self.zones[..n].contains(zone);
            problems.check(is_new, "network.zones", format_args!("`{zone}` is given twice"));
            problems.check(
                region(zone) == region(&self.zones[0]),
                "network.zones",
                format_args!("`{zone}` is not in the region of `{}`", self.zones[0]),
            );
        }
        problems.check(
            (16..=24).contains(&self.cidr.prefix()),
            "network.cidr",
            format_args!("{} is too large or too small, use /16 to /24", self.cidr),
        );
        problems.check(
            !self.cidr.overlaps(&self.service_cidr),
            "network.service_cidr",
            format_args!("{} overlaps network.cidr {}", self.service_cidr, self.cidr),
        );
        problems.check(
            (12..=24).contains(&self.service_cidr.prefix()),
            "network.service_cidr",
            format_args!("{} is too large or too small, use /12 to /24", self.service_cidr),
        );
        if let Some(existing) = &self.existing {
            let sides = [
                ("network.existing.private_subnets", &existing.private_subnets),
                ("network.existing.public_subnets", &existing.public_subnets),
            ];
            for (field, subnets) in sides {
                problems.check(
                    subnets.len() == self.zones.len(),
                    field,
                    format_args!("{} are given for {} zones", subnets.len(), self.zones.len()),
                );
            }
        }
    }
}
