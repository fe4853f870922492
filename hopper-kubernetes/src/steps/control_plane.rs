//! What makes a machine one of a control plane, the first or a further one.

use super::script::play;
use crate::{
    Hosts, Way,
    kubeadm::{Arg, LocalApiEndpoint, NodeRegistration},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Input, Secret, StepError};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// Where a provider of credentials for registries is configured, and where its programs are.
const CREDENTIALS: [(&str, &str); 2] = [
    ("image-credential-provider-config", "/etc/kubernetes/credential-provider.yaml"),
    ("image-credential-provider-bin-dir", "/usr/local/bin"),
];

/// A machine of a control plane, and the node that it becomes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ControlPlaneNode {
    /// The machine, with the cluster's programs on it.
    pub way: Way,
    /// The machine's address.
    pub address: Input<Ipv4Addr>,
    /// The node's name: the machine's private DNS name.
    pub node_name: Input<String>,
    /// What the cloud knows the machine by: `aws:///ZONE/INSTANCE`.
    pub provider_id: Input<String>,
    /// How many pods fit on the node.
    pub max_pods: u32,
}

impl ControlPlaneNode {
    /// As what it joins.
    pub(super) fn registration(&self, cx: &Cx) -> NodeRegistration {
        let own = [
            ("provider-id", cx.get(&self.provider_id).clone()),
            ("node-ip", cx.get(&self.address).to_string()),
            ("max-pods", self.max_pods.to_string()),
        ];
        let own = own.into_iter().map(|(name, value)| Arg::new(name, value));
        let credentials = CREDENTIALS.into_iter().map(|(name, value)| Arg::new(name, value));
        NodeRegistration {
            name: cx.get(&self.node_name).clone(),
            cri_socket: "unix:///run/containerd/containerd.sock".to_owned(),
            kubelet_extra_args: [Arg::new("cloud-provider", "external")]
                .into_iter()
                .chain(own)
                .chain(credentials)
                .collect(),
        }
    }

    /// Where its API server listens.
    pub(super) fn endpoint(&self, cx: &Cx) -> LocalApiEndpoint {
        let advertise_address = cx.get(&self.address).to_string();
        LocalApiEndpoint { advertise_address, bind_port: 6443 }
    }

    /// Has kubeadm `init` or `join` it with this configuration, the cluster's authority, and what
    /// else all its machines have in common.
    pub(super) async fn become_one(
        &self,
        hosts: &Hosts,
        cx: &Cx,
        (verb, configuration): (&str, String),
        authority: [&Input<Secret<String>>; 2],
        shared: Option<&Input<Secret<String>>>,
    ) -> Result<(), StepError> {
        let mut input = format!("{verb}\n");
        for part in authority {
            input += &(BASE64_STANDARD.encode(cx.get(part).expose()?) + "\n");
        }
        input += &(BASE64_STANDARD.encode(configuration) + "\n");
        if let Some(shared) = shared {
            input += cx.get(shared).expose()?;
        }
        input += "end\n";
        let script = include_str!("control_plane.sh");
        let script = hopper_ssh::Script::new(cx.token(), script).input(input);
        play(hosts, cx, &self.way, &script).await
    }
}
