//! [`Limit`]: what AWS allows only so many of.

use std::fmt;

/// What AWS allows only so many of, and a step takes one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Elastic IP addresses in a region.
    Addresses,
    /// Instance profiles in an account.
    InstanceProfiles,
    /// Internet gateways in a region.
    InternetGateways,
    /// NAT gateways in a zone.
    NatGateways,
    /// Roles in an account.
    Roles,
    /// Security groups in a region.
    SecurityGroups,
    /// vCPUs of running on-demand instances of the standard families, in a region.
    Vcpus,
    /// VPCs in a region.
    Vpcs,
}

impl Limit {
    /// Its service and code in Service Quotas, where that is what tells it. The codes are those
    /// of the Service Quotas console.
    pub(crate) fn code(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Addresses => Some(("ec2", "L-0263D0A3")),
            Self::InternetGateways => Some(("vpc", "L-A4707A72")),
            Self::NatGateways => Some(("vpc", "L-FE5A380F")),
            Self::SecurityGroups => Some(("vpc", "L-E79EC296")),
            Self::Vcpus => Some(("ec2", "L-1216C47A")),
            Self::Vpcs => Some(("vpc", "L-F678F1CE")),
            Self::InstanceProfiles | Self::Roles => None,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Addresses => "Elastic IP addresses",
            Self::InstanceProfiles => "instance profiles",
            Self::InternetGateways => "internet gateways",
            Self::NatGateways => "NAT gateways",
            Self::Roles => "roles",
            Self::SecurityGroups => "security groups",
            Self::Vcpus => "vCPUs of standard instances",
            Self::Vpcs => "VPCs",
        })
    }
}
