//! The recipe `cluster`: Kubernetes on plain machines, as one builds it today.

mod add_ons;
mod api_balancer;
mod bastion;
mod control_plane;
mod identity;
mod image;
mod join;
mod network;
mod site;
mod whole;
mod workers;

pub use image::{NODE_IMAGE, baked_image, node_image_workflow};
pub use whole::{Cluster, cluster};
