//! Subnets.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Vpc;
use super::availability_zone::{zone_id, zone_name};
use super::cidr;
use super::describe::Describe;
use super::filter::{Attribute, one};
use super::network_acl;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, Transition, World};

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// `pending` or `available`.
    pub state: String,
    /// Its addresses.
    pub cidr_block: Ipv4Net,
    /// The zone it is in, such as `eu-west-1a`.
    pub availability_zone: String,
    /// Whether machines in it get a public address unless they say otherwise.
    pub map_public_ip_on_launch: bool,
    /// Whether addresses are made from IPv6 ones for the name server.
    pub enable_dns64: bool,
    /// What the host names of machines in it are made of: `ip-name` or `resource-name`.
    pub hostname_type: String,
    /// Whether the name server answers for the resource names of its machines.
    pub enable_resource_name_dns_a_record: bool,
    /// Its tags.
    pub tags: Tags,
}

impl Subnet {
    /// Whether AWS keeps this address for itself: the first four and the last of each subnet, as
    /// the VPC guide says.
    pub fn is_reserved(&self, address: Ipv4Addr) -> bool {
        let first = u32::from(self.cidr_block.network());
        self.cidr_block.contains(&address)
            && (u32::from(address) < first + 4 || address == self.cidr_block.broadcast())
    }

    /// How many addresses are free: all but the five AWS keeps and those of network interfaces.
    pub fn n_free_addresses(&self, world: &World) -> usize {
        let all = 1_usize << (32 - self.cidr_block.prefix_len());
        (all - 5).saturating_sub(self.used_addresses(world).count())
    }

    /// The private addresses of all interfaces in it.
    pub(super) fn used_addresses<'a>(
        &'a self,
        world: &'a World,
    ) -> impl Iterator<Item = Ipv4Addr> + 'a {
        let interfaces = world.ec2.network_interfaces.values();
        interfaces
            .filter(|interface| interface.subnet_id == self.id)
            .flat_map(|interface| interface.addresses.iter().map(|address| address.private_ip))
    }

    fn zone_id(&self, world: &World) -> String {
        zone_id(world, &self.availability_zone).unwrap_or_default()
    }

    fn arn(&self, world: &World) -> String {
        format!("arn:aws:ec2:{}:{}:subnet/{}", world.region, world.account, self.id)
    }
}

impl Resource for Subnet {
    const KIND: Kind = Kind {
        name: "subnet",
        prefix: "subnet",
        noun: "subnet ID",
        malformed: "InvalidSubnetID.Malformed",
        missing: "InvalidSubnetID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.subnets
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.subnets
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

    fn holds(&self) -> Vec<&str> {
        vec![&self.vpc_id]
    }
}

impl Describe for Subnet {
    const IDS: &'static str = "SubnetId";
    const SET: &'static str = "subnetSet";
    /// The names without hyphens are old spellings the API reference still lists.
    const FILTERS: &'static [Attribute<Self>] = &[
        ("availability-zone", |subnet, _| one(&subnet.availability_zone)),
        ("availabilityZone", |subnet, _| one(&subnet.availability_zone)),
        ("availability-zone-id", |subnet, world| one(&subnet.zone_id(world))),
        ("availabilityZoneId", |subnet, world| one(&subnet.zone_id(world))),
        ("available-ip-address-count", |subnet, world| one(&subnet.n_free_addresses(world))),
        ("cidr", |subnet, _| one(&subnet.cidr_block)),
        ("cidr-block", |subnet, _| one(&subnet.cidr_block)),
        ("cidrBlock", |subnet, _| one(&subnet.cidr_block)),
        ("customer-owned-ipv4-pool", |_, _| Vec::new()),
        ("default-for-az", |_, _| one(&false)),
        ("defaultForAz", |_, _| one(&false)),
        ("enable-dns64", |subnet, _| one(&subnet.enable_dns64)),
        ("enable-lni-at-device-index", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.association-id", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |_, _| Vec::new()),
        ("ipv6-cidr-block-association.state", |_, _| Vec::new()),
        ("ipv6-native", |_, _| one(&false)),
        ("map-customer-owned-ip-on-launch", |_, _| one(&false)),
        ("map-public-ip-on-launch", |subnet, _| one(&subnet.map_public_ip_on_launch)),
        ("outpost-arn", |_, _| Vec::new()),
        ("owner-id", |_, world| one(&world.account)),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-a-record", |subnet, _| {
            one(&subnet.enable_resource_name_dns_a_record)
        }),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", |_, _| {
            one(&false)
        }),
        (
            "private-dns-name-options-on-launch.hostname-type",
            |subnet, _| one(&subnet.hostname_type),
        ),
        ("state", |subnet, _| one(&subnet.state)),
        ("subnet-arn", |subnet, world| one(&subnet.arn(world))),
        ("subnet-id", |subnet, _| one(&subnet.id)),
        ("vpc-id", |subnet, _| one(&subnet.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let options = Xml::new()
            .text("hostnameType", &self.hostname_type)
            .text("enableResourceNameDnsARecord", self.enable_resource_name_dns_a_record)
            .text("enableResourceNameDnsAAAARecord", false);
        Xml::new()
            .text("subnetId", &self.id)
            .text("subnetArn", self.arn(world))
            .text("state", &self.state)
            .text("ownerId", &world.account)
            .text("vpcId", &self.vpc_id)
            .text("cidrBlock", self.cidr_block)
            .list("ipv6CidrBlockAssociationSet", [])
            .text("availableIpAddressCount", self.n_free_addresses(world))
            .text("availabilityZone", &self.availability_zone)
            .text("availabilityZoneId", self.zone_id(world))
            .text("defaultForAz", false)
            .text("mapPublicIpOnLaunch", self.map_public_ip_on_launch)
            .text("mapCustomerOwnedIpOnLaunch", false)
            .text("assignIpv6AddressOnCreation", false)
            .text("ipv6Native", false)
            .text("enableDns64", self.enable_dns64)
            .node("privateDnsNameOptionsOnLaunch", options)
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateSubnet {
    vpc_id: String,
    cidr_block: String,
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a subnet. Where no zone is named AWS chooses one: here the first.
pub(crate) fn create(world: &mut World, input: &CreateSubnet) -> Answer {
    let cidr_block = cidr::parse("cidrBlock", &input.cidr_block)?;
    let kind = &Subnet::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let availability_zone = match (&input.availability_zone, &input.availability_zone_id) {
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one of AvailabilityZone and AvailabilityZoneId can be given",
            ));
        }
        (Some(name), None) => zone_id(world, name).map(|_| name.clone())?,
        (None, Some(id)) => zone_name(world, id)?,
        (None, None) => format!("{}a", world.region),
    };
    let vpc = world.find::<Vpc>(&input.vpc_id)?;
    if !(16..=28).contains(&cidr_block.prefix_len()) || !vpc.cidr_block.contains(&cidr_block) {
        let why = format!("The CIDR '{cidr_block}' is invalid.");
        return Err(AwsError::new("InvalidSubnet.Range", why));
    }
    let vpc_id = vpc.id.clone();
    let others = || world.ec2.subnets.values().filter(|other| other.vpc_id == vpc_id);
    let overlapping: Vec<_> = others()
        .filter(|other| {
            other.cidr_block.contains(&cidr_block) || cidr_block.contains(&other.cidr_block)
        })
        .map(|other| other.id.clone())
        .collect();
    if !overlapping.is_empty() {
        let why = format!("The CIDR '{cidr_block}' conflicts with another subnet");
        return Err(AwsError::new("InvalidSubnet.Conflict", why).blocked_by(overlapping));
    }
    if world.settings().quotas.subnets_per_vpc <= others().count() {
        let why = "The maximum number of subnets has been reached.";
        return Err(AwsError::new("SubnetLimitExceeded", why));
    }
    let subnet = Subnet {
        id: world.new_id::<Subnet>(),
        vpc_id,
        state: "pending".to_owned(),
        cidr_block,
        availability_zone,
        map_public_ip_on_launch: false,
        enable_dns64: false,
        hostname_type: "ip-name".to_owned(),
        enable_resource_name_dns_a_record: false,
        tags,
    };
    let answer = Xml::new().node("subnet", subnet.show(world));
    network_acl::guard(world, &subnet);
    let available = Transition::SubnetAvailable(subnet.id.clone());
    world.schedule(world.settings().latencies.subnet_available, available);
    world.add(subnet);
    Ok(answer)
}

/// The subnet is ready.
pub(crate) fn subnet_available(world: &mut World, id: &str) {
    if let Some(subnet) = world.ec2.subnets.get_mut(id) {
        "available".clone_into(&mut subnet.state);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteSubnet {
    subnet_id: String,
}

/// Deletes a subnet that no network interface is in. Its use of a route table and of a network
/// ACL ends with it.
pub(crate) fn delete(world: &mut World, input: &DeleteSubnet) -> Answer {
    let id = world.find::<Subnet>(&input.subnet_id)?.id.clone();
    let blockers = world.blockers(&id);
    if !blockers.is_empty() {
        return Err(AwsError::dependency(&format!("subnet '{id}'"), blockers));
    }
    world.ec2.subnets.remove(&id);
    for table in world.ec2.route_tables.values_mut() {
        table.associations.retain(|used| used.subnet_id.as_deref() != Some(id.as_str()));
    }
    for acl in world.ec2.network_acls.values_mut() {
        acl.associations.retain(|_, subnet_id| *subnet_id != id);
    }
    Ok(Xml::done())
}
