//! `CreateNetworkInterface` and `DeleteNetworkInterface`.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::private_addresses::{PrivateIp, add_addresses};
use super::{NetworkInterface, NewInterface, check_groups, make, remove};
use crate::ec2::Subnet;
use crate::ec2::describe::Describe as _;
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::ec2::text::check_description;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateNetworkInterface {
    subnet_id: String,
    #[serde(default)]
    description: String,
    private_ip_address: Option<Ipv4Addr>,
    #[serde(default)]
    private_ip_addresses: Vec<PrivateIp>,
    #[serde(default)]
    secondary_private_ip_address_count: usize,
    #[serde(default, rename = "SecurityGroupId")]
    group_ids: Vec<String>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes an interface that hangs on nothing.
pub(crate) fn create(
    world: &mut World,
    input: &CreateNetworkInterface,
) -> Result<String, AwsError> {
    let kind = &NetworkInterface::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let (primary, secondary) =
        PrivateIp::split(input.private_ip_address, &input.private_ip_addresses)?;
    check_description(&input.description)?;
    let subnet: &Subnet = world.find(&input.subnet_id)?;
    let group_ids = check_groups(world, subnet, &input.group_ids)?;
    let new = NewInterface {
        private_ip: primary,
        description: input.description.clone(),
        group_ids,
        tags,
        ..NewInterface::in_subnet(&input.subnet_id)
    };
    let id = make(world, new)?;
    let count = input.secondary_private_ip_address_count;
    if let Err(error) = add_addresses(world, &id, &secondary, count) {
        remove(world, &id);
        return Err(error);
    }
    if let Some(interface) = world.ec2.network_interfaces.get_mut(&id) {
        "pending".clone_into(&mut interface.status);
    }
    let after = world.settings().latencies.network_interface_available;
    world.schedule(after, Transition::NetworkInterfaceAvailable(id.clone()));
    Ok(id)
}

/// Answers with an interface that was made.
pub(crate) fn created(world: &World, id: &str) -> Answer {
    let interface = world.ec2.network_interfaces.get(id);
    let interface = interface.ok_or_else(|| NetworkInterface::KIND.not_found(id))?;
    Ok(Xml::new().node("networkInterface", interface.show(world)))
}

/// The interface is ready.
pub(crate) fn available(world: &mut World, id: &str) {
    if let Some(interface) = world.ec2.network_interfaces.get_mut(id)
        && interface.status == "pending"
    {
        "available".clone_into(&mut interface.status);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteNetworkInterface {
    network_interface_id: String,
}

/// Deletes an interface that hangs on nothing.
pub(crate) fn delete(world: &mut World, input: &DeleteNetworkInterface) -> Answer {
    let interface: &NetworkInterface = world.find(&input.network_interface_id)?;
    interface.check_free("InvalidParameterValue")?;
    let id = interface.id.clone();
    remove(world, &id);
    Ok(Xml::done())
}
