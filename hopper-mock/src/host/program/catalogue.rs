//! The repositories of packages that are out there, and what is in them.

/// A package that can be installed.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) version: String,
    /// Packages that come with it.
    pub(super) needs: &'static [&'static str],
    /// Programs it has.
    pub(super) programs: &'static [&'static str],
    /// A unit it has, and whether it starts at once.
    pub(super) unit: Option<(&'static str, bool)>,
}

/// Packages of Ubuntu's archive that recipes install, with their versions in 24.04.
const UBUNTU: &[(&str, &str)] = &[
    ("apt-transport-https", "2.8.3"),
    ("ca-certificates", "20240203"),
    ("conntrack", "1:1.4.8-1ubuntu1"),
    ("curl", "8.5.0-2ubuntu10.6"),
    ("ebtables", "2.0.11-6build1"),
    ("ethtool", "1:6.7-1build1"),
    ("gnupg", "2.4.4-2ubuntu17"),
    ("gpg", "2.4.4-2ubuntu17"),
    ("ipset", "7.19-1ubuntu2"),
    ("iptables", "1.8.10-3ubuntu2"),
    ("ipvsadm", "1:1.31-1ubuntu0.1"),
    ("nfs-common", "1:2.6.4-3ubuntu5.1"),
    ("socat", "1.8.0.0-4build3"),
    ("unzip", "6.0-28ubuntu4"),
];

/// The same in 16.04.
const XENIAL: &[(&str, &str)] = &[
    ("apt-transport-https", "1.2.26"),
    ("bridge-utils", "1.5-9ubuntu1"),
    ("ca-certificates", "20170717~16.04.1"),
    ("cgroupfs-mount", "1.2"),
    ("curl", "7.47.0-1ubuntu2.8"),
    ("ebtables", "2.0.10.4-3.4ubuntu2"),
    ("ethtool", "1:4.5-1"),
    ("iptables", "1.6.0-2ubuntu3"),
    ("socat", "1.7.3.1-1"),
    ("ubuntu-fan", "0.12.8~16.04.2"),
];

/// The newest packages of Kubernetes where they were until 2024.
const LAST_KUBERNETES: &str = "1.28.2-00";

fn plain(name: &'static str, version: &str) -> Package {
    Package { name, version: version.to_owned(), needs: &[], programs: &[], unit: None }
}

/// The key that signs the repository at an address: where it is published.
pub(super) fn key_of(address: &str) -> Option<&'static str> {
    let is_kubernetes = address.trim_end_matches('/').ends_with("//apt.kubernetes.io");
    is_kubernetes.then_some("https://packages.cloud.google.com/apt/doc/apt-key.gpg")
}

/// The packages of a suite of the repository at an address, if there is one.
pub(super) fn of(address: &str, suite: &str) -> Option<Vec<Package>> {
    let address = address.trim_end_matches('/');
    if address.ends_with("ubuntu.com/ubuntu") && suite.starts_with("xenial") {
        let mut all: Vec<_> = XENIAL.iter().map(|(name, version)| plain(name, version)).collect();
        all.push(Package {
            needs: &["bridge-utils", "cgroupfs-mount", "ubuntu-fan"],
            programs: &["docker", "docker-containerd", "docker-runc", "dockerd"],
            unit: Some(("docker.service", true)),
            ..plain("docker.io", "17.03.2-0ubuntu2~16.04.1")
        });
        all.push(Package { programs: &["jq"], ..plain("jq", "1.5+dfsg-1ubuntu0.1") });
        return Some(all);
    }
    if address.ends_with("//apt.kubernetes.io") && suite == "kubernetes-xenial" {
        let kubernetes = |name| plain(name, LAST_KUBERNETES);
        return Some(vec![
            Package { programs: &["kubeadm"], ..kubernetes("kubeadm") },
            Package { programs: &["kubectl"], ..kubernetes("kubectl") },
            Package {
                needs: &["ebtables", "ethtool", "kubernetes-cni", "socat"],
                programs: &["kubelet"],
                unit: Some(("kubelet.service", true)),
                ..kubernetes("kubelet")
            },
            plain("kubernetes-cni", "0.6.0-00"),
        ]);
    }
    if address.ends_with("ubuntu.com/ubuntu") {
        let mut all: Vec<_> = UBUNTU.iter().map(|(name, version)| plain(name, version)).collect();
        all.push(Package {
            needs: &["runc"],
            programs: &["containerd", "containerd-shim-runc-v2", "ctr"],
            unit: Some(("containerd.service", true)),
            ..plain("containerd", "1.7.24-0ubuntu1~24.04.2")
        });
        all.push(Package { programs: &["runc"], ..plain("runc", "1.1.12-0ubuntu3.1") });
        all.push(Package { programs: &["jq"], ..plain("jq", "1.7.1-3build1") });
        return Some(all);
    }
    if address == "https://download.docker.com/linux/ubuntu" {
        return Some(vec![Package {
            programs: &["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
            unit: Some(("containerd.service", true)),
            ..plain("containerd.io", "2.2.4-1~ubuntu.24.04~noble")
        }]);
    }
    let minor = address.strip_prefix("https://pkgs.k8s.io/core:/stable:/v1.")?;
    let minor: u32 = minor.strip_suffix("/deb")?.parse().ok()?;
    let version = format!("1.{minor}.{}-1.1", newest_patch(minor));
    Some(vec![
        Package { programs: &["crictl"], ..plain("cri-tools", &format!("1.{minor}.0-1.1")) },
        Package { needs: &["cri-tools"], programs: &["kubeadm"], ..plain("kubeadm", &version) },
        Package { programs: &["kubectl"], ..plain("kubectl", &version) },
        Package {
            needs: &["kubernetes-cni"],
            programs: &["kubelet"],
            unit: Some(("kubelet.service", true)),
            ..plain("kubelet", &version)
        },
        plain("kubernetes-cni", "1.8.0-1.1"),
    ])
}

/// The newest patch of a minor version of Kubernetes, as far as the project pins one.
fn newest_patch(minor: u32) -> u32 {
    if minor == 36 { 3 } else { 0 }
}

impl Package {
    /// Whether a version can be had: of Kubernetes all patches of a minor version up to the newest
    /// can, and where all minor versions are together, those before it.
    pub(super) fn has_version(&self, asked: &str) -> Option<String> {
        let is_kubernetes = self.name.starts_with("kube") && self.name != "kubernetes-cni";
        let pattern = asked.trim_end_matches('*');
        let is_start = asked.ends_with('*') && self.version.starts_with(pattern);
        if asked == self.version || is_start {
            return Some(self.version.clone());
        }
        if self.version == LAST_KUBERNETES && is_kubernetes {
            let (minor, _) = split(asked)?;
            let minor: u32 = minor.strip_prefix("1.")?.parse().ok()?;
            return (asked.ends_with("-00") && (5..28).contains(&minor)).then(|| asked.to_owned());
        }
        let (minor, newest) = split(&self.version)?;
        let (asked_minor, patch) = split(asked)?;
        let is_older = is_kubernetes && minor == asked_minor && patch <= newest;
        is_older.then(|| format!("{minor}.{patch}-1.1"))
    }
}

/// `1.36` and `3` of `1.36.3-1.1`.
fn split(version: &str) -> Option<(String, u32)> {
    let mut parts = version.split(['.', '-']);
    let (major, minor) = (parts.next()?, parts.next()?);
    let patch = parts.next()?.trim_end_matches('*').parse().ok()?;
    Some((format!("{major}.{minor}"), patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_patch_up_to_the_newest_is_there() {
        let all = of("https://pkgs.k8s.io/core:/stable:/v1.36/deb/", "/").unwrap();
        let kubeadm = all.iter().find(|package| package.name == "kubeadm").unwrap();
        assert_eq!(kubeadm.has_version("1.36.3-1.1").as_deref(), Some("1.36.3-1.1"));
        assert_eq!(kubeadm.has_version("1.36.1-1.1").as_deref(), Some("1.36.1-1.1"));
        assert_eq!(kubeadm.has_version("1.36.*").as_deref(), Some("1.36.3-1.1"));
        assert_eq!(kubeadm.has_version("1.36.9-1.1"), None);
        assert_eq!(kubeadm.has_version("1.35.1-1.1"), None);
        let all = of("http://apt.kubernetes.io/", "kubernetes-xenial").unwrap();
        let kubelet = all.iter().find(|package| package.name == "kubelet").unwrap();
        assert_eq!(kubelet.has_version("1.10.3-00").as_deref(), Some("1.10.3-00"));
        assert_eq!(kubelet.has_version("1.36.3-00"), None);
        assert!(of("https://example.com/deb", "/").is_none());
    }
}
