//! [`JoinControlPlane`]: a machine becomes a further one of a control plane.

use super::ControlPlaneNode;
use crate::{
    Hosts,
    kubeadm::{self, BootstrapTokenDiscovery, Discovery, Document as _, JoinConfiguration},
};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError};
use serde::{Deserialize, Serialize};

/// Has kubeadm make a machine a further one of a control plane, with a member of etcd of its own.
/// It goes with its machine: undoing it does nothing.
///
/// One after the other: etcd takes one new member at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JoinControlPlane {
    /// The machine.
    #[serde(flatten)]
    pub node: ControlPlaneNode,
    /// The authority's certificate, in PEM.
    pub certificate: Input<Secret<String>>,
    /// The authority's key, in PEM.
    pub key: Input<Secret<String>>,
    /// What the authority is known by: `sha256:…`.
    pub hash: Input<Secret<String>>,
    /// What else all machines of the control plane have in common.
    pub shared: Input<Secret<String>>,
    /// With what nodes may join.
    pub token: Input<Secret<String>>,
    /// Where the API is, e.g. `api.example:6443`.
    pub endpoint: Input<String>,
}

impl Step for JoinControlPlane {
    const KIND: &'static str = "kubernetes.join_control_plane";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let join = JoinConfiguration {
            discovery: Discovery {
                bootstrap_token: BootstrapTokenDiscovery {
                    api_server_endpoint: cx.get(&self.endpoint).clone(),
                    token: cx.get(&self.token).expose()?.clone(),
                    ca_cert_hashes: vec![cx.get(&self.hash).expose()?.clone()],
                },
            },
            control_plane: kubeadm::JoinControlPlane { local_api_endpoint: self.node.endpoint(cx) },
            node_registration: self.node.registration(cx),
        };
        let what = ("join", join.yaml().map_err(StepError::permanent)?);
        let authority = [&self.certificate, &self.key];
        self.node.become_one(hosts, cx, what, authority, Some(&self.shared)).await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again under the same token
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}
