//! What hosts find on the internet.

use super::Call;
use crate::Mock;
use crate::ec2::reaches_internet;

/// Whether a host reaches the machine of an address.
pub(super) fn is_reached(call: &Call<'_>, address: &str) -> bool {
    let port = if address.starts_with("http://") { 80 } else { 443 };
    let guest = &call.shell.guest;
    guest.mock.with_world(|world| reaches_internet(world, &guest.id, port))
}

/// Whether there is such a host at all: one that something was published on, or that a stand-in is
/// of.
pub(super) fn is_host(mock: &Mock, host: &str) -> bool {
    const KNOWN: &[&str] = &[
        "apt.kubernetes.io",
        "artifacts.k8s.io",
        "dl.k8s.io",
        "download.docker.com",
        "github.com",
        "packages.cloud.google.com",
        "pkgs.k8s.io",
        "raw.githubusercontent.com",
    ];
    let is_on = |url: &String| url.split('/').nth(2) == Some(host);
    KNOWN.contains(&host) || mock.with_world(|world| world.hosts().published.keys().any(is_on))
}

/// What is at an address; none where there is nothing.
pub(super) fn at(call: &Call<'_>, url: &str) -> Option<Vec<u8>> {
    call.shell.guest.mock.download(url)
}

/// The files of an archive, if it is one.
pub(super) fn members(data: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(data).ok()?.strip_prefix(ARCHIVE)?;
    Some(text.lines().skip(1).map(str::to_owned).collect())
}

const ARCHIVE: &str = "archive ";

fn archive(url: &str, members: &[&str]) -> Vec<u8> {
    format!("{ARCHIVE}{url}\n{}\n", members.join("\n")).into_bytes()
}

/// What stands in for the releases that recipes download.
fn known(url: &str) -> Option<Vec<u8>> {
    let rest = url.strip_prefix("https://")?;
    let (host, path) = rest.split_once('/')?;
    let is_release = |project: &str| path.starts_with(&format!("{project}/releases/download/"));
    Some(match host {
        "pkgs.k8s.io" if path.ends_with("/deb/Release.key") => key(url),
        "packages.cloud.google.com" if path == "apt/doc/apt-key.gpg" => key(url),
        "download.docker.com" if path == "linux/ubuntu/gpg" => key(url),
        "github.com" if is_release("containerd/containerd") => {
            archive(url, &["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"])
        }
        "github.com" if is_release("opencontainers/runc") => format!("ELF {url}\n").into_bytes(),
        "github.com" if is_release("containernetworking/plugins") => {
            archive(url, &["bridge", "host-local", "loopback", "portmap"])
        }
        "github.com" if is_release("kubernetes-sigs/cri-tools") => archive(url, &["crictl"]),
        "raw.githubusercontent.com" if path.ends_with("/containerd.service") => concat!(
            "[Unit]\nDescription=containerd container runtime\n\n[Service]\n",
            "ExecStartPre=-/sbin/modprobe overlay\nExecStart=/usr/local/bin/containerd\n\n",
            "[Install]\nWantedBy=multi-user.target\n",
        )
        .into(),
        "raw.githubusercontent.com" if path.ends_with("/config/v1.3/aws-k8s-cni.yaml") => {
            let tag = path.split('/').nth(2).unwrap_or_default();
            include_str!("stand_in/aws-k8s-cni-v1.3.yaml").replace("{tag}", tag).into_bytes()
        }
        "raw.githubusercontent.com" if path.ends_with("/aws-k8s-cni.yaml") => {
            let tag = path.split('/').nth(2).unwrap_or_default();
            include_str!("stand_in/aws-k8s-cni.yaml").replace("{tag}", tag).into_bytes()
        }
        "artifacts.k8s.io" | "dl.k8s.io" => format!("ELF {url}\n").into_bytes(),
        _ => return None,
    })
}

fn key(url: &str) -> Vec<u8> {
    let (begin, end) =
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----");
    format!("{begin}\n{url}\n{end}\n").into_bytes()
}

impl Mock {
    /// What hosts get from an address on the internet: what was put there by
    /// [`publish`](Self::publish), else what stands in for a release that recipes are known to
    /// download. A recipe that checks sums is given those of the stand-ins.
    pub fn download(&self, url: &str) -> Option<Vec<u8>> {
        let published = self.with_world(|world| world.hosts().published.get(url).cloned());
        published.or_else(|| known(url))
    }

    /// Puts something on the internet for hosts to download.
    pub fn publish(&self, url: &str, content: impl Into<Vec<u8>>) {
        let content = content.into();
        self.with_world(|world| world.hosts().published.insert(url.to_owned(), content));
    }
}
