//! Steps on EC2: networks, addresses, keys and instances.

mod internet_gateway;
mod resource_tags;
mod route;
mod route_table;
mod route_table_association;
mod subnet;
mod vpc;

pub use internet_gateway::{InternetGateway, InternetGatewayOut, InternetGatewayRefs};
pub use resource_tags::ResourceTags;
pub use route::{Route, RouteTarget};
pub use route_table::{RouteTable, RouteTableOut, RouteTableRefs};
pub use route_table_association::RouteTableAssociation;
pub use subnet::{Subnet, SubnetOut, SubnetRefs};
pub use vpc::{Vpc, VpcOut, VpcRefs};
