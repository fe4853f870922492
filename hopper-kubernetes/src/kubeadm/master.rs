//! [`MasterConfiguration`]: how a master began in 2018.

use super::{Document, LocalApiEndpoint, Networking};
use serde::Serialize;

/// How a master began in 2018: the one document of `kubeadm.k8s.io/v1alpha1` that kubeadm 1.10
/// reads for `init`. kubeadm of today knows it no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MasterConfiguration {
    /// E.g. `v1.10.3`.
    pub kubernetes_version: String,
    /// Which cloud the programs of Kubernetes themselves talk to: `aws`. Removed in 1.27.
    pub cloud_provider: String,
    /// Where its API server listens.
    pub api: LocalApiEndpoint,
    /// The names the API server answers to, besides its own.
    #[serde(rename = "apiServerCertSANs")]
    pub api_server_cert_sans: Vec<String>,
    /// With what nodes may join.
    pub token: String,
    /// How long it is good, e.g. `24h0m0s`; with `0` it never expires.
    #[serde(rename = "tokenTTL")]
    pub token_ttl: String,
    /// Its networks.
    pub networking: Networking,
}

impl Document for MasterConfiguration {
    const API_VERSION: &'static str = "kubeadm.k8s.io/v1alpha1";
    const KIND: &'static str = "MasterConfiguration";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_kubeadm_1_10_reads_it() {
        let master = MasterConfiguration {
            kubernetes_version: "v1.10.3".to_owned(),
            cloud_provider: "aws".to_owned(),
            api: LocalApiEndpoint { advertise_address: "10.0.0.10".to_owned(), bind_port: 6443 },
            api_server_cert_sans: vec!["127.0.0.1".to_owned()],
            token: "abcdef.0123456789abcdef".to_owned(),
            token_ttl: "0".to_owned(),
            networking: Networking { service_subnet: "10.96.0.0/12".to_owned() },
        };
        let text = master.yaml().unwrap();
        let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "apiVersion": "kubeadm.k8s.io/v1alpha1",
            "kind": "MasterConfiguration",
            "kubernetesVersion": "v1.10.3",
            "cloudProvider": "aws",
            "api": { "advertiseAddress": "10.0.0.10", "bindPort": 6443 },
            "apiServerCertSANs": ["127.0.0.1"],
            "token": "abcdef.0123456789abcdef",
            "tokenTTL": "0", // text, not a number: kubeadm refuses that
            "networking": { "serviceSubnet": "10.96.0.0/12" },
        });
        assert_eq!(read, expected, "{text}");
    }
}
