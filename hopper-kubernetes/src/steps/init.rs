//! [`Init`]: a machine becomes the first of a control plane.

use super::script::play;
use crate::{
    Hosts, Way,
    kubeadm::{
        ApiServer, Arg, ClusterConfiguration, Component, Document as _, InitConfiguration,
        KubeletConfiguration, LocalApiEndpoint, Networking, NodeRegistration, TimedToken,
        documents,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// Where a provider of credentials for registries is configured, and where its programs are.
const CREDENTIALS: [(&str, &str); 2] = [
    ("image-credential-provider-config", "/etc/kubernetes/credential-provider.yaml"),
    ("image-credential-provider-bin-dir", "/usr/local/bin"),
];

/// Has kubeadm make a machine the first of a control plane, with an authority and a token that are
/// known beforehand. It goes with its machine: undoing it does nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Init {
    /// The machine, with the cluster's programs on it.
    pub way: Way,
    /// The cluster's name.
    pub cluster: String,
    /// The version of Kubernetes, e.g. `v1.36.3`.
    pub version: String,
    /// The authority's certificate, in PEM.
    pub certificate: Input<Secret<String>>,
    /// The authority's key, in PEM.
    pub key: Input<Secret<String>>,
    /// With what nodes may join.
    pub token: Input<Secret<String>>,
    /// For how long they may, e.g. `2h0m0s`.
    pub token_ttl: String,
    /// The machine's address.
    pub address: Input<Ipv4Addr>,
    /// The node's name: the machine's private DNS name.
    pub node_name: Input<String>,
    /// What the cloud knows the machine by: `aws:///ZONE/INSTANCE`.
    pub provider_id: Input<String>,
    /// How many pods fit on the node.
    pub max_pods: u32,
    /// The addresses of Services: none of the VPC's.
    pub service_subnet: String,
}

impl Step for Init {
    const KIND: &'static str = "kubernetes.init";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let parts = [
            cx.get(&self.certificate).expose()?.clone(),
            cx.get(&self.key).expose()?.clone(),
            self.configuration(cx)?,
        ];
        let input: String = parts.iter().map(|part| BASE64_STANDARD.encode(part) + "\n").collect();
        let script = hopper_ssh::Script::new(cx.token(), include_str!("init.sh")).input(input);
        play(hosts, cx, &self.way, &script).await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again under the same token
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

impl Init {
    /// kubeadm's configuration: a secret, for the token is in it.
    fn configuration(&self, cx: &Cx) -> Result<String, StepError> {
        let address = cx.get(&self.address).to_string();
        let external = || Arg::new("cloud-provider", "external");
        let own = [
            ("provider-id", cx.get(&self.provider_id).clone()),
            ("node-ip", address.clone()),
            ("max-pods", self.max_pods.to_string()),
        ];
        let own = own.into_iter().map(|(name, value)| Arg::new(name, value));
        let credentials = CREDENTIALS.into_iter().map(|(name, value)| Arg::new(name, value));
        let init = InitConfiguration {
            bootstrap_tokens: vec![TimedToken {
                token: cx.get(&self.token).expose()?.clone(),
                ttl: self.token_ttl.clone(),
            }],
            local_api_endpoint: LocalApiEndpoint {
                advertise_address: address.clone(),
                bind_port: 6443,
            },
            node_registration: NodeRegistration {
                name: cx.get(&self.node_name).clone(),
                cri_socket: "unix:///run/containerd/containerd.sock".to_owned(),
                kubelet_extra_args: [external()]
                    .into_iter()
                    .chain(own)
                    .chain(credentials)
                    .collect(),
            },
        };
        let cluster = ClusterConfiguration {
            kubernetes_version: self.version.clone(),
            cluster_name: self.cluster.clone(),
            control_plane_endpoint: format!("{address}:6443"),
            api_server: ApiServer { cert_sans: vec![address, "127.0.0.1".to_owned()] },
            controller_manager: Component { extra_args: vec![external()] },
            networking: Networking { service_subnet: self.service_subnet.clone() },
        };
        let texts = [init.yaml(), cluster.yaml(), KubeletConfiguration::default().yaml()];
        let texts: Result<Vec<String>, _> = texts.into_iter().collect();
        texts.map(|texts| documents(&texts)).map_err(StepError::permanent)
    }
}
