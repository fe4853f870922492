//! kubeadm's configuration, as typed values (`kubeadm.k8s.io/v1beta4`, Kubernetes documentation),
//! and what it was in 2018.

mod cluster;
mod document;
mod init;
mod join;
mod kubelet;
mod master;
mod node_registration;

pub use cluster::{ApiServer, ClusterConfiguration, Component, Networking};
pub use document::{Document, documents};
pub use init::{InitConfiguration, LocalApiEndpoint, TimedToken};
pub use join::{BootstrapTokenDiscovery, Discovery, JoinConfiguration, JoinControlPlane};
pub use kubelet::KubeletConfiguration;
pub use master::MasterConfiguration;
pub use node_registration::{Arg, NodeRegistration};
