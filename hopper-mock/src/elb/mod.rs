//! Elastic Load Balancing with classic load balancers, and what network load balancers share with
//! them.

pub(crate) mod call;
mod create;
mod delete;
mod health_check;
mod instances;
pub(crate) mod interfaces;
mod listener;
mod load_balancer;
pub(crate) mod name;
mod operations;
pub(crate) mod place;
mod tables;
pub(crate) mod tags;

pub use health_check::HealthCheck;
pub use listener::Listener;
pub use load_balancer::LoadBalancer;
pub(crate) use operations::operate;
pub use tables::Elb;
pub(crate) use tables::REGISTRY;
