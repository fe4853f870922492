//! `DescribeVpcAttribute` and `ModifyVpcAttribute`: the attributes a describe does not show.

use serde::Deserialize;

use super::Vpc;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Clone, Copy, Debug, Deserialize)]
enum Attribute {
    #[serde(rename = "enableDnsSupport")]
    DnsSupport,
    #[serde(rename = "enableDnsHostnames")]
    DnsHostnames,
    #[serde(rename = "enableNetworkAddressUsageMetrics")]
    NetworkAddressUsageMetrics,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeVpcAttribute {
    attribute: Attribute,
    vpc_id: String,
}

/// Shows one attribute.
pub(crate) fn describe(world: &mut World, input: &DescribeVpcAttribute) -> Answer {
    let vpc = world.find::<Vpc>(&input.vpc_id)?;
    let (name, value) = match input.attribute {
        Attribute::DnsSupport => ("enableDnsSupport", vpc.enable_dns_support),
        Attribute::DnsHostnames => ("enableDnsHostnames", vpc.enable_dns_hostnames),
        Attribute::NetworkAddressUsageMetrics => {
            ("enableNetworkAddressUsageMetrics", vpc.enable_network_address_usage_metrics)
        }
    };
    Ok(Xml::new().text("vpcId", &vpc.id).node(name, Xml::new().text("value", value)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyVpcAttribute {
    vpc_id: String,
    enable_dns_support: Option<Flag>,
    enable_dns_hostnames: Option<Flag>,
    enable_network_address_usage_metrics: Option<Flag>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Flag {
    pub(crate) value: bool,
}

/// Changes one attribute; a call with two is refused.
pub(crate) fn modify(world: &mut World, input: &ModifyVpcAttribute) -> Answer {
    let vpc = world.find_mut::<Vpc>(&input.vpc_id)?;
    let given = (
        input.enable_dns_support,
        input.enable_dns_hostnames,
        input.enable_network_address_usage_metrics,
    );
    match given {
        (Some(flag), None, None) => vpc.enable_dns_support = flag.value,
        (None, Some(flag), None) if flag.value && !vpc.enable_dns_support => {
            return Err(AwsError::new(
                "InvalidParameterValue",
                "DNS hostnames can only be enabled where DNS support is enabled",
            ));
        }
        (None, Some(flag), None) => vpc.enable_dns_hostnames = flag.value,
        (None, None, Some(flag)) => vpc.enable_network_address_usage_metrics = flag.value,
        (None, None, None) => {
            return Err(AwsError::new("MissingParameter", "The request must name an attribute"));
        }
        _ => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one attribute can be modified at a time",
            ));
        }
    }
    Ok(Xml::done())
}
