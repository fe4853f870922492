//! `AssociateAddress` and `DisassociateAddress`: what an Elastic IP address stands for.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::address::{check_own, named};
use super::network_interface::primary_of;
use super::{
    Address, AddressAssociation, Instance, InstanceState, NetworkInterface, internet_gateway,
};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// Lets an Elastic IP address stand for a private address, and gives the id of the association.
/// What either of them was associated with before it is not any more.
pub(crate) fn associate(
    world: &mut World,
    allocation_id: &str,
    network_interface_id: &str,
    private_ip: Ipv4Addr,
) -> String {
    dissociate(world, |held| {
        held.network_interface_id == network_interface_id && held.private_ip == private_ip
    });
    let id = world.new_part_id("eipassoc");
    if let Some(interface) = world.ec2.network_interfaces.get_mut(network_interface_id) {
        for own in interface.addresses.iter_mut().filter(|own| own.private_ip == private_ip) {
            own.public_ip = None;
        }
    }
    if let Some(address) = world.ec2.addresses.get_mut(allocation_id) {
        address.association = Some(AddressAssociation {
            id: id.clone(),
            network_interface_id: network_interface_id.to_owned(),
            private_ip,
        });
    }
    id
}

/// Ends every association that fits. The addresses stay allocated.
pub(crate) fn dissociate(world: &mut World, fits: impl Fn(&AddressAssociation) -> bool) {
    for address in world.ec2.addresses.values_mut() {
        address.association.take_if(|association| fits(association));
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AssociateAddress {
    allocation_id: Option<String>,
    public_ip: Option<Ipv4Addr>,
    instance_id: Option<String>,
    network_interface_id: Option<String>,
    private_ip_address: Option<Ipv4Addr>,
    /// In a VPC an address moves unless this says it must not.
    allow_reassociation: Option<bool>,
}

/// Associates an address with an instance's primary interface or with an interface named.
pub(crate) fn associate_operation(world: &mut World, input: &AssociateAddress) -> Answer {
    let address: &Address = match (&input.allocation_id, input.public_ip) {
        (Some(id), None) => world.find(id)?,
        (None, Some(public_ip)) => named(world, public_ip)?,
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "You may specify public IP or allocation id, but not both in the same call",
            ));
        }
        (None, None) => return Err(AwsError::missing("allocationId")),
    };
    check_own(world, address)?;
    let interface = match (&input.network_interface_id, &input.instance_id) {
        (Some(id), None) => world.find::<NetworkInterface>(id)?,
        (None, Some(id)) => interface_of(world, id)?,
        _ => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Either an instance or a network interface must be given",
            ));
        }
    };
    let private_ip = input.private_ip_address.or_else(|| interface.private_ip());
    let private_ip = private_ip.filter(|ip| interface.has_address(*ip)).ok_or_else(|| {
        let why = format!("The address is not one of {}", interface.id);
        AwsError::new("InvalidParameterValue", why)
    })?;
    interface.check_own()?;
    if internet_gateway::of_vpc(world, &interface.vpc_id).is_none() {
        let why = format!("Network {} is not attached to any internet gateway", interface.vpc_id);
        return Err(AwsError::new("Gateway.NotAttached", why));
    }
    let is_there = |held: &AddressAssociation| {
        held.network_interface_id == interface.id && held.private_ip == private_ip
    };
    if let Some(association) = address.association.as_ref().filter(|held| is_there(held)) {
        return Ok(Xml::done().text("associationId", &association.id));
    }
    let others = world.ec2.addresses.values();
    let mut in_the_way = others.filter(|other| {
        let held = other.association.as_ref();
        held.is_some_and(|held| other.id == address.id || is_there(held))
    });
    if let (Some(false), Some(other)) = (input.allow_reassociation, in_the_way.next()) {
        let why = format!("resource {} is already associated", other.id);
        return Err(AwsError::new("Resource.AlreadyAssociated", why).blocked_by([other.id.clone()]));
    }
    let (allocation_id, interface_id) = (address.id.clone(), interface.id.clone());
    let association_id = associate(world, &allocation_id, &interface_id, private_ip);
    Ok(Xml::done().text("associationId", association_id))
}

/// The primary interface of an instance. One that is pending or ending takes no address, as public
/// logs show.
fn interface_of<'a>(world: &'a World, instance_id: &str) -> Result<&'a NetworkInterface, AwsError> {
    let instance = world.find::<Instance>(instance_id)?;
    let is_ready = instance.state != InstanceState::Pending && !instance.state.is_ending();
    primary_of(world, instance_id).filter(|_| is_ready).ok_or_else(|| {
        AwsError::new(
            "InvalidInstanceID",
            format!(
                "The {} instance '{instance_id}' is not in a valid state for this operation.",
                instance.state.name()
            ),
        )
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DisassociateAddress {
    association_id: Option<String>,
    public_ip: Option<Ipv4Addr>,
}

/// Ends an association; an address named by itself that has none is left as it is.
pub(crate) fn disassociate_operation(world: &mut World, input: &DisassociateAddress) -> Answer {
    let address = match (&input.association_id, input.public_ip) {
        (Some(id), None) => {
            let is_it = |held: &AddressAssociation| held.id == *id;
            let mut addresses = world.ec2.addresses.values();
            addresses.find(|address| address.association.as_ref().is_some_and(is_it)).ok_or_else(
                || {
                    let why = format!("The association ID '{id}' does not exist");
                    AwsError::new("InvalidAssociationID.NotFound", why)
                },
            )?
        }
        (None, Some(public_ip)) => named(world, public_ip)?,
        (None, None) => return Err(AwsError::missing("associationId")),
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "You may specify public IP or association id, but not both in the same call",
            ));
        }
    };
    check_own(world, address)?;
    let id = address.id.clone();
    if let Some(address) = world.ec2.addresses.get_mut(&id) {
        address.association = None;
    }
    Ok(Xml::done())
}
