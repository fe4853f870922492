//! `AssignPrivateIpAddresses` and `UnassignPrivateIpAddresses`: more than one address.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::{NetworkInterface, PrivateAddress, address_in};
use crate::ec2::address_association;
use crate::ec2::instance_type::{self, InstanceType};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, World};

/// An address asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PrivateIp {
    private_ip_address: Ipv4Addr,
    #[serde(default)]
    primary: bool,
}

impl PrivateIp {
    /// The primary address and the others, as asked for in the two ways there are.
    ///
    /// # Errors
    /// More than one primary address.
    pub(crate) fn split(
        single: Option<Ipv4Addr>,
        many: &[Self],
    ) -> Result<(Option<Ipv4Addr>, Vec<Ipv4Addr>), AwsError> {
        let named = many.iter().filter(|ip| ip.primary).map(|ip| ip.private_ip_address);
        let primary: Vec<_> = single.into_iter().chain(named).collect();
        if 1 < primary.len() {
            let why = "Only one primary private IP address can be specified.";
            return Err(AwsError::new("InvalidParameterCombination", why));
        }
        let others = many.iter().filter(|ip| !ip.primary).map(|ip| ip.private_ip_address);
        Ok((primary.first().copied(), others.collect()))
    }
}

/// Gives an interface the addresses named and as many more as are asked for; all or none. The
/// interface may be too new for calls to see it.
///
/// # Errors
/// What [`address_in`] refuses.
pub(crate) fn add_addresses(
    world: &mut World,
    id: &str,
    named: &[Ipv4Addr],
    n_more: usize,
) -> Result<Vec<Ipv4Addr>, AwsError> {
    let not_found = || NetworkInterface::KIND.not_found(id);
    let before = world.ec2.network_interfaces.get(id).ok_or_else(not_found)?.clone();
    let wanted = named.iter().copied().map(Some).chain(std::iter::repeat_n(None, n_more));
    let mut added = Vec::new();
    for wanted in wanted {
        match address_in(world, &before.subnet_id, wanted) {
            Ok(private_ip) => {
                let interface = world.ec2.network_interfaces.get_mut(id).ok_or_else(not_found)?;
                interface.addresses.push(PrivateAddress { private_ip, public_ip: None });
                added.push(private_ip);
            }
            Err(error) => {
                world.ec2.network_interfaces.insert(id.to_owned(), before);
                return Err(error);
            }
        }
    }
    Ok(added)
}

/// Refuses more addresses on an interface than its instance's type allows.
pub(crate) fn check_address_limit(
    instance_type: InstanceType,
    n_addresses: usize,
) -> Result<(), AwsError> {
    if n_addresses <= instance_type.addresses {
        return Ok(());
    }
    Err(AwsError::new(
        "PrivateIpAddressLimitExceeded",
        format!(
            "Number of private addresses will exceed limit: an interface of a {} has {}.",
            instance_type.name, instance_type.addresses
        ),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AssignPrivateIpAddresses {
    network_interface_id: String,
    #[serde(default, rename = "PrivateIpAddress")]
    named: Vec<Ipv4Addr>,
    secondary_private_ip_address_count: Option<usize>,
    #[serde(default)]
    allow_reassignment: bool,
}

/// Gives an interface secondary addresses, either those named or a number of free ones.
pub(crate) fn assign(world: &mut World, input: &AssignPrivateIpAddresses) -> Answer {
    let count = match (input.named.is_empty(), input.secondary_private_ip_address_count) {
        (true, None) => return Err(AwsError::missing("secondaryPrivateIpAddressCount")),
        (false, Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one of privateIpAddress and secondaryPrivateIpAddressCount can be given",
            ));
        }
        (_, count) => count.unwrap_or(0),
    };
    let interface: &NetworkInterface = world.find(&input.network_interface_id)?;
    let (id, subnet_id) = (interface.id.clone(), interface.subnet_id.clone());
    let own: Vec<_> = interface.addresses.iter().map(|address| address.private_ip).collect();
    let new: Vec<_> = input.named.iter().copied().filter(|ip| !own.contains(ip)).collect();
    if let Some(instance_type) = instance_type_of(world, interface) {
        check_address_limit(instance_type, own.len() + new.len() + count)?;
    }
    let before = world.ec2.network_interfaces.clone();
    if input.allow_reassignment {
        take_from_others(world, &subnet_id, &new);
    }
    let added = add_addresses(world, &id, &new, count);
    let added = added.inspect_err(|_| world.ec2.network_interfaces = before)?;
    for private_ip in &new {
        address_association::dissociate(world, |held| {
            held.private_ip == *private_ip && held.network_interface_id != id
        });
    }
    let items = added.iter().map(|ip| Xml::new().text("privateIpAddress", ip));
    Ok(Xml::done()
        .text("networkInterfaceId", &id)
        .list("assignedPrivateIpAddressesSet", items)
        .list("assignedIpv4PrefixSet", []))
}

/// The type of the instance an interface hangs on.
fn instance_type_of(world: &World, interface: &NetworkInterface) -> Option<InstanceType> {
    let id = interface.attachment.as_ref()?.instance_id.as_ref()?;
    instance_type::named(&world.ec2.instances.get(id)?.instance_type).ok()
}

/// Takes secondary addresses away from the other interfaces of the subnet.
fn take_from_others(world: &mut World, subnet_id: &str, taken: &[Ipv4Addr]) {
    let interfaces = world.ec2.network_interfaces.values_mut();
    for interface in interfaces.filter(|interface| interface.subnet_id == subnet_id) {
        let primary = interface.private_ip();
        interface.addresses.retain(|address| {
            Some(address.private_ip) == primary || !taken.contains(&address.private_ip)
        });
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct UnassignPrivateIpAddresses {
    network_interface_id: String,
    #[serde(default, rename = "PrivateIpAddress")]
    named: Vec<Ipv4Addr>,
}

/// Takes secondary addresses away from an interface.
pub(crate) fn unassign(world: &mut World, input: &UnassignPrivateIpAddresses) -> Answer {
    if input.named.is_empty() {
        return Err(AwsError::missing("privateIpAddress"));
    }
    let interface = world.find_mut::<NetworkInterface>(&input.network_interface_id)?;
    let secondary = interface.addresses.get(1..).unwrap_or_default();
    for ip in &input.named {
        if !secondary.iter().any(|address| address.private_ip == *ip) {
            let why = format!("{ip} is not a secondary address of {}", interface.id);
            return Err(AwsError::new("InvalidParameterValue", why));
        }
    }
    interface.addresses.retain(|address| !input.named.contains(&address.private_ip));
    let id = interface.id.clone();
    address_association::dissociate(world, |held| {
        held.network_interface_id == id && input.named.contains(&held.private_ip)
    });
    Ok(Xml::done())
}
