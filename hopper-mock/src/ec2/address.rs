//! Elastic IP addresses.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::NetworkInterface;
use super::filter::{self, Attribute, Filter, one};
use super::network_interface::new_public_ip;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, Transition, World};

/// An Elastic IP address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The id of its allocation.
    pub id: String,
    /// The address.
    pub public_ip: Ipv4Addr,
    /// What it stands for.
    pub association: Option<AddressAssociation>,
    /// Whether it cannot be released yet, though it stands for nothing: a NAT gateway had it until
    /// a moment ago.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_held: bool,
    /// Its tags.
    pub tags: Tags,
}

/// The private address an Elastic IP address stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressAssociation {
    /// Its id.
    pub id: String,
    /// The interface.
    pub network_interface_id: String,
    /// Which address of the interface.
    pub private_ip: Ipv4Addr,
}

impl Address {
    /// The interface it stands for.
    pub(super) fn interface<'a>(&self, world: &'a World) -> Option<&'a NetworkInterface> {
        world.ec2.network_interfaces.get(&self.association.as_ref()?.network_interface_id)
    }

    fn instance_id(&self, world: &World) -> Option<String> {
        self.interface(world)?.attachment.as_ref()?.instance_id.clone()
    }

    fn of_association(&self, value: impl Fn(&AddressAssociation) -> String) -> Vec<String> {
        self.association.iter().map(value).collect()
    }

    fn show(&self, world: &World) -> Xml {
        let association = self.association.as_ref();
        Xml::new()
            .text("publicIp", self.public_ip)
            .text("allocationId", &self.id)
            .text("domain", "vpc")
            .text("publicIpv4Pool", "amazon")
            .text("networkBorderGroup", &world.region)
            .opt("instanceId", self.instance_id(world))
            .opt("associationId", association.map(|held| &held.id))
            .opt("networkInterfaceId", association.map(|held| &held.network_interface_id))
            .opt("networkInterfaceOwnerId", association.map(|_| &world.account))
            .opt("privateIpAddress", association.map(|held| held.private_ip))
            .and(tag_set(&self.tags))
    }
}

impl Resource for Address {
    const KIND: Kind = Kind {
        name: "elastic-ip",
        prefix: "eipalloc",
        noun: "allocation ID",
        malformed: "InvalidAllocationID.Malformed",
        missing: "InvalidAllocationID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.addresses
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.addresses
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

const FILTERS: &[Attribute<Address>] = &[
    ("allocation-id", |address, _| one(&address.id)),
    ("association-id", |address, _| address.of_association(|held| held.id.clone())),
    ("domain", |_, _| one("vpc")),
    ("instance-id", |address, world| address.instance_id(world).into_iter().collect()),
    ("network-border-group", |_, world| one(&world.region)),
    ("network-interface-id", |address, _| {
        address.of_association(|held| held.network_interface_id.clone())
    }),
    ("network-interface-owner-id", |address, world| {
        address.of_association(|_| world.account.clone())
    }),
    ("private-ip-address", |address, _| address.of_association(|held| held.private_ip.to_string())),
    ("public-ip", |address, _| one(&address.public_ip)),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AllocateAddress {
    /// All addresses are for VPCs; the parameter is from times when it made a difference.
    #[serde(rename = "Domain")]
    _domain: Option<Domain>,
    network_border_group: Option<String>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Domain {
    Vpc,
    Standard,
}

/// Allocates an address that stands for nothing yet.
pub(crate) fn allocate(world: &mut World, input: &AllocateAddress) -> Answer {
    let tags = tags_for(world, &input.tag_specifications, &Address::KIND, &[&Address::KIND])?;
    check_border_group(world, input.network_border_group.as_deref())?;
    if world.settings().quotas.addresses <= world.ec2.addresses.len() {
        let why = "The maximum number of addresses has been reached.";
        return Err(AwsError::new("AddressLimitExceeded", why));
    }
    let public_ip = new_public_ip(world);
    let id = world.new_id::<Address>();
    let answer = Xml::new()
        .text("publicIp", public_ip)
        .text("allocationId", &id)
        .text("domain", "vpc")
        .text("publicIpv4Pool", "amazon")
        .text("networkBorderGroup", &world.region);
    world.add(Address { id, public_ip, association: None, is_held: false, tags });
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ReleaseAddress {
    allocation_id: Option<String>,
    public_ip: Option<Ipv4Addr>,
    network_border_group: Option<String>,
}

/// Gives an address back that stands for nothing.
pub(crate) fn release(world: &mut World, input: &ReleaseAddress) -> Answer {
    let id = match (&input.allocation_id, input.public_ip) {
        (Some(id), None) => id,
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "You may specify public IP or allocation id, but not both in the same call",
            ));
        }
        (None, Some(public_ip)) => {
            named(world, public_ip)?;
            return Err(AwsError::new(
                "InvalidParameterValue",
                "You must specify an allocation id when releasing a VPC elastic IP address",
            ));
        }
        (None, None) => return Err(AwsError::missing("allocationId")),
    };
    let address: &Address = world.find(id)?;
    check_border_group(world, input.network_border_group.as_deref())?;
    if let Some(association) = &address.association {
        check_own(world, address)?;
        let why = format!("Address {} is in use.", address.public_ip);
        return Err(AwsError::new("InvalidIPAddress.InUse", why)
            .blocked_by([association.network_interface_id.clone()]));
    }
    if address.is_held {
        // [O] Not true, and passes within seconds.
        let why = "You do not have permission to access the specified resource.";
        return Err(AwsError::new("AuthFailure", why).with_status(400));
    }
    let id = address.id.clone();
    world.ec2.addresses.remove(&id);
    Ok(Xml::done())
}

/// Keeps an address from being released for a while, because a NAT gateway has just let it go.
pub(super) fn hold(world: &mut World, id: &str) {
    if let Some(address) = world.ec2.addresses.get_mut(id) {
        address.is_held = true;
        let after = world.settings().latencies.nat_gateway_address_free;
        world.schedule(after, Transition::AddressFree(id.to_owned()));
    }
}

/// The address can be released.
pub(crate) fn free(world: &mut World, id: &str) {
    if let Some(address) = world.ec2.addresses.get_mut(id) {
        address.is_held = false;
    }
}

/// Refuses a group of zones other than the region, which has no local zones here.
fn check_border_group(world: &World, name: Option<&str>) -> Result<(), AwsError> {
    match name {
        Some(name) if name != world.region => {
            let why = format!("It can only be {}.", world.region);
            Err(AwsError::invalid_value("networkBorderGroup", name, &why))
        }
        _ => Ok(()),
    }
}

/// The Elastic IP address with this public address.
///
/// # Errors
/// `InvalidAddress.NotFound` for what is not one of the account's.
pub(super) fn named(world: &World, public_ip: Ipv4Addr) -> Result<&Address, AwsError> {
    let mut addresses = world.ec2.addresses.values().filter(|address| world.sees(&address.id));
    addresses.find(|address| address.public_ip == public_ip).ok_or_else(|| {
        AwsError::new("InvalidAddress.NotFound", format!("Address '{public_ip}' not found."))
    })
}

/// Refuses to touch an address that stands for an interface of AWS itself.
pub(super) fn check_own(world: &World, address: &Address) -> Result<(), AwsError> {
    address.interface(world).map_or(Ok(()), NetworkInterface::check_own)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeAddresses {
    #[serde(default, rename = "AllocationId")]
    ids: Vec<String>,
    #[serde(default, rename = "PublicIp")]
    public_ips: Vec<Ipv4Addr>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
}

/// Lists the addresses; this describe has no pages.
pub(crate) fn describe(world: &mut World, input: &DescribeAddresses) -> Answer {
    filter::check(&input.filters, FILTERS, true)?;
    for id in &input.ids {
        world.find::<Address>(id)?;
    }
    for public_ip in &input.public_ips {
        named(world, *public_ip)?;
    }
    let is_wanted = |address: &&Address| {
        world.sees(&address.id)
            && (input.ids.is_empty() || input.ids.contains(&address.id))
            && (input.public_ips.is_empty() || input.public_ips.contains(&address.public_ip))
            && filter::passes(world, *address, Some(&address.tags), &input.filters, FILTERS)
    };
    let items = world.ec2.addresses.values().filter(is_wanted).map(|address| address.show(world));
    Ok(Xml::new().list("addressesSet", items))
}
