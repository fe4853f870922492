//! [`InitConfiguration`]: how the first machine of a control plane begins.

use super::{Document, NodeRegistration};
use serde::Serialize;

/// How the first machine of a control plane begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InitConfiguration {
    /// With what nodes may join.
    pub bootstrap_tokens: Vec<TimedToken>,
    /// Where its API server listens.
    #[serde(rename = "localAPIEndpoint")]
    pub local_api_endpoint: LocalApiEndpoint,
    /// As what the machine joins.
    pub node_registration: NodeRegistration,
}

/// With what nodes may join, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimedToken {
    /// The token.
    pub token: String,
    /// How long it is good, e.g. `2h0m0s`.
    pub ttl: String,
}

/// Where an API server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocalApiEndpoint {
    /// Its address.
    pub advertise_address: String,
    /// Its port.
    pub bind_port: u16,
}

impl Document for InitConfiguration {
    const API_VERSION: &'static str = "kubeadm.k8s.io/v1beta4";
    const KIND: &'static str = "InitConfiguration";
}
