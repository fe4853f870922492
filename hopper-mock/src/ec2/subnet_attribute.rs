//! `ModifySubnetAttribute`.

use serde::Deserialize;

use super::Subnet;
use super::launch_template::HostnameType;
use super::vpc_attribute::Flag;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// The attributes of an account's own IPv4 subnets; those of IPv6 and Outposts are not known.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifySubnetAttribute {
    subnet_id: String,
    map_public_ip_on_launch: Option<Flag>,
    enable_dns64: Option<Flag>,
    private_dns_hostname_type_on_launch: Option<HostnameType>,
    enable_resource_name_dns_a_record_on_launch: Option<Flag>,
}

/// Changes one attribute; a call with more is refused.
pub(crate) fn modify(world: &mut World, input: &ModifySubnetAttribute) -> Answer {
    let subnet = world.find_mut::<Subnet>(&input.subnet_id)?;
    let ModifySubnetAttribute {
        map_public_ip_on_launch,
        enable_dns64,
        private_dns_hostname_type_on_launch,
        enable_resource_name_dns_a_record_on_launch,
        ..
    } = input;
    let n_given = usize::from(map_public_ip_on_launch.is_some())
        + usize::from(enable_dns64.is_some())
        + usize::from(private_dns_hostname_type_on_launch.is_some())
        + usize::from(enable_resource_name_dns_a_record_on_launch.is_some());
    match n_given {
        0 => return Err(AwsError::new("MissingParameter", "The request must name an attribute")),
        1 => {}
        _ => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one attribute can be modified at a time",
            ));
        }
    }
    if let Some(flag) = map_public_ip_on_launch {
        subnet.map_public_ip_on_launch = flag.value;
    }
    if let Some(flag) = enable_dns64 {
        subnet.enable_dns64 = flag.value;
    }
    if let Some(flag) = enable_resource_name_dns_a_record_on_launch {
        subnet.enable_resource_name_dns_a_record = flag.value;
    }
    if let Some(hostname_type) = private_dns_hostname_type_on_launch {
        subnet.hostname_type = hostname_type.name();
    }
    Ok(Xml::done())
}
