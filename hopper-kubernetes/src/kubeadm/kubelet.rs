//! [`KubeletConfiguration`]: what all kubelets of a cluster have in common.

use super::Document;
use serde::Serialize;

/// What all kubelets of a cluster have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KubeletConfiguration {
    /// Who keeps the control groups: the same as the container runtime's.
    pub cgroup_driver: String,
    /// How long pods may take to end when the machine goes off. None: with it on, the VPC CNI
    /// leaks network interfaces (kops, `components/kubelet.go`).
    pub shutdown_grace_period: String,
}

impl Default for KubeletConfiguration {
    fn default() -> Self {
        Self { cgroup_driver: "systemd".to_owned(), shutdown_grace_period: "0s".to_owned() }
    }
}

impl Document for KubeletConfiguration {
    const API_VERSION: &'static str = "kubelet.config.k8s.io/v1beta1";
    const KIND: &'static str = "KubeletConfiguration";
}
