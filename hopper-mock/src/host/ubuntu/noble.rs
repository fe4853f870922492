//! Ubuntu 24.04.

use super::Data;

/// Packages: those of the image that scripts may ask for. Source: the manifest of Ubuntu's cloud
/// images.
pub(super) const DATA: Data = Data {
    packages: &[
        ("ca-certificates", "20240203"),
        ("cloud-init", "24.4-0ubuntu1~24.04.2"),
        ("curl", "8.5.0-2ubuntu10.6"),
        ("gpg", "2.4.4-2ubuntu17"),
        ("iptables", "1.8.10-3ubuntu2"),
        ("openssh-server", "1:9.6p1-3ubuntu13.8"),
        ("systemd", "255.4-1ubuntu8.6"),
        ("tar", "1.35+dfsg-3build1"),
    ],
    os_release: concat!(
        "PRETTY_NAME=\"Ubuntu 24.04.2 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n",
        "VERSION=\"24.04.2 LTS (Noble Numbat)\"\nVERSION_CODENAME=noble\nID=ubuntu\n",
        "ID_LIKE=debian\nUBUNTU_CODENAME=noble\n",
    ),
    sources: (
        "/etc/apt/sources.list.d/ubuntu.sources",
        concat!(
            "Types: deb\nURIs: http://eu-west-1.ec2.archive.ubuntu.com/ubuntu/\n",
            "Suites: noble noble-updates noble-backports\n",
            "Components: main universe restricted multiverse\n",
            "Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n",
        ),
    ),
    keyring: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
    kernel: "6.8.0-1021-aws",
};
