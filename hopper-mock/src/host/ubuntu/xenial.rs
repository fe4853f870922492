//! Ubuntu 16.04.

use super::Data;

/// Packages: those of the image that scripts may ask for. Source: the manifest of Ubuntu's cloud
/// images.
pub(super) const DATA: Data = Data {
    packages: &[
        ("ca-certificates", "20170717~16.04.1"),
        ("cloud-init", "18.2-4-g05926e48-0ubuntu1~16.04.2"),
        ("curl", "7.47.0-1ubuntu2.8"),
        ("iptables", "1.6.0-2ubuntu3"),
        ("openssh-server", "1:7.2p2-4ubuntu2.4"),
        ("software-properties-common", "0.96.20.7"),
        ("systemd", "229-4ubuntu21.2"),
        ("tar", "1.28-2.1ubuntu0.1"),
    ],
    os_release: concat!(
        "PRETTY_NAME=\"Ubuntu 16.04.4 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"16.04\"\n",
        "VERSION=\"16.04.4 LTS (Xenial Xerus)\"\nVERSION_CODENAME=xenial\nID=ubuntu\n",
        "ID_LIKE=debian\nUBUNTU_CODENAME=xenial\n",
    ),
    sources: (
        "/etc/apt/sources.list",
        concat!(
            "deb http://eu-west-1.ec2.archive.ubuntu.com/ubuntu/ xenial main universe\n",
            "deb http://eu-west-1.ec2.archive.ubuntu.com/ubuntu/ xenial-updates main universe\n",
        ),
    ),
    keyring: "/etc/apt/trusted.gpg.d/ubuntu-keyring-2012-archive.gpg",
    kernel: "4.4.0-1060-aws",
};
