//! Amazon EC2: one file for each kind of resource, and what they share.
//!
//! A kind of resource is a record with an implementation of `Resource` (and of `Describe`), a
//! table in [`Ec2`], a line in the registry beside it, and a line in `operations.rs` for each
//! operation.

mod account_attribute;
mod authorize;
mod availability_zone;
mod call;
mod cidr;
mod describe;
mod dhcp_options;
mod filter;
mod ip_permission;
mod network_acl;
mod operations;
mod region;
mod route_table;
mod security_group;
mod security_group_rule;
mod tables;
mod tag_specification;
mod tags;
mod vpc;
mod vpc_attribute;

pub use dhcp_options::DhcpOptions;
pub use network_acl::{AclEntry, NetworkAcl};
pub(crate) use operations::operate;
pub use route_table::{Association, Route, RouteTable, RouteTarget};
pub use security_group::SecurityGroup;
pub use security_group_rule::{Peer, SecurityGroupRule};
pub use tables::Ec2;
pub(crate) use tables::{REGISTRY, furnish};
pub use vpc::Vpc;
pub(crate) use vpc::vpc_available;
