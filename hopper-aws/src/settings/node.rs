//! [`NodeSettings`]: what is on a node.

use super::problem::Problems;
use serde::{Deserialize, Serialize};

/// What is on a node, from where: an image is made of it once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeSettings {
    /// Kubernetes itself.
    pub kubernetes: KubernetesSettings,
    /// What runs containers.
    pub docker: DockerSettings,
    /// The program with which a kubelet logs in to ECR.
    pub credential_provider: CredentialProvider,
    /// The manifest of the pod network.
    pub pod_network: PodNetwork,
}

/// Kubernetes itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KubernetesSettings {
    /// Its version, e.g. `1.36.3`.
    pub version: String,
    /// The version of its packages, e.g. `1.36.3-1.1`.
    pub package: String,
    /// Where they are: there is a repository for each minor version.
    pub repository: String,
}

impl Default for KubernetesSettings {
    fn default() -> Self {
        Self {
            version: "1.36.3".to_owned(),
            package: "1.36.3-1.1".to_owned(),
            repository: "https://pkgs.k8s.io/core:/stable:/v1.36/deb/".to_owned(),
        }
    }
}

/// What runs containers: Docker's package of containerd, which has runc in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DockerSettings {
    /// The version of `containerd.io`: 2.x, since Kubernetes 1.36 has left 1.x behind.
    pub containerd: String,
    /// Where it is.
    pub repository: String,
    /// The key that signs the repository.
    pub key: String,
}

impl Default for DockerSettings {
    fn default() -> Self {
        Self {
            containerd: "2.2.4-1~ubuntu.24.04~noble".to_owned(),
            repository: "https://download.docker.com/linux/ubuntu".to_owned(),
            key: "https://download.docker.com/linux/ubuntu/gpg".to_owned(),
        }
    }
}

/// A file from the internet, known by its content.
macro_rules! download {
    ($(#[$meta:meta])* $name:ident, $url:expr, $sha256:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// Where it is.
            pub url: String,
            /// Its SHA-256, in hexadecimal.
            pub sha256: String,
        }

        impl Default for $name {
            fn default() -> Self {
                Self { url: $url.to_owned(), sha256: $sha256.to_owned() }
            }
        }
    };
}

download! {
    /// The program with which a kubelet logs in to ECR, where the images of the pod network are:
    /// `ecr-credential-provider` of cloud-provider-aws. Not every version is published.
    CredentialProvider,
    "https://artifacts.k8s.io/binaries/cloud-provider-aws/v1.29.0/linux/amd64/ecr-credential-provider-linux-amd64",
    "0d97641c8977fe775cb18f9e6f40acd99ef2570543b55e5c13dec320dcaa8ee3"
}

download! {
    /// The manifest of the pod network: amazon-vpc-cni-k8s, at its tag.
    PodNetwork,
    "https://raw.githubusercontent.com/aws/amazon-vpc-cni-k8s/v1.23.0/config/master/aws-k8s-cni.yaml",
    "3a932385c0db788d8b080b8a9ea262681ed2b564bcc764f95e5b886bdf8494ab"
}

impl NodeSettings {
    /// The same, with the checksums of what is at these addresses: a simulator's internet has
    /// stand-ins for what is really there.
    #[must_use]
    pub fn with_checksums(mut self, of: impl Fn(&str) -> Option<String>) -> Self {
        let files = [
            (&self.credential_provider.url, &mut self.credential_provider.sha256),
            (&self.pod_network.url, &mut self.pod_network.sha256),
        ];
        for (url, sha256) in files {
            if let Some(actual) = of(url) {
                *sha256 = actual;
            }
        }
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        let numbers = |text: &str| {
            let parts: Vec<&str> = text.split('.').collect();
            let is_number =
                |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            parts.len() == 3 && parts.iter().all(is_number)
        };
        let version = &self.kubernetes.version;
        problems.check(
            numbers(version),
            "node.kubernetes.version",
            format_args!("`{version}` is no version, write it as 1.36.3"),
        );
        let package = &self.kubernetes.package;
        problems.check(
            package.starts_with(&format!("{version}-")),
            "node.kubernetes.package",
            format_args!("`{package}` is no package of {version}, write it as {version}-1.1"),
        );
        let minor = version.rsplit_once('.').map_or("", |(minor, _)| minor);
        let repository = &self.kubernetes.repository;
        problems.check(
            repository.contains(&format!("/v{minor}/")) && repository.ends_with('/'),
            "node.kubernetes.repository",
            format_args!("`{repository}` is not the one of {minor}, which has /v{minor}/ in it, and ends with /"),
        );
        let plain = |text: &str| {
            let legal = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/+".contains(&b);
            !text.is_empty() && text.bytes().all(legal)
        };
        let texts = [
            ("node.kubernetes.package", package),
            ("node.docker.containerd", &self.docker.containerd),
        ];
        for (field, text) in texts {
            problems.check(plain(text), field, format_args!("`{text}` is no version of a package"));
        }
        let urls = [
            ("node.kubernetes.repository", repository),
            ("node.docker.repository", &self.docker.repository),
            ("node.docker.key", &self.docker.key),
            ("node.credential_provider.url", &self.credential_provider.url),
            ("node.pod_network.url", &self.pod_network.url),
        ];
        for (field, url) in urls {
            let is_url = url.starts_with("https://") || url.starts_with("http://127.0.0.1:");
            problems.check(
                is_url && plain(url),
                field,
                format_args!("`{url}` is no address, write it as https://example.com/file"),
            );
        }
        let sums = [
            ("node.credential_provider.sha256", &self.credential_provider.sha256),
            ("node.pod_network.sha256", &self.pod_network.sha256),
        ];
        for (field, sum) in sums {
            problems.check_sha256(field, sum);
        }
    }
}
