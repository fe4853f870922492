//! NAT gateways.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::NetworkInterface;
use super::describe::Describe;
use super::filter::{Attribute, one};
use super::network_interface::public_ip_of;
use super::tag_specification::tag_set;
use crate::Time;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatGateway {
    /// Its id.
    pub id: String,
    /// `pending`, then `available` or `failed`; `deleting`, then `deleted`.
    pub state: String,
    /// Why it failed.
    pub failure: Option<NatGatewayFailure>,
    /// The subnet it is in.
    pub subnet_id: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// The Elastic IP address it was given; none for a private one.
    pub allocation_id: Option<String>,
    /// Its interface, as long as it has one.
    pub network_interface_id: Option<String>,
    /// The addresses it had, for showing it when it is gone.
    pub last_addresses: Option<LastAddresses>,
    /// When it was made.
    pub create_time: Time,
    /// When its deletion began.
    pub delete_time: Option<Time>,
    /// Its tags.
    pub tags: Tags,
}

/// Why a NAT gateway failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatGatewayFailure {
    /// The code, one of those in the API reference of `NatGateway`.
    pub code: String,
    /// A text for people.
    pub message: String,
}

/// What a NAT gateway had before it was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAddresses {
    /// The interface.
    pub network_interface_id: String,
    /// Its private address.
    pub private_ip: Ipv4Addr,
    /// Its public address.
    pub public_ip: Option<Ipv4Addr>,
}

impl NatGateway {
    /// Whether packets pass it, or soon will.
    pub fn is_alive(&self) -> bool {
        matches!(self.state.as_str(), "pending" | "available")
    }

    /// Whether it is gone and only still listed.
    pub fn is_gone(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "deleted")
    }

    pub(super) fn interface<'a>(&self, world: &'a World) -> Option<&'a NetworkInterface> {
        world.ec2.network_interfaces.get(self.network_interface_id.as_ref()?)
    }

    /// What it has, or what it had.
    pub(super) fn addresses(&self, world: &World) -> Option<LastAddresses> {
        let now = self.interface(world).and_then(|interface| {
            let private_ip = interface.private_ip()?;
            let public_ip = public_ip_of(world, interface, private_ip).map(|ip| ip.address);
            let network_interface_id = interface.id.clone();
            Some(LastAddresses { network_interface_id, private_ip, public_ip })
        });
        now.or_else(|| self.last_addresses.clone())
    }
}

impl Resource for NatGateway {
    const KIND: Kind = Kind {
        name: "natgateway",
        prefix: "nat",
        noun: "Nat Gateway",
        malformed: "NatGatewayMalformed",
        missing: "NatGatewayNotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.nat_gateways
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.nat_gateways
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

    fn is_leftover(&self) -> bool {
        !self.is_gone()
    }

    fn is_history(&self) -> bool {
        self.is_gone()
    }
}

impl Describe for NatGateway {
    const IDS: &'static str = "NatGatewayId";
    const SET: &'static str = "natGatewaySet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("nat-gateway-id", |gateway, _| one(&gateway.id)),
        ("state", |gateway, _| one(&gateway.state)),
        ("subnet-id", |gateway, _| one(&gateway.subnet_id)),
        ("vpc-id", |gateway, _| one(&gateway.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let has = self.addresses(world);
        let status = match self.state.as_str() {
            "pending" => "associating",
            "available" => "succeeded",
            "failed" => "failed",
            _ => "disassociating",
        };
        let association = self.interface(world).and_then(|interface| {
            public_ip_of(world, interface, interface.private_ip()?)?.association_id
        });
        let address = Xml::new()
            .opt("allocationId", self.allocation_id.as_ref())
            .opt("associationId", association)
            .opt("networkInterfaceId", has.as_ref().map(|has| &has.network_interface_id))
            .opt("privateIp", has.as_ref().map(|has| has.private_ip))
            .opt("publicIp", has.as_ref().and_then(|has| has.public_ip))
            .text("isPrimary", true)
            .text("status", status);
        let connectivity = if self.allocation_id.is_some() { "public" } else { "private" };
        Xml::new()
            .text("natGatewayId", &self.id)
            .text("state", &self.state)
            .opt("failureCode", self.failure.as_ref().map(|failure| &failure.code))
            .opt("failureMessage", self.failure.as_ref().map(|failure| &failure.message))
            .text("subnetId", &self.subnet_id)
            .text("vpcId", &self.vpc_id)
            .text("connectivityType", connectivity)
            .text("createTime", self.create_time)
            .opt("deleteTime", self.delete_time)
            .list("natGatewayAddressSet", [address])
            .and(tag_set(&self.tags))
    }
}
