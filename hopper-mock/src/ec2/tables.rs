//! [`Ec2`]: everything in EC2, a table for each kind of resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Address, DhcpOptions, Image, Instance, InternetGateway, KeyPair, LaunchTemplate, NatGateway,
    NetworkAcl, NetworkInterface, ProfileAssociation, RouteTable, SecurityGroup, SecurityGroupRule,
    Snapshot, Subnet, Volume, Vpc,
};
use crate::world::{Registered, World};

/// The resources of EC2 by their ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ec2 {
    /// Sets of DHCP options.
    pub dhcp_options: BTreeMap<String, DhcpOptions>,
    /// VPCs.
    pub vpcs: BTreeMap<String, Vpc>,
    /// Subnets.
    pub subnets: BTreeMap<String, Subnet>,
    /// Internet gateways.
    pub internet_gateways: BTreeMap<String, InternetGateway>,
    /// Elastic IP addresses.
    pub addresses: BTreeMap<String, Address>,
    /// NAT gateways.
    pub nat_gateways: BTreeMap<String, NatGateway>,
    /// Network interfaces.
    pub network_interfaces: BTreeMap<String, NetworkInterface>,
    /// Route tables.
    pub route_tables: BTreeMap<String, RouteTable>,
    /// Network ACLs.
    pub network_acls: BTreeMap<String, NetworkAcl>,
    /// Images, with those of the catalogue.
    pub images: BTreeMap<String, Image>,
    /// Snapshots.
    pub snapshots: BTreeMap<String, Snapshot>,
    /// Volumes.
    pub volumes: BTreeMap<String, Volume>,
    /// Instances.
    pub instances: BTreeMap<String, Instance>,
    /// Associations of instance profiles with instances.
    pub profile_associations: BTreeMap<String, ProfileAssociation>,
    /// Key pairs.
    pub key_pairs: BTreeMap<String, KeyPair>,
    /// Launch templates.
    pub launch_templates: BTreeMap<String, LaunchTemplate>,
    /// Security groups.
    pub security_groups: BTreeMap<String, SecurityGroup>,
    /// The rules of all security groups.
    pub security_group_rules: BTreeMap<String, SecurityGroupRule>,
}

/// Every kind of resource in EC2.
pub(crate) static REGISTRY: &[Registered] = &[
    Registered::of::<DhcpOptions>(),
    Registered::of::<Vpc>(),
    Registered::of::<Subnet>(),
    Registered::of::<InternetGateway>(),
    Registered::of::<Address>(),
    Registered::of::<NatGateway>(),
    Registered::of::<NetworkInterface>(),
    Registered::of::<RouteTable>(),
    Registered::of::<NetworkAcl>(),
    Registered::of::<Image>(),
    Registered::of::<Snapshot>(),
    Registered::of::<Volume>(),
    Registered::of::<Instance>(),
    Registered::of::<KeyPair>(),
    Registered::of::<LaunchTemplate>(),
    Registered::of::<SecurityGroup>(),
    Registered::of::<SecurityGroupRule>(),
];

/// Puts into a fresh account what AWS puts there.
pub(crate) fn furnish(world: &mut World) {
    super::dhcp_options::furnish(world);
    super::image::furnish(world);
}
