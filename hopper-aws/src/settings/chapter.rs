//! [`ChapterSettings`]: the settings of the recipe `chapter`.

use super::{
    base_image::BaseImageSettings,
    bastion::BastionSettings,
    chapter_kubernetes::ChapterKubernetesSettings,
    control_plane::ControlPlaneSettings,
    identity::IdentitySettings,
    network::NetworkSettings,
    node_image::NodeImageSettings,
    problem::{Problem, Problems, SettingsError},
    source::Source,
    workers::WorkerSettings,
};
use crate::Tags;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// An example of a public key. Its private half was thrown away, so nobody can log in with it:
/// good for a simulator, and of no use on AWS.
pub const EXAMPLE_PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq";

/// The settings of the recipe `chapter`, with the chapter's own values as defaults.
///
/// ```
/// use hopper_aws::settings::ChapterSettings;
///
/// let settings = ChapterSettings::from_toml(
///     r#"
///     name = "lab"
///     [network]
///     zone = "eu-west-1b"
///     "#,
/// )?;
/// assert_eq!(settings.network.cidr.to_string(), "10.0.0.0/16");
///
/// let wrong = ChapterSettings::from_toml("network.public_cidr = '10.1.0.0/20'").unwrap_err();
/// assert_eq!(
///     wrong.to_string(),
///     "network.public_cidr: 10.1.0.0/20 is not within network.cidr 10.0.0.0/16"
/// );
/// # Ok::<(), hopper_aws::settings::SettingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChapterSettings {
    /// The cluster's name: the workflow's, and part of names and tags.
    pub name: String,
    /// The name of the key pair.
    pub key_name: String,
    /// The public key to import under that name, as in `~/.ssh/id_ed25519.pub`; ed25519 or RSA.
    pub public_key: String,
    /// Tags to put on everything.
    pub tags: Tags,
    /// Whether the volumes that Kubernetes has made for claims are deleted when all is undone, with
    /// what is stored in them; they are left otherwise.
    pub delete_volumes: bool,
    /// The network.
    pub network: NetworkSettings,
    /// The image that everything starts from.
    pub base_image: BaseImageSettings,
    /// The bastion.
    pub bastion: BastionSettings,
    /// Whom the machines act as.
    pub identity: IdentitySettings,
    /// The image of the cluster's machines.
    pub node_image: NodeImageSettings,
    /// The machine that governs the cluster.
    pub control_plane: ControlPlaneSettings,
    /// The machines that do the work.
    pub workers: WorkerSettings,
    /// What is inside the machines.
    pub kubernetes: ChapterKubernetesSettings,
}

/// The chapter's, and [`EXAMPLE_PUBLIC_KEY`].
impl Default for ChapterSettings {
    fn default() -> Self {
        Self {
            name: "hopper".to_owned(),
            key_name: "eds_laptop".to_owned(),
            public_key: EXAMPLE_PUBLIC_KEY.to_owned(),
            tags: Tags::new(),
            delete_volumes: false,
            network: NetworkSettings::default(),
            base_image: BaseImageSettings::default(),
            bastion: BastionSettings::default(),
            identity: IdentitySettings::default(),
            node_image: NodeImageSettings::default(),
            control_plane: ControlPlaneSettings::default(),
            workers: WorkerSettings::default(),
            kubernetes: ChapterKubernetesSettings::default(),
        }
    }
}

impl Source for ChapterSettings {
    fn mistakes(&self) -> Vec<Problem> {
        self.problems()
    }
}

impl ChapterSettings {
    /// The chapter's cluster under another name, which every other name begins with: as many of
    /// them as quotas allow can live side by side in one account.
    ///
    /// ```
    /// use hopper_aws::settings::ChapterSettings;
    ///
    /// assert_eq!(ChapterSettings::named("lab").identity.master, "lab-K8sMaster");
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Self {
        let mut settings = Self { name: name.to_owned(), ..Self::default() };
        let names = [
            &mut settings.key_name,
            &mut settings.identity.master,
            &mut settings.identity.node,
            &mut settings.node_image.name,
            &mut settings.workers.name,
            &mut settings.workers.launch_name,
        ];
        for inner in names {
            *inner = format!("{name}-{inner}");
        }
        settings
    }

    /// Reads settings from TOML; what is left out keeps its default.
    ///
    /// # Errors
    ///
    /// When it is no TOML, has a setting that does not exist, or settings that cannot be right:
    /// then all of them are named.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        Source::of_text(text)
    }

    /// Whether all of them can be right.
    pub(crate) fn checked(&self) -> Result<(), SettingsError> {
        self.without_mistakes()
    }

    /// Reads settings from a TOML file.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), and when the file cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        Source::of_file(path.as_ref())
    }

    /// Everything that cannot be right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        problems.check_name("name", &self.name, 64, "-_");
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
        problems.check(
            !self.key_name.is_empty() && self.key_name.len() <= 255 && self.key_name.is_ascii(),
            "key_name",
            "is not 1 to 255 ASCII characters",
        );
        problems.check_public_key("public_key", &self.public_key);
        problems.check_tags("tags", &self.tags);
        self.network.check(&mut problems);
        self.base_image.check(&mut problems);
        self.bastion.check(&mut problems);
        self.identity.check(&mut problems);
        self.node_image.check(&self.network, &mut problems);
        self.control_plane.check(&self.network, &mut problems);
        problems.check(
            self.node_image.address(&self.network) != self.control_plane.address(&self.network),
            "node_image.private_ip",
            "is the control plane's address as well",
        );
        self.workers.check(&mut problems);
        self.kubernetes.check(self.network.cidr, &mut problems);
        problems.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_right() {
        assert_eq!(ChapterSettings::default().problems(), []);
        assert_eq!(ChapterSettings::from_toml("").unwrap(), ChapterSettings::default());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let wrong = ChapterSettings::from_toml(
            r#"
            name = "a b"
            public_key = "ssh-rsa garbage"
            [network]
            zone = "nowhere"
            cidr = "10.0.0.0/8"
            public_cidr = "10.0.0.0/24"
            [base_image]
            owner = "canonical"
            [bastion]
            instance_type = "big"
            [identity]
            node = "K8sMaster"
            [node_image]
            name = "a"
            private_ip = "10.0.0.10"
            [control_plane]
            private_ip = "10.0.0.10"
            [workers]
            min = 3
            max = 2
            [kubernetes]
            version = "1.10"
            package = "1.10.3-00"
            key = "`reboot`"
            token_ttl = "for ever"
            service_cidr = "10.0.0.0/12"
            kubeconfig = ".kube/config"
            pod_network = { sha256 = "abc" }
            "#,
        );
        let SettingsError::Wrong(problems) = wrong.unwrap_err() else { panic!("not as expected") };
        let fields: Vec<&str> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "public_key",
                "network.zone",
                "network.cidr",
                "network.public_cidr",
                "base_image.owner",
                "bastion.instance_type",
                "identity.node",
                "node_image.name",
                "node_image.private_ip",
                "workers.min",
                "kubernetes.version",
                "kubernetes.package",
                "kubernetes.key",
                "kubernetes.pod_network.sha256",
                "kubernetes.kubeconfig",
                "kubernetes.token_ttl",
                "kubernetes.service_cidr",
            ]
        );
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let wrong = ChapterSettings::from_toml("[network]\nzones = 3").unwrap_err();
        assert!(wrong.to_string().contains("unknown field `zones`"), "{wrong}");
    }
}
