//! [`NodeImageSettings`]: the image of the cluster's machines.

use super::{network::NetworkSettings, problem::Problems};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The image that the cluster's machines start from, and the machine it is taken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeImageSettings {
    /// The image's name, which only one image of the account and region can have.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The size of the machine that it is taken of.
    pub instance_type: String,
    /// That machine's address in the private subnet: fixed, so that it never takes the master's.
    /// Unless it is set, the recipe takes the eleventh one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<Ipv4Addr>,
}

/// The chapter's, but for the address, which AWS chooses there.
impl Default for NodeImageSettings {
    fn default() -> Self {
        Self {
            name: "k8s-1.10.3-001".to_owned(),
            description: "Kubernetes v1.10.3".to_owned(),
            instance_type: "t2.micro".to_owned(),
            private_ip: None,
        }
    }
}

impl NodeImageSettings {
    /// The address of the machine that it is taken of, in this network.
    pub(crate) fn address(&self, network: &NetworkSettings) -> Ipv4Addr {
        self.private_ip.unwrap_or_else(|| network.private_cidr.address(11))
    }

    pub(super) fn check(&self, network: &NetworkSettings, problems: &mut Problems) {
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
        problems.check_name("node_image.name", &self.name, 128, "()[] ./-'@_");
        problems.check(
            2 < self.name.len(),
            "node_image.name",
            format_args!("`{}` has fewer than 3 letters", self.name),
        );
        problems.check_instance_type("node_image.instance_type", &self.instance_type);
        network.check_private_ip("node_image.private_ip", self.address(network), problems);
    }
}
