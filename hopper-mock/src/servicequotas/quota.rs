//! [`Quota`]: the quotas that are told, with the codes that AWS gives them.

use crate::settings::Quotas;
use crate::wire::{AwsError, Xml};
use crate::world::World;

/// A quota.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) service: &'static str,
    pub(super) code: &'static str,
    name: &'static str,
    is_global: bool,
    value: fn(&Quotas) -> usize,
}

/// A quota of a region.
const fn regional(
    service: &'static str,
    code: &'static str,
    name: &'static str,
    value: fn(&Quotas) -> usize,
) -> Quota {
    Quota { service, code, name, is_global: false, value }
}

/// By service and code. The codes and names are those of the Service Quotas console.
pub(super) const QUOTAS: &[Quota] = &[
    regional("autoscaling", "L-CDE20ADC", "Auto Scaling groups per region", |q| {
        q.auto_scaling_groups
    }),
    regional("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", |q| q.addresses),
    regional(
        "ec2",
        "L-1216C47A",
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        |q| q.vcpus,
    ),
    Quota {
        service: "iam",
        code: "L-6E65F664",
        name: "Instance profiles per account",
        is_global: true,
        value: |q| q.instance_profiles,
    },
    Quota {
        service: "iam",
        code: "L-FE177D64",
        name: "Roles per account",
        is_global: true,
        value: |q| q.roles,
    },
    regional("vpc", "L-A4707A72", "Internet gateways per Region", |q| q.internet_gateways),
    regional("vpc", "L-E79EC296", "VPC security groups per Region", |q| q.security_groups),
    regional("vpc", "L-F678F1CE", "VPCs per Region", |q| q.vpcs),
    regional("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", |q| {
        q.nat_gateways_per_zone
    }),
];

impl Quota {
    /// The quota with this code.
    pub(super) fn named(service: &str, code: &str) -> Result<&'static Self, AwsError> {
        let found = QUOTAS.iter().find(|quota| (quota.service, quota.code) == (service, code));
        found.ok_or_else(|| no_such(format!("There is no quota {code} of {service} here")))
    }

    /// As it stands in an answer.
    pub(super) fn shown(&self, world: &World, quotas: &Quotas) -> Xml {
        let Self { service, code, name, is_global, value } = self;
        let region = if *is_global { "" } else { world.region.as_str() };
        let arn = format!("arn:aws:servicequotas:{region}:{}:{service}/{code}", world.account);
        Xml::new()
            .text("ServiceCode", service)
            .text("QuotaArn", arn)
            .text("QuotaCode", code)
            .text("QuotaName", name)
            .bare("Value", format!("{}.0", value(quotas)))
            .text("Unit", "None")
            .bare("Adjustable", true)
            .bare("GlobalQuota", is_global)
    }
}

/// The refusal of what is not known.
pub(super) fn no_such(message: String) -> AwsError {
    AwsError::new("NoSuchResourceException", message)
}
