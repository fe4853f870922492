//! Settings of the recipes: typed, with the chapter's values as defaults, checked as a whole.

mod base_image;
mod bastion;
mod chapter;
mod chapter_kubernetes;
mod cluster;
mod cluster_network;
mod control_plane;
mod identity;
mod network;
mod node;
mod node_image;
mod problem;
mod source;
mod workers;

pub use base_image::BaseImageSettings;
pub use bastion::BastionSettings;
pub use chapter::{ChapterSettings, EXAMPLE_PUBLIC_KEY};
pub use chapter_kubernetes::{ChapterKubernetesSettings, ChapterPodNetwork};
pub use cluster::{
    ClusterSettings, ClusterWorkerSettings, DemoSettings, EXAMPLE_ADDRESS, ImageSettings,
};
pub use cluster_network::{ClusterNetworkSettings, ExistingNetwork, Nat};
pub use control_plane::ControlPlaneSettings;
pub use identity::IdentitySettings;
pub use network::NetworkSettings;
pub use node::{CredentialProvider, DockerSettings, KubernetesSettings, NodeSettings, PodNetwork};
pub use node_image::NodeImageSettings;
pub use problem::{Problem, SettingsError};
pub use workers::{LaunchFrom, WorkerSettings};
