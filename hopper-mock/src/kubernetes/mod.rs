//! What Kubernetes makes on its own: the load balancer of a Service.
//!
//! No call of a user makes these things, and they keep a network from being deleted. Here the
//! cloud provider makes them through the same operations as any client, past throttling and
//! faults, and without a place in the record of calls.

mod classic;
mod client;
mod network;
mod removal;
mod service_lb;

#[cfg(feature = "hosts")]
pub(crate) use client::tagged_subnets;
pub(crate) use removal::{removed, tried_group};
pub use service_lb::{KubeLoadBalancer, KubeServiceLb};
