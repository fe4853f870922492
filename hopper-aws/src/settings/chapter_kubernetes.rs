//! [`ChapterKubernetesSettings`]: what is inside the chapter's machines.

use super::problem::Problems;
use crate::Cidr;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What is inside the chapter's machines: Kubernetes as it was in 2018. What it is downloaded from
/// has gone since: it can be had on a simulator, or where there is a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChapterKubernetesSettings {
    /// Its version, e.g. `1.10.3`.
    pub version: String,
    /// The version of its packages, e.g. `1.10.3-00`.
    pub package: String,
    /// Where they are: address, suite and components.
    pub repository: String,
    /// The key that signs the repository.
    pub key: String,
    /// How long nodes may join with the token that is in the workers' user data, e.g. `24h0m0s`.
    /// After that new workers do not join. With `0`, as in the chapter, whoever has once seen it
    /// may join for ever.
    pub token_ttl: String,
    /// The addresses of Services: none of the network's.
    pub service_cidr: Cidr,
    /// The manifest of the pod network.
    pub pod_network: ChapterPodNetwork,
    /// A kubeconfig on this machine into which the cluster is put, for `kubectl` through
    /// `hopper tunnel`; what was in the file stays, and comes back exactly when all is undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubeconfig: Option<PathBuf>,
    /// The image of the page that shows that the cluster works, which serves on port 80.
    pub demo_image: String,
}

/// The manifest of the pod network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChapterPodNetwork {
    /// Where it is.
    pub url: String,
    /// Its SHA-256 in hexadecimal, if it shall be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// The chapter's manifest, at a tag and not on a branch that goes on.
impl Default for ChapterPodNetwork {
    fn default() -> Self {
        let url = "https://raw.githubusercontent.com/aws/amazon-vpc-cni-k8s/v1.3.2/config/v1.3/aws-k8s-cni.yaml";
        Self { url: url.to_owned(), sha256: None }
    }
}

/// The chapter's, but for the token, which expires after a day as kubeadm's own do.
impl Default for ChapterKubernetesSettings {
    fn default() -> Self {
        Self {
            version: "1.10.3".to_owned(),
            package: "1.10.3-00".to_owned(),
            repository: "http://apt.kubernetes.io/ kubernetes-xenial main".to_owned(),
            key: "https://packages.cloud.google.com/apt/doc/apt-key.gpg".to_owned(),
            token_ttl: "24h0m0s".to_owned(),
            service_cidr: Cidr::constant([10, 96, 0, 0], 12),
            pod_network: ChapterPodNetwork::default(),
            kubeconfig: None,
            demo_image: "errm/kubegratulations".to_owned(),
        }
    }
}

impl ChapterKubernetesSettings {
    pub(super) fn check(&self, network: Cidr, problems: &mut Problems) {
        let (version, package) = (&self.version, &self.package);
        problems.check(
            version.starts_with("1.") && version.split('.').count() == 3,
            "kubernetes.version",
            format_args!("`{version}` is no version, write it as 1.10.3"),
        );
        problems.check(
            package.starts_with(&format!("{version}-")),
            "kubernetes.package",
            format_args!("`{package}` is no package of {version}, write it as {version}-00"),
        );
        let plain = |text: &str| {
            let legal = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/+ ".contains(&b);
            !text.is_empty() && text.bytes().all(legal)
        };
        let texts = [
            ("kubernetes.version", version),
            ("kubernetes.package", package),
            ("kubernetes.repository", &self.repository),
            ("kubernetes.key", &self.key),
            ("kubernetes.pod_network.url", &self.pod_network.url),
        ];
        for (field, text) in texts {
            let told = "has other characters than letters, digits, spaces and -._~:/+";
            problems.check(plain(text), field, format_args!("`{text}` {told}"));
        }
        if let Some(sum) = &self.pod_network.sha256 {
            problems.check_sha256("kubernetes.pod_network.sha256", sum);
        }
        problems.check_absolute("kubernetes.kubeconfig", self.kubeconfig.as_deref());
        let ttl = &self.token_ttl;
        let is_time = ttl.ends_with(['h', 'm', 's'])
            && ttl.bytes().all(|b| b.is_ascii_digit() || b"hms.".contains(&b));
        problems.check(
            is_time || ttl == "0",
            "kubernetes.token_ttl",
            format_args!("`{ttl}` is no time, write it as 24h0m0s"),
        );
        problems.check(
            !network.overlaps(&self.service_cidr),
            "kubernetes.service_cidr",
            format_args!("{} overlaps network.cidr {network}", self.service_cidr),
        );
    }
}
