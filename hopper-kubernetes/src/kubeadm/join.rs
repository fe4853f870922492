//! [`JoinConfiguration`]: how a further machine of a control plane begins.

use super::{Document, LocalApiEndpoint, NodeRegistration};
use serde::Serialize;

/// How a further machine of a control plane begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinConfiguration {
    /// How it finds the cluster.
    pub discovery: Discovery,
    /// That it becomes one of the control plane.
    pub control_plane: JoinControlPlane,
    /// As what the machine joins.
    pub node_registration: NodeRegistration,
}

/// How a machine finds a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovery {
    /// With a token.
    pub bootstrap_token: BootstrapTokenDiscovery,
}

/// How a machine finds a cluster with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BootstrapTokenDiscovery {
    /// Where the API is, e.g. `api.example:6443`.
    pub api_server_endpoint: String,
    /// The token.
    pub token: String,
    /// What the authority is known by: `sha256:…`.
    pub ca_cert_hashes: Vec<String>,
}

/// That a machine becomes one of the control plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JoinControlPlane {
    /// Where its API server listens.
    #[serde(rename = "localAPIEndpoint")]
    pub local_api_endpoint: LocalApiEndpoint,
}

impl Document for JoinConfiguration {
    const API_VERSION: &'static str = "kubeadm.k8s.io/v1beta4";
    const KIND: &'static str = "JoinConfiguration";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_kubeadm_reads_it() {
        let join = JoinConfiguration {
            discovery: Discovery {
                bootstrap_token: BootstrapTokenDiscovery {
                    api_server_endpoint: "api.example:6443".to_owned(),
                    token: "abcdef.0123456789abcdef".to_owned(),
                    ca_cert_hashes: vec!["sha256:00".to_owned()],
                },
            },
            control_plane: JoinControlPlane {
                local_api_endpoint: LocalApiEndpoint {
                    advertise_address: "10.0.0.11".to_owned(),
                    bind_port: 6443,
                },
            },
            node_registration: NodeRegistration {
                name: "ip-10-0-0-11.eu-west-1.compute.internal".to_owned(),
                cri_socket: "unix:///run/containerd/containerd.sock".to_owned(),
                kubelet_extra_args: Vec::new(),
            },
        };
        let text = join.yaml().unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "JoinConfiguration",
            "discovery": { "bootstrapToken": {
                "apiServerEndpoint": "api.example:6443",
                "token": "abcdef.0123456789abcdef",
                "caCertHashes": ["sha256:00"],
            } },
            "controlPlane": {
                "localAPIEndpoint": { "advertiseAddress": "10.0.0.11", "bindPort": 6443 },
            },
            "nodeRegistration": {
                "name": "ip-10-0-0-11.eu-west-1.compute.internal",
                "criSocket": "unix:///run/containerd/containerd.sock",
                "kubeletExtraArgs": [],
            },
        });
        assert_eq!(read, expected, "{text}");
    }
}
