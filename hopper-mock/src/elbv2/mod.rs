//! Elastic Load Balancing with network load balancers, their listeners and target groups.

mod arn;
mod attributes;
mod create;
mod create_target_group;
mod delete;
mod listener;
pub(crate) mod load_balancer;
mod operations;
mod routing;
mod tables;
mod tags;
mod target_group;
mod target_health;
mod targets;

pub use listener::Listener;
pub use load_balancer::{LoadBalancer, Zone};
pub(crate) use operations::operate;
pub(crate) use routing::{inside, passes_on_to};
pub use tables::Elbv2;
pub(crate) use tables::REGISTRY;
pub use target_group::{Target, TargetGroup, TargetHealthCheck};
