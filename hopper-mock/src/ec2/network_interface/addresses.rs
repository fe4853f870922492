//! Giving out addresses: private ones in a subnet, public ones from Amazon's pool.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::NetworkInterface;
use crate::ec2::{Subnet, dns_name};
use crate::wire::{AwsError, Xml};
use crate::world::World;

/// An address of a subnet: the one asked for, or a free one.
///
/// AWS does not say how it picks. Here a free one is drawn from the upper three quarters of the
/// subnet as long as there are any, so that low addresses stay free for those who name one.
///
/// # Errors
/// An address outside the subnet, one AWS keeps for itself, one that is taken; a full subnet.
pub(crate) fn address_in(
    world: &mut World,
    subnet_id: &str,
    wanted: Option<Ipv4Addr>,
) -> Result<Ipv4Addr, AwsError> {
    let drawn = world.machinery.ids.draw("private-address");
    let subnet: &Subnet = world.find(subnet_id)?;
    let used: BTreeSet<_> = subnet.used_addresses(world).collect();
    if let Some(wanted) = wanted {
        check(world, subnet, wanted)?;
        return Ok(wanted);
    }
    let first = u64::from(u32::from(subnet.cidr_block.network()));
    let size = 1_u64 << (32 - subnet.cidr_block.prefix_len());
    let quarter = size / 4;
    let start = quarter + drawn % (size - quarter);
    let upper = (start..size).chain(quarter..start);
    upper
        .chain(0..quarter)
        .filter_map(|offset| u32::try_from(first + offset).ok().map(Ipv4Addr::from))
        .find(|address| !subnet.is_reserved(*address) && !used.contains(address))
        .ok_or_else(|| {
            AwsError::new(
                "InsufficientFreeAddressesInSubnet",
                format!(
                    "There are not enough free addresses in subnet '{subnet_id}' to satisfy the \
                     requested number of addresses."
                ),
            )
        })
}

fn check(world: &World, subnet: &Subnet, wanted: Ipv4Addr) -> Result<(), AwsError> {
    let refuse =
        |code: &str, why: &str| Err(AwsError::new(code, format!("Address {wanted} {why}")));
    if !subnet.cidr_block.contains(&wanted) {
        return refuse("InvalidParameterValue", "does not fall within the subnet's address range");
    }
    if subnet.is_reserved(wanted) {
        return refuse("InvalidParameterValue", "is in subnet's reserved address range");
    }
    let mut others = world.ec2.network_interfaces.values();
    match others.find(|other| other.subnet_id == subnet.id && other.has_address(wanted)) {
        None => Ok(()),
        Some(other) => refuse("InvalidIPAddress.InUse", "is in use.")
            .map_err(|refusal| refusal.blocked_by([other.id.clone()])),
    }
}

/// A public address nobody has, from 198.18.0.0/15: RFC 2544 keeps that block for tests, so no
/// machine on the internet has it.
pub(crate) fn new_public_ip(world: &mut World) -> Ipv4Addr {
    let used: BTreeSet<Ipv4Addr> = world
        .ec2
        .network_interfaces
        .values()
        .flat_map(|interface| &interface.addresses)
        .filter_map(|address| address.public_ip)
        .chain(world.ec2.addresses.values().map(|address| address.public_ip))
        .collect();
    loop {
        let [.., high, middle, low] = world.machinery.ids.draw("public-address").to_be_bytes();
        let address = Ipv4Addr::new(198, 18 + (high & 1), middle, low);
        if !used.contains(&address) {
            return address;
        }
    }
}

/// Gives the primary address of an interface a public one from Amazon's pool, unless it has one.
pub(crate) fn give_public_ip(world: &mut World, id: &str) {
    let public_ip = new_public_ip(world);
    let interface = world.ec2.network_interfaces.get_mut(id);
    if let Some(address) = interface.and_then(|interface| interface.addresses.first_mut()) {
        address.public_ip.get_or_insert(public_ip);
    }
}

/// Gives the public addresses that are not Elastic IP addresses back.
pub(crate) fn take_public_ip(world: &mut World, id: &str) {
    if let Some(interface) = world.ec2.network_interfaces.get_mut(id) {
        for address in &mut interface.addresses {
            address.public_ip = None;
        }
    }
}

/// The public address that stands for a private one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicIp {
    pub(crate) address: Ipv4Addr,
    /// Its name, in a VPC with DNS hostnames.
    pub(crate) dns_name: Option<String>,
    /// The account of an Elastic IP address, `amazon`, or `amazon-elb`.
    pub(crate) owner_id: String,
    /// The id of an Elastic IP address.
    pub(crate) allocation_id: Option<String>,
    /// The id of its association.
    pub(crate) association_id: Option<String>,
}

impl PublicIp {
    /// How interfaces and instances show it.
    pub(crate) fn show(&self) -> Xml {
        Xml::new()
            .text("publicIp", self.address)
            .text("publicDnsName", self.dns_name.as_deref().unwrap_or_default())
            .text("ipOwnerId", &self.owner_id)
            .opt("allocationId", self.allocation_id.as_ref())
            .opt("associationId", self.association_id.as_ref())
    }
}

/// The public address that stands for a private one of an interface: an Elastic IP address before
/// one of Amazon's.
pub(crate) fn public_ip_of(
    world: &World,
    interface: &NetworkInterface,
    private_ip: Ipv4Addr,
) -> Option<PublicIp> {
    let elastic = world.ec2.addresses.values().find_map(|address| {
        let association = address.association.as_ref()?;
        let is_here = association.network_interface_id == interface.id
            && association.private_ip == private_ip;
        is_here.then(|| PublicIp {
            address: address.public_ip,
            dns_name: dns_name::public(world, &interface.vpc_id, address.public_ip),
            owner_id: world.account.clone(),
            allocation_id: Some(address.id.clone()),
            association_id: Some(association.id.clone()),
        })
    });
    elastic.or_else(|| {
        let own = interface.addresses.iter().find(|address| address.private_ip == private_ip)?;
        let address = own.public_ip?;
        Some(PublicIp {
            address,
            dns_name: dns_name::public(world, &interface.vpc_id, address),
            owner_id: interface
                .requester_id
                .clone()
                .filter(|id| id == NetworkInterface::ELB)
                .unwrap_or_else(|| "amazon".to_owned()),
            allocation_id: None,
            association_id: None,
        })
    })
}
