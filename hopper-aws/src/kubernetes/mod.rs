//! What Kubernetes makes on its own, in nobody's journal: load balancers with their security groups
//! and rules, network interfaces, volumes.
//!
//! Two steps, which make nothing, and whose undo removes what carries the cluster's tags inside
//! the cluster's VPC: [`LoadBalancers`] before anything of the cluster is touched, [`Leftovers`]
//! after its machines are gone and before its groups and subnets. Both know things by the tags
//! that the in-tree provider, the cloud controller, the AWS load balancer controller and the VPC
//! CNI put on them; what carries hopper's own mark is a step's, and left to it.

pub(crate) mod cluster;
mod interfaces;
pub(crate) mod leftovers;
pub(crate) mod load_balancers;
mod security_groups;
mod volumes;

pub use leftovers::Leftovers;
pub use load_balancers::LoadBalancers;
