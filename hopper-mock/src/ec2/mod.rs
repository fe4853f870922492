//! Amazon EC2: one file for each kind of resource, and what they share.
//!
//! A kind of resource is a record with an implementation of `Resource` (and of `Describe`), a
//! table in [`Ec2`], a line in the registry beside it, and a line in `operations.rs` for each
//! operation.

mod access;
mod account_attribute;
mod address;
pub(crate) mod address_association;
mod authorize;
mod availability_zone;
mod block_device;
mod call;
mod cidr;
mod describe;
mod dhcp_options;
mod dns_name;
mod filter;
pub(crate) mod image;
pub(crate) mod instance;
pub(crate) mod instance_type;
pub(crate) mod internet_gateway;
mod ip_permission;
mod key_pair;
pub(crate) mod launch_template;
mod nat_gateway;
pub(crate) mod nat_gateway_lifecycle;
mod network_acl;
pub(crate) mod network_interface;
mod not_simulated;
mod operations;
mod owner;
mod private_key;
mod public_key;
#[cfg(feature = "hosts")]
mod reachability;
mod region;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod security_group_rule;
pub(crate) mod snapshot;
mod state_reason;
mod subnet;
mod subnet_attribute;
mod tables;
mod tag_specification;
mod tags;
mod text;
pub(crate) mod volume;
mod volume_type;
mod vpc;
mod vpc_attribute;

pub(crate) use access::{named, requested_tags};
pub(crate) use address::free as address_free;
pub use address::{Address, AddressAssociation};
pub(crate) use availability_zone::zone_names;
pub use block_device::BlockDevice;
pub(crate) use describe::page;
pub use dhcp_options::DhcpOptions;
pub use image::Image;
pub use instance::{
    CpuOptions, IamInstanceProfile, Instance, InstanceState, MetadataOptions, ProfileAssociation,
};
pub use internet_gateway::InternetGateway;
pub use key_pair::KeyPair;
pub use launch_template::{LaunchTemplate, LaunchTemplateData, LaunchTemplateVersion};
pub use nat_gateway::{LastAddresses, NatGateway, NatGatewayFailure};
pub use network_acl::{AclEntry, NetworkAcl};
pub use network_interface::{Attachment, NetworkInterface, PrivateAddress};
pub(crate) use operations::operate;
#[cfg(feature = "hosts")]
pub use reachability::Origin;
#[cfg(feature = "hosts")]
pub(crate) use reachability::{accepts, public_ip_of_interface};
#[cfg(feature = "hosts")]
pub(crate) use reachability::{public_ip_of_instance, reaches_internet, receiver, with_dns_name};
pub use route_table::{Association, Route, RouteTable, RouteTarget};
pub use security_group::SecurityGroup;
pub use security_group_rule::{Peer, SecurityGroupRule};
pub use snapshot::Snapshot;
pub use state_reason::StateReason;
pub use subnet::Subnet;
pub(crate) use subnet::subnet_available;
pub use tables::Ec2;
pub(crate) use tables::{REGISTRY, furnish};
pub use volume::{Volume, VolumeAttachment};
pub use vpc::Vpc;
pub(crate) use vpc::vpc_available;
