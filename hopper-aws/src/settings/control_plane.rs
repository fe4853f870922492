//! [`ControlPlaneSettings`]: the machine that governs the cluster.

use super::{network::NetworkSettings, problem::Problems};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The machine that governs the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ControlPlaneSettings {
    /// Its size.
    pub instance_type: String,
    /// Its address in the private subnet, by which the nodes know it. Unless it is set, the
    /// recipe takes the tenth one: 10.0.0.10, in the chapter's subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<Ipv4Addr>,
}

/// The chapter's.
impl Default for ControlPlaneSettings {
    fn default() -> Self {
        Self { instance_type: "t2.medium".to_owned(), private_ip: None }
    }
}

impl ControlPlaneSettings {
    /// The address it has in this network.
    pub(crate) fn address(&self, network: &NetworkSettings) -> Ipv4Addr {
        self.private_ip.unwrap_or_else(|| network.private_cidr.address(10))
    }

    pub(super) fn check(&self, network: &NetworkSettings, problems: &mut Problems) {
        problems.check_instance_type("control_plane.instance_type", &self.instance_type);
        network.check_private_ip("control_plane.private_ip", self.address(network), problems);
    }
}
