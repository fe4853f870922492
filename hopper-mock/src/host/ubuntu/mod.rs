//! What is on the disk of a fresh Ubuntu image, as far as recipes look at it.

mod noble;
mod xenial;

use serde::{Deserialize, Serialize};

use super::disk::{Disk, Node, What};

/// A release of Ubuntu that hosts can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Release {
    /// 24.04, which every image is unless its name says otherwise.
    #[default]
    Noble,
    /// 16.04.
    Xenial,
}

/// What tells one release from another.
struct Data {
    packages: &'static [(&'static str, &'static str)],
    os_release: &'static str,
    /// The file that says where the archive is, and what it says.
    sources: (&'static str, &'static str),
    /// What trusts the archive.
    keyring: &'static str,
    /// The kernel's version.
    kernel: &'static str,
}

impl Release {
    /// That of the image of a name.
    pub(super) fn of_image(name: &str) -> Self {
        if name.contains("xenial") { Self::Xenial } else { Self::Noble }
    }

    /// That of a disk.
    pub(super) fn of(disk: &Disk) -> Self {
        let is_xenial = disk.text("/etc/os-release").contains("UBUNTU_CODENAME=xenial");
        if is_xenial { Self::Xenial } else { Self::Noble }
    }

    fn data(self) -> Data {
        match self {
            Self::Noble => noble::DATA,
            Self::Xenial => xenial::DATA,
        }
    }

    /// Its name in full, `Ubuntu 24.04.2 LTS`.
    pub(super) fn pretty_name(self) -> &'static str {
        let line = self.data().os_release.lines().next().unwrap_or_default();
        line.trim_start_matches("PRETTY_NAME=").trim_matches('"')
    }

    /// The version of its kernel.
    pub(super) fn kernel(self) -> &'static str {
        self.data().kernel
    }
}

/// The disk of Canonical's image before its first boot.
pub(super) fn disk(release: Release) -> Disk {
    let data = release.data();
    let mut disk = Disk::default();
    for directory in [
        "/boot",
        "/dev",
        "/etc/apt/keyrings",
        "/etc/apt/sources.list.d",
        "/etc/cloud/cloud.cfg.d",
        "/etc/modules-load.d",
        "/etc/netplan",
        "/etc/ssh",
        "/etc/sysctl.d",
        "/etc/systemd/network",
        "/etc/systemd/system/multi-user.target.wants",
        "/home",
        "/mnt",
        "/opt",
        "/proc/sys",
        "/root",
        "/run/systemd/resolve",
        "/srv",
        "/usr/bin",
        "/usr/lib/systemd/system",
        "/usr/local/bin",
        "/usr/local/sbin",
        "/usr/local/lib",
        "/usr/sbin",
        "/usr/share/keyrings",
        "/var/cache/apt",
        "/var/lib/cloud/instances",
        "/var/lib/dpkg",
        "/var/log",
    ] {
        disk.make_directories("root", directory).ok();
    }
    for (link, target) in [("/bin", "usr/bin"), ("/sbin", "usr/sbin"), ("/lib", "usr/lib")] {
        let what = What::Link(target.to_owned());
        let node = Node { what, mode: 0o777, owner: "root".to_owned() };
        disk.insert("root", link, node).ok();
    }
    for directory in ["/tmp", "/var/tmp"] {
        let node = Node { what: What::Directory, mode: 0o1777, owner: "root".to_owned() };
        disk.insert("root", directory, node).ok();
    }
    let node = Node { what: What::Directory, mode: 0o750, owner: "ubuntu".to_owned() };
    disk.insert("root", "/home/ubuntu", node).ok();
    disk.put("/etc/os-release", data.os_release);
    disk.put("/etc/hostname", "ubuntu\n");
    disk.put("/etc/hosts", "127.0.0.1 localhost\n");
    disk.put(
        "/etc/fstab",
        "LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1\n",
    );
    disk.put("/etc/machine-id", "");
    disk.put(data.sources.0, data.sources.1);
    disk.put(data.keyring, "ubuntu archive key\n");
    disk.put("/run/systemd/resolve/resolv.conf", "nameserver 10.0.0.2\n");
    for (package, version) in data.packages {
        super::package::record(&mut disk, package, version);
    }
    for program in ["bash", "sh"] {
        disk.put_for("root", &format!("/usr/bin/{program}"), "ELF", 0o755);
    }
    for unit in ["ssh", "systemd-networkd", "systemd-resolved", "cron"] {
        super::unit::install(&mut disk, &format!("{unit}.service"), true);
    }
    disk
}
