//! What is on the disk of a fresh Ubuntu 24.04 image, as far as recipes look at it.

use super::disk::{Disk, Node, What};

/// Packages of the image that scripts may ask for. Source: the manifest of Ubuntu's cloud images.
pub(super) const PACKAGES: &[(&str, &str)] = &[
    ("ca-certificates", "20240203"),
    ("cloud-init", "24.4-0ubuntu1~24.04.2"),
    ("curl", "8.5.0-2ubuntu10.6"),
    ("gpg", "2.4.4-2ubuntu17"),
    ("iptables", "1.8.10-3ubuntu2"),
    ("openssh-server", "1:9.6p1-3ubuntu13.8"),
    ("systemd", "255.4-1ubuntu8.6"),
    ("tar", "1.35+dfsg-3build1"),
];

const OS_RELEASE: &str = "PRETTY_NAME=\"Ubuntu 24.04.2 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n\
VERSION=\"24.04.2 LTS (Noble Numbat)\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n\
UBUNTU_CODENAME=noble\n";

/// The disk of Canonical's image before its first boot.
pub(super) fn disk() -> Disk {
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
    disk.put("/etc/os-release", OS_RELEASE);
    disk.put("/etc/hostname", "ubuntu\n");
    disk.put("/etc/hosts", "127.0.0.1 localhost\n");
    disk.put(
        "/etc/fstab",
        "LABEL=cloudimg-rootfs / ext4 discard,commit=30,errors=remount-ro 0 1\n",
    );
    disk.put("/etc/machine-id", "");
    disk.put(
        "/etc/apt/sources.list.d/ubuntu.sources",
        concat!(
            "Types: deb\nURIs: http://eu-west-1.ec2.archive.ubuntu.com/ubuntu/\n",
            "Suites: noble noble-updates noble-backports\n",
            "Components: main universe restricted multiverse\n",
            "Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n",
        ),
    );
    disk.put("/usr/share/keyrings/ubuntu-archive-keyring.gpg", "ubuntu archive key\n");
    disk.put("/run/systemd/resolve/resolv.conf", "nameserver 10.0.0.2\n");
    for (package, version) in PACKAGES {
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
