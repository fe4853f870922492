//! [`ClusterConfiguration`]: what all machines of a control plane have in common.

use super::{Arg, Document};
use serde::Serialize;

/// What all machines of a control plane have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterConfiguration {
    /// E.g. `v1.36.3`.
    pub kubernetes_version: String,
    /// The cluster's name.
    pub cluster_name: String,
    /// Where the API is, e.g. `10.0.0.10:6443`.
    pub control_plane_endpoint: String,
    /// The API server.
    pub api_server: ApiServer,
    /// The controller manager.
    pub controller_manager: Component,
    /// Its networks.
    pub networking: Networking,
}

/// The API server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiServer {
    /// The names it answers to, besides its own.
    #[serde(rename = "certSANs")]
    pub cert_sans: Vec<String>,
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// What else it is given.
    pub extra_args: Vec<Arg>,
}

/// The networks of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Networking {
    /// The addresses of Services: none of the VPC's.
    pub service_subnet: String,
}

impl Document for ClusterConfiguration {
    const API_VERSION: &'static str = "kubeadm.k8s.io/v1beta4";
    const KIND: &'static str = "ClusterConfiguration";
}
