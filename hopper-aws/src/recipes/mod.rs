//! Recipes, and the fragments they are made of.
//!
//! A fragment is a function that writes steps into a workflow and hands out what others may use
//! of them. It hands out *ready* values: whoever uses the private subnet waits for its way to the
//! internet, and need not know that there is one. A recipe is made of fragments.

mod bastion;
mod chapter;
mod cluster;
mod cluster_base;
mod control_plane;
mod demo;
mod identity;
mod kubernetes_leftovers;
mod network;
mod node_image;
mod private_instance;
mod role_in_profile;
mod workers;

pub use bastion::{Bastion, bastion};
pub use chapter::{Chapter, ChapterMachines, chapter, chapter_by, chapter_machines};
pub use cluster::{Cluster, NODE_IMAGE, baked_image, cluster, node_image_workflow};
pub use cluster_base::ClusterBase;
pub use control_plane::{ControlPlane, control_plane};
pub use identity::{Identity, identity};
pub use kubernetes_leftovers::{KubernetesLeftovers, kubernetes_leftovers};
pub use network::{Network, network};
pub use node_image::{Builder, builder, node_image};
pub use private_instance::{PrivateInstance, PrivateInstanceSettings, private_instance};
pub use workers::{Workers, workers};
