//! [`ClusterSettings`]: the settings of the recipe `cluster`.

use super::{
    base_image::BaseImageSettings,
    chapter::EXAMPLE_PUBLIC_KEY,
    cluster_network::ClusterNetworkSettings,
    node::NodeSettings,
    problem::{Problem, Problems, SettingsError},
    source::Source,
};
use crate::{Cidr, ImageId, Tags, machine::max_pods};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

/// The settings of the recipe [`cluster`](crate::recipes::cluster()).
///
/// ```
/// use hopper_aws::settings::ClusterSettings;
///
/// let settings = ClusterSettings::from_toml(
///     r#"
///     name = "prod"
///     ssh_from = "203.0.113.7/32"
///     [network]
///     zones = ["eu-west-1a", "eu-west-1b"]
///     [workers]
///     min = 2
///     max = 5
///     "#,
/// )?;
/// assert_eq!(settings.workers.instance_type, "t3.medium");
/// # Ok::<(), hopper_aws::settings::SettingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterSettings {
    /// The cluster's name: the workflow's, that of the cluster in Kubernetes, and what names and
    /// tags begin with.
    pub name: String,
    /// The public key with which one logs in, as in `~/.ssh/id_ed25519.pub`; ed25519 or RSA.
    pub public_key: String,
    /// From where one may: your own address, e.g. `203.0.113.7/32`.
    pub ssh_from: Cidr,
    /// For how many seconds one waits for machines to show their host keys on their consoles; one
    /// that has not is believed at first sight. On types that are not Nitro a console lags by
    /// minutes.
    pub host_keys_patience: u32,
    /// A kubeconfig on this machine into which the cluster is put, with a certificate of its own,
    /// for `kubectl` through `hopper tunnel`; what was in the file stays, and comes back exactly
    /// when all is undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubeconfig: Option<PathBuf>,
    /// Tags to put on everything.
    pub tags: Tags,
    /// Whether the volumes that Kubernetes has made for claims are deleted when all is undone, with
    /// what is stored in them; they are left otherwise.
    pub delete_volumes: bool,
    /// The network.
    pub network: ClusterNetworkSettings,
    /// The image that everything starts from: Ubuntu 24.04.
    pub base_image: BaseImageSettings,
    /// What is on a node.
    pub node: NodeSettings,
    /// The image of the nodes.
    pub image: ImageSettings,
    /// The type of the bastion.
    pub bastion_type: String,
    /// The type of the control plane's machine: at least 2 processors and 2 GB ("Installing
    /// kubeadm", Kubernetes documentation).
    pub control_plane_type: String,
    /// How many machines the control plane has: 1; or 3 or 5 behind a network load balancer, of which
    /// one or two may fail ("Options for Highly Available Topology", Kubernetes documentation).
    pub control_plane_nodes: u8,
    /// The machines that do the work.
    pub workers: ClusterWorkerSettings,
    /// The image of the cloud controller.
    pub cloud_controller: String,
    /// The page that shows that the cluster works; none without an image.
    pub demo: DemoSettings,
}

/// The image of the nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageSettings {
    /// One that is there already; otherwise that of the name which the settings of the node give,
    /// which [`node_image_workflow`](crate::recipes::node_image_workflow()) makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ImageId>,
    /// The type of the machine that it is made on.
    pub builder_type: String,
}

impl Default for ImageSettings {
    fn default() -> Self {
        Self { id: None, builder_type: "t3.medium".to_owned() }
    }
}

/// The machines that do the work: a group that holds their number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterWorkerSettings {
    /// Their type.
    pub instance_type: String,
    /// How many pods fit on one: known for common types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pods: Option<u32>,
    /// How many there are at least, and to begin with.
    pub min: u16,
    /// How many there are at most.
    pub max: u16,
    /// Labels of their nodes. `node-role.kubernetes.io/…` and the like are refused by the kubelet.
    pub labels: BTreeMap<String, String>,
}

impl Default for ClusterWorkerSettings {
    fn default() -> Self {
        Self {
            instance_type: "t3.medium".to_owned(),
            max_pods: None,
            min: 1,
            max: 1,
            labels: BTreeMap::from([("hopper/pool".to_owned(), "workers".to_owned())]),
        }
    }
}

/// The page that shows that the cluster works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemoSettings {
    /// Whether there is one, behind a load balancer that everybody reaches.
    pub enabled: bool,
    /// Its image, which serves on port 80.
    pub image: String,
}

/// The chapter's page.
impl Default for DemoSettings {
    fn default() -> Self {
        Self { enabled: true, image: "docker.io/errm/kubegratulations:latest".to_owned() }
    }
}

/// An address for documentation (RFC 5737), and a key to which nobody has the private half: both
/// have to be set for the real AWS.
impl Default for ClusterSettings {
    fn default() -> Self {
        Self {
            name: "hopper".to_owned(),
            public_key: EXAMPLE_PUBLIC_KEY.to_owned(),
            ssh_from: EXAMPLE_ADDRESS,
            host_keys_patience: 45,
            kubeconfig: None,
            tags: Tags::new(),
            delete_volumes: false,
            network: ClusterNetworkSettings::default(),
            base_image: BaseImageSettings::noble(),
            node: NodeSettings::default(),
            image: ImageSettings::default(),
            bastion_type: "t3.micro".to_owned(),
            control_plane_type: "t3.medium".to_owned(),
            control_plane_nodes: 1,
            workers: ClusterWorkerSettings::default(),
            cloud_controller: "registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.1"
                .to_owned(),
            demo: DemoSettings::default(),
        }
    }
}

/// An address for documentation (RFC 5737), from which nobody comes: good for a simulator.
pub const EXAMPLE_ADDRESS: Cidr = Cidr::constant([192, 0, 2, 7], 32);

impl Source for ClusterSettings {
    fn mistakes(&self) -> Vec<Problem> {
        self.problems()
    }
}

impl ClusterSettings {
    /// Reads settings from TOML; what is left out keeps its default.
    ///
    /// # Errors
    ///
    /// When it is no TOML, has a setting that does not exist, or settings that cannot be right:
    /// then all of them are named.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        Source::of_text(text)
    }

    /// Reads settings from a TOML file.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), and when the file cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        Source::of_file(path.as_ref())
    }

    /// Whether all of them can be right.
    pub(crate) fn checked(&self) -> Result<(), SettingsError> {
        self.without_mistakes()
    }

    /// How long host keys on consoles are waited for.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.host_keys_patience.into())
    }

    /// Everything that cannot be right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        // The longest name with it is a role's, of 64 letters.
        problems.check_name("name", &self.name, 48, "-");
        problems.check_public_key("public_key", &self.public_key);
        problems.check(
            self.ssh_from != Cidr::ANYWHERE,
            "ssh_from",
            "lets everybody try to log in: give your own address, e.g. 203.0.113.7/32",
        );
        problems.check_absolute("kubeconfig", self.kubeconfig.as_deref());
        problems.check_tags("tags", &self.tags);
        self.network.check(&mut problems);
        self.base_image.check(&mut problems);
        self.node.check(&mut problems);
        let types = [
            ("bastion_type", &self.bastion_type),
            ("control_plane_type", &self.control_plane_type),
            ("image.builder_type", &self.image.builder_type),
            ("workers.instance_type", &self.workers.instance_type),
        ];
        for (field, text) in types {
            problems.check_instance_type(field, text);
        }
        problems.check(
            max_pods(&self.control_plane_type).is_some(),
            "control_plane_type",
            format_args!(
                "how many pods fit on `{}` is not known: use another",
                self.control_plane_type
            ),
        );
        problems.check(
            matches!(self.control_plane_nodes, 1 | 3 | 5),
            "control_plane_nodes",
            format_args!("{} is neither 1, nor 3, nor 5", self.control_plane_nodes),
        );
        // "CreateLoadBalancer" (Elastic Load Balancing API reference): 32 letters, and not this.
        let is_good = self.name.len() <= 28 && !self.name.starts_with("internal-");
        problems.check(
            self.control_plane_nodes == 1 || is_good,
            "name",
            "is no name for a load balancer: at most 28 letters, and not `internal-…`",
        );
        self.workers.check(&mut problems);
        problems.0
    }
}

impl ClusterWorkerSettings {
    /// How many pods fit on one.
    pub(crate) fn max_pods(&self) -> u32 {
        self.max_pods.or_else(|| max_pods(&self.instance_type)).unwrap_or(MOST_PODS)
    }

    fn check(&self, problems: &mut Problems) {
        problems.check(
            self.min <= self.max,
            "workers.min",
            format_args!("{} is more than workers.max {}", self.min, self.max),
        );
        problems.check(
            self.max_pods.is_some() || max_pods(&self.instance_type).is_some(),
            "workers.max_pods",
            format_args!("how many pods fit on `{}` is not known: say it", self.instance_type),
        );
        for (key, value) in &self.labels {
            let prefix = key.split_once('/').map_or("", |(prefix, _)| prefix);
            // https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
            let is_own =
                prefix.ends_with("node.kubernetes.io") || prefix.ends_with("kubelet.kubernetes.io");
            let is_kept = prefix.ends_with("kubernetes.io") || prefix.ends_with("k8s.io");
            problems.check(
                is_own || !is_kept,
                "workers.labels",
                format_args!("`{key}` may not be set by a kubelet: use a prefix of your own"),
            );
            let legal = |text: &str| {
                text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
            };
            problems.check(
                !key.is_empty() && legal(key) && legal(value) && value.len() <= 63,
                "workers.labels",
                format_args!("`{key}={value}` is no label"),
            );
        }
    }
}

/// More than that is not recommended on a node ("Considerations for large clusters", Kubernetes
/// documentation).
const MOST_PODS: u32 = 110;
