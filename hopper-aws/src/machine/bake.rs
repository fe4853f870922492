//! [`Bake`]: the script that makes a machine a node.

use super::render;
use crate::settings::NodeSettings;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What the names of node images begin with.
pub const NODE_IMAGE_PREFIX: &str = "hopper-node-";

/// Where the pod network's manifest is kept on a node.
pub(crate) const POD_NETWORK: &str = "/opt/hopper/pod-network.yaml";

/// The script that makes a machine a node of Kubernetes, but for what makes it one of a cluster,
/// and leaves nothing of its own on it: an image may then be taken of it.
///
/// All that it downloads is checked: packages by the signatures of their repositories, files by
/// their SHA-256. Each of its parts tells its name, `==> …`, so that a failure says where.
///
/// ```
/// use hopper_aws::{machine::Bake, settings::{BaseImageSettings, NodeSettings}};
///
/// let base = BaseImageSettings::noble();
/// let bake = Bake::new(&NodeSettings::default(), &[])?;
/// assert!(bake.script().starts_with("#!/bin/bash"));
/// assert!(bake.image_name(&base).starts_with("hopper-node-1.36.3-"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bake {
    version: String,
    script: String,
}

#[derive(Serialize)]
struct Values<'a> {
    #[serde(flatten)]
    node: &'a NodeSettings,
    images: &'a [String],
    pod_network_file: &'a str,
    forward_accept: &'a str,
    default_link: &'a str,
    networkd: &'a str,
}

impl Bake {
    /// The script of these settings; what runs on every cluster and is worth having on a node
    /// beforehand is in `images`.
    ///
    /// # Errors
    ///
    /// When the template cannot be filled in, which is a mistake of this crate's.
    pub fn new(node: &NodeSettings, images: &[String]) -> Result<Self, minijinja::Error> {
        let values = Values {
            node,
            images,
            pod_network_file: POD_NETWORK,
            forward_accept: include_str!("forward-accept.service"),
            default_link: include_str!("99-default.link"),
            networkd: include_str!("networkd.conf"),
        };
        let script = render("bake.sh", include_str!("bake.sh.j2"), values)?;
        Ok(Self { version: node.kubernetes.version.clone(), script })
    }

    /// A script of one's own, that makes a machine a node of that version.
    pub fn of(version: impl Into<String>, script: impl Into<String>) -> Self {
        Self { version: version.into(), script: script.into() }
    }

    /// The version of Kubernetes, e.g. `1.36.3`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The script, for a machine with Ubuntu 24.04.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.script
    }

    /// The name of the image that comes of it: it tells the version, and twelve digits of the
    /// SHA-256 of all that goes into it, the script and which image it starts from. So the same
    /// settings find the image again, and others do not.
    ///
    /// A base image is named by a pattern; a newer image of the same pattern is not another.
    #[must_use]
    pub fn image_name(&self, base: &crate::settings::BaseImageSettings) -> String {
        let mut hash = Sha256::new();
        for part in [&self.script, &base.owner, &base.name] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{NODE_IMAGE_PREFIX}{}-{}", self.version, &digits[..12])
    }
}
