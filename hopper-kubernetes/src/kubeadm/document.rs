//! [`Document`]: one of the documents in a configuration file.

use serde::Serialize;

/// What can stand in a configuration file.
pub trait Document: Serialize {
    /// E.g. `kubeadm.k8s.io/v1beta4`.
    const API_VERSION: &'static str;
    /// E.g. `InitConfiguration`.
    const KIND: &'static str;

    /// It in YAML.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn yaml(&self) -> Result<String, serde_saphyr::ser::Error>
    where
        Self: Sized,
    {
        serde_saphyr::to_string(&Whole {
            api_version: Self::API_VERSION,
            kind: Self::KIND,
            rest: self,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a, T> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(flatten)]
    rest: &'a T,
}

/// Several documents as one file.
#[must_use]
pub fn documents(documents: &[String]) -> String {
    documents.join("---\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubeadm::{
        Arg, InitConfiguration, KubeletConfiguration, LocalApiEndpoint, NodeRegistration,
        TimedToken,
    };

    #[test]
    fn it_is_written_as_kubeadm_reads_it() {
        let init = InitConfiguration {
            bootstrap_tokens: vec![TimedToken {
                token: "abcdef.0123456789abcdef".to_owned(),
                ttl: "2h0m0s".to_owned(),
            }],
            local_api_endpoint: LocalApiEndpoint {
                advertise_address: "10.0.0.10".to_owned(),
                bind_port: 6443,
            },
            node_registration: NodeRegistration {
                name: "ip-10-0-0-10.eu-west-1.compute.internal".to_owned(),
                cri_socket: "unix:///run/containerd/containerd.sock".to_owned(),
                kubelet_extra_args: vec![Arg::new("max-pods", "17")],
            },
        };
        let text =
            documents(&[init.yaml().unwrap(), KubeletConfiguration::default().yaml().unwrap()]);
        let all: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text).unwrap();
        let expected = serde_json::json!([
            {
                "apiVersion": "kubeadm.k8s.io/v1beta4",
                "kind": "InitConfiguration",
                "bootstrapTokens": [{ "token": "abcdef.0123456789abcdef", "ttl": "2h0m0s" }],
                "localAPIEndpoint": { "advertiseAddress": "10.0.0.10", "bindPort": 6443 },
                "nodeRegistration": {
                    "name": "ip-10-0-0-10.eu-west-1.compute.internal",
                    "criSocket": "unix:///run/containerd/containerd.sock",
                    // Text, not a number: kubeadm refuses that.
                    "kubeletExtraArgs": [{ "name": "max-pods", "value": "17" }],
                },
            },
            {
                "apiVersion": "kubelet.config.k8s.io/v1beta1",
                "kind": "KubeletConfiguration",
                "cgroupDriver": "systemd",
                "shutdownGracePeriod": "0s",
            },
        ]);
        assert_eq!(serde_json::Value::from(all), expected, "{text}");
    }
}
