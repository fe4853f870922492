//! Load balancers, classic and newer: no steps, but what finds and removes those that others, as
//! Kubernetes, have made.

mod classic;
pub(crate) mod load_balancer;
mod newer;
mod pages;
pub(crate) mod target_group;

pub use load_balancer::{Generation, LoadBalancer};
pub use target_group::TargetGroup;
