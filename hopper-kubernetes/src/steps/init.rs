//! [`Init`]: a machine becomes the first of a control plane.

use super::ControlPlaneNode;
use crate::{
    Hosts,
    kubeadm::{
        ApiServer, Arg, ClusterConfiguration, Component, Document as _, InitConfiguration,
        KubeletConfiguration, Networking, TimedToken, documents,
    },
};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError};
use serde::{Deserialize, Serialize};

/// Has kubeadm make a machine the first of a control plane, with an authority and a token that are
/// known beforehand. It goes with its machine: undoing it does nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Init {
    /// The machine.
    #[serde(flatten)]
    pub node: ControlPlaneNode,
    /// The cluster's name.
    pub cluster: String,
    /// The version of Kubernetes, e.g. `v1.36.3`.
    pub version: String,
    /// The authority's certificate, in PEM.
    pub certificate: Input<Secret<String>>,
    /// The authority's key, in PEM.
    pub key: Input<Secret<String>>,
    /// What [further machines](super::JoinControlPlane) have in common with it; made by kubeadm if
    /// there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<Input<Secret<String>>>,
    /// Where the API is for everybody, e.g. `api.example:6443`; the machine's address if it is the
    /// only one. It has to lead to the machine by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Input<String>>,
    /// With what nodes may join.
    pub token: Input<Secret<String>>,
    /// For how long they may, e.g. `2h0m0s`.
    pub token_ttl: String,
    /// The addresses of Services: none of the VPC's.
    pub service_subnet: String,
}

impl Step for Init {
    const KIND: &'static str = "kubernetes.init";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let what = ("init", self.configuration(cx)?);
        let authority = [&self.certificate, &self.key];
        self.node.become_one(hosts, cx, what, authority, self.shared.as_ref()).await
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
        let address = cx.get(&self.node.address).to_string();
        let init = InitConfiguration {
            bootstrap_tokens: vec![TimedToken {
                token: cx.get(&self.token).expose()?.clone(),
                ttl: self.token_ttl.clone(),
            }],
            local_api_endpoint: self.node.endpoint(cx),
            node_registration: self.node.registration(cx),
        };
        let cluster = ClusterConfiguration {
            kubernetes_version: self.version.clone(),
            cluster_name: self.cluster.clone(),
            control_plane_endpoint: match &self.endpoint {
                Some(endpoint) => cx.get(endpoint).clone(),
                None => format!("{address}:6443"),
            },
            api_server: ApiServer { cert_sans: vec![address, "127.0.0.1".to_owned()] },
            controller_manager: Component {
                extra_args: vec![Arg::new("cloud-provider", "external")],
            },
            networking: Networking { service_subnet: self.service_subnet.clone() },
        };
        let texts = [init.yaml(), cluster.yaml(), KubeletConfiguration::default().yaml()];
        let texts: Result<Vec<String>, _> = texts.into_iter().collect();
        texts.map(|texts| documents(&texts)).map_err(StepError::permanent)
    }
}
