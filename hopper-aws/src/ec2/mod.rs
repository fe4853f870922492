//! Steps on EC2: networks, addresses, keys and instances.

mod address;
mod availability_zones;
mod instance;
mod internet_gateway;
mod key_pair;
mod latest_image;
mod nat_gateway;
mod permission;
mod resource_tags;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod security_group_rule;
mod subnet;
mod vpc;

pub use address::{Address, AddressOut, AddressRefs};
pub use availability_zones::AvailabilityZones;
pub use instance::{Instance, InstanceOut, InstanceRefs};
pub use internet_gateway::{InternetGateway, InternetGatewayOut, InternetGatewayRefs};
pub use key_pair::{KeyPair, KeyPairOut, KeyPairRefs};
pub use latest_image::{LatestImage, LatestImageOut, LatestImageRefs, NewestBy};
pub use nat_gateway::{NatGateway, NatGatewayOut, NatGatewayRefs};
pub use permission::{Direction, Peer, Permission, Protocol};
pub use resource_tags::ResourceTags;
pub use route::{Route, RouteTarget};
pub use route_table::{RouteTable, RouteTableOut, RouteTableRefs};
pub use route_table_association::RouteTableAssociation;
pub use security_group::{SecurityGroup, SecurityGroupOut, SecurityGroupRefs};
pub use security_group_rule::{SecurityGroupRule, SecurityGroupRuleOut, SecurityGroupRuleRefs};
pub use subnet::{Subnet, SubnetOut, SubnetRefs};
pub use vpc::{Vpc, VpcOut, VpcRefs};
