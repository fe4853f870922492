//! [`NodeRegistration`]: as what a machine joins.

use serde::Serialize;

/// As what a machine joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeRegistration {
    /// The node's name.
    pub name: String,
    /// Where the container runtime listens.
    pub cri_socket: String,
    /// What else the kubelet is given.
    pub kubelet_extra_args: Vec<Arg>,
}

/// An argument of a component: since v1beta4 a list, so that one may stand there twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arg {
    /// Its name, without dashes.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Arg {
    /// One.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}
