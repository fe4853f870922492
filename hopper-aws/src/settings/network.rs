//! [`NetworkSettings`]: a private network with a way out.

use super::problem::Problems;
use crate::Cidr;
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// A VPC with a private and a public subnet in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// The availability zone, e.g. `eu-west-1a`.
    pub zone: String,
    /// The VPC's addresses: /16 to /28.
    pub cidr: Cidr,
    /// The private subnet's addresses: /16 to /28, within the VPC's.
    pub private_cidr: Cidr,
    /// The public subnet's addresses: /16 to /28, within the VPC's, apart from the private ones.
    pub public_cidr: Cidr,
}

/// The chapter's.
impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            zone: "eu-west-1a".to_owned(),
            cidr: Cidr::constant([10, 0, 0, 0], 16),
            private_cidr: Cidr::constant([10, 0, 0, 0], 20),
            public_cidr: Cidr::constant([10, 0, 16, 0], 20),
        }
    }
}

impl NetworkSettings {
    pub(super) fn check(&self, problems: &mut Problems) {
        let (vpc, private, public) = (self.cidr, self.private_cidr, self.public_cidr);
        let zone = self.zone.as_bytes();
        let is_zone = zone.len() > 2
            && zone[zone.len() - 1].is_ascii_lowercase()
            && zone[zone.len() - 2].is_ascii_digit()
            && zone.contains(&b'-');
        problems.check(
            is_zone,
            "network.zone",
            format_args!("`{}` is no availability zone, write it as eu-west-1a", self.zone),
        );
        // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
        let sizes = [("cidr", vpc), ("private_cidr", private), ("public_cidr", public)];
        for (field, cidr) in sizes {
            problems.check(
                (16..=28).contains(&cidr.prefix()),
                &format!("network.{field}"),
                format_args!("{cidr} is too large or too small for AWS, use /16 to /28"),
            );
        }
        for (field, cidr) in &sizes[1..] {
            problems.check(
                vpc.contains(cidr),
                &format!("network.{field}"),
                format_args!("{cidr} is not within network.cidr {vpc}"),
            );
        }
        problems.check(
            !private.overlaps(&public),
            "network.public_cidr",
            format_args!("{public} overlaps network.private_cidr {private}"),
        );
    }

    /// Something is wrong unless an instance can have this address in the private subnet. AWS
    /// keeps the first four and the last ("Subnet CIDR blocks", VPC user guide).
    pub(super) fn check_private_ip(&self, field: &str, ip: Ipv4Addr, problems: &mut Problems) {
        let subnet = self.private_cidr;
        problems.check(
            subnet.is_usable(ip),
            field,
            format_args!("{ip} is not a usable address of network.private_cidr {subnet}"),
        );
    }
}
