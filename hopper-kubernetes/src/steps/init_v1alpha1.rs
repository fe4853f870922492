//! [`InitV1alpha1`]: a machine becomes the master of a cluster of 2018.

use super::script::play;
use crate::{
    Hosts, Way,
    kubeadm::{Document as _, LocalApiEndpoint, MasterConfiguration, Networking},
    pki::hash_of,
    printed::printed,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The certificate of the cluster's authority, where kubeadm puts it.
const AUTHORITY: &str = "/etc/kubernetes/pki/ca.crt";

/// Has kubeadm 1.10 make a machine the master of a cluster, whose programs talk to AWS themselves.
/// kubeadm makes the authority; what nodes know it by is read from the machine. It goes with its
/// machine: undoing it does nothing.
///
/// [`Init`](super::Init) is what one uses today.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InitV1alpha1 {
    /// The machine, with the cluster's programs on it.
    pub way: Way,
    /// The version of Kubernetes, e.g. `v1.10.3`.
    pub version: String,
    /// With what nodes may join.
    pub token: Input<Secret<String>>,
    /// For how long they may, e.g. `24h0m0s`; with `0` for ever.
    pub token_ttl: String,
    /// The machine's address.
    pub address: Input<Ipv4Addr>,
    /// How many pods fit on the node.
    pub max_pods: u32,
    /// The addresses of Services: none of the VPC's.
    pub service_subnet: String,
}

outputs! {
    /// A master.
    pub struct InitV1alpha1Out -> InitV1alpha1Refs {
        /// What nodes know the cluster's authority by: `sha256:…`.
        hash: String,
    }
}

impl Step for InitV1alpha1 {
    const KIND: &'static str = "kubernetes.init_v1alpha1";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = InitV1alpha1Out;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<InitV1alpha1Out, StepError> {
        let configuration = self.configuration(cx)?.yaml().map_err(StepError::permanent)?;
        let input = format!("{}\n{}\n", self.max_pods, BASE64_STANDARD.encode(configuration));
        let text = include_str!("init_v1alpha1.sh");
        let script = hopper_ssh::Script::new(cx.token(), text).input(input);
        play(hosts, cx, &self.way, &script).await?;
        let place = self.way.place(cx)?;
        let certificate = printed(hosts, &place, &format!("cat {AUTHORITY}")).await?;
        let certificate = String::from_utf8_lossy(&certificate);
        let hash = hash_of(&certificate).map_err(|error| {
            StepError::permanent(format_args!("{AUTHORITY} on {}: {error}", place.name))
        })?;
        Ok(InitV1alpha1Out { hash })
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<InitV1alpha1Out>, StepError> {
        Ok(Found::Absent) // never asked: it is run again under the same token
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, InitV1alpha1Out>) -> Result<(), StepError> {
        Ok(())
    }
}

impl InitV1alpha1 {
    /// kubeadm's configuration: a secret, for the token is in it.
    fn configuration(&self, cx: &Cx) -> Result<MasterConfiguration, StepError> {
        let address = cx.get(&self.address).to_string();
        Ok(MasterConfiguration {
            kubernetes_version: self.version.clone(),
            cloud_provider: "aws".to_owned(),
            api_server_cert_sans: vec![address.clone(), "127.0.0.1".to_owned()],
            api: LocalApiEndpoint { advertise_address: address, bind_port: 6443 },
            token: cx.get(&self.token).expose()?.clone(),
            token_ttl: self.token_ttl.clone(),
            networking: Networking { service_subnet: self.service_subnet.clone() },
        })
    }
}
