//! The script that makes a machine a node.

use super::{Root, Site, settings};
use crate::python;
use hopper_aws::{machine::Bake, settings::NodeSettings};
use std::{fs, path::Path, process::Command};

fn script(node: &NodeSettings) -> String {
    let images = ["registry.k8s.io/provider-aws/cloud-controller-manager:v1".to_owned()];
    Bake::new(node, &images).unwrap().script().to_owned()
}

/// A machine that has started once.
fn machine(site: &Site) -> Root {
    let root = Root::new(site);
    root.write("etc/hostname", "ip-10-0-0-5\n");
    root.write("etc/ssh/ssh_host_ed25519_key", "of this machine\n");
    root.write("etc/ssh/sshd_config", "# Ubuntu's\n");
    root.write("etc/netplan/50-cloud-init.yaml", "network: {}\n");
    root.write("root/.ssh/authorized_keys", "ssh-ed25519 AAAA operator\n");
    root.write("home/ubuntu/.ssh/authorized_keys", "ssh-ed25519 AAAA operator\n");
    root
}

#[test]
fn a_machine_becomes_a_node_and_twice_is_once() {
    if !Root::can_be_had() {
        return;
    }
    let site = Site::start(None);
    let root = machine(&site);
    let script = script(&settings().node);
    let ran = root.run(&script, "");
    assert_eq!((ran.code, ran.part()), (Some(0), "done"), "{}", ran.said);
    insta::assert_snapshot!("bake_files", root.listing());
    insta::assert_snapshot!("bake_calls", root.calls());
    for secret in ["secret+key", "role=token", "session=1"] {
        assert!(!root.calls().contains(secret) && !ran.said.contains(secret), "{secret}");
    }

    let (once, calls) = (root.files(), root.calls());
    let again = root.run(&script, "");
    assert_eq!((again.code, again.part()), (Some(0), "done"), "{}", again.said);
    assert_eq!(root.files(), once);
    assert_eq!(root.calls(), calls.repeat(2));

    units_are_right(&root);
}

/// systemd itself reads the unit where it landed.
fn units_are_right(root: &Root) {
    if !python::can("systemd", Command::new("systemd-analyze").arg("--version")) {
        return;
    }
    let own = Path::new("/usr/lib/systemd/system");
    for entry in fs::read_dir(own).unwrap() {
        let path = entry.unwrap().path();
        let is_frame = |end: &str| matches!(end, "target" | "slice");
        if path.extension().and_then(|end| end.to_str()).is_some_and(is_frame) {
            let unit = format!("{}/{}", own.display(), path.file_name().unwrap().to_str().unwrap());
            root.write(unit.trim_start_matches('/'), &fs::read_to_string(path).unwrap());
        }
    }
    let iptables = root.path("usr/sbin/iptables");
    root.write("usr/sbin/iptables", "#!/bin/sh\n");
    fs::set_permissions(iptables, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let unit = "etc/systemd/system/forward-accept.service";
    let verify = || {
        let mut command = Command::new("systemd-analyze");
        let root = format!("--root={}", root.path("").display());
        let output = command.args(["verify", "--man=no", &root, &format!("/{unit}")]).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(verify(), (true, String::new()));
    // It would tell.
    root.write(unit, &root.read(unit).replace("RemainAfterExit", "RemainsAfterExit"));
    let (_, said) = verify();
    assert!(said.contains("Unknown key"), "{said}");
}

#[test]
fn a_wrong_checksum_stops_it_and_says_where() {
    if !Root::can_be_had() {
        return;
    }
    let site = Site::start(None);
    let right = script(&settings().node);
    let clean = machine(&site);
    let ran = clean.run(&right, "");
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    let whole = clean.files();
    let (mut provider, mut network) = (settings().node, settings().node);
    provider.credential_provider.sha256 = "0".repeat(64);
    network.pod_network.sha256 = "0".repeat(64);
    let wrong = [
        (provider, "credentials for ECR", "usr/local/bin/ecr-credential-provider"),
        (network, "manifest of the pod network", "opt/hopper/pod-network.yaml"),
    ];
    for (node, part, file) in wrong {
        let root = machine(&site);
        let ran = root.run(&script(&node), "");
        assert_eq!((ran.code, ran.part()), (Some(1), part), "{}", ran.said);
        assert!(ran.said.contains("FAILED"), "{}", ran.said);
        assert!(!root.path(file).exists(), "{file}");
        assert!(!root.calls().contains("kubeadm config"), "{}", root.calls());
        // What was downloaded is gone.
        assert_eq!(fs::read_dir(root.path("tmp")).unwrap().count(), 0);
        // With the right one it goes on to the same end as if nothing had been.
        let ran = root.run(&right, "");
        assert_eq!(ran.code, Some(0), "{}", ran.said);
        assert_eq!(root.files(), whole);
    }
}

#[test]
fn what_is_not_there_stops_it_and_says_where() {
    if !Root::can_be_had() {
        return;
    }
    let node = settings().node;
    let urls = [
        (&node.docker.key, "containerd and runc"),
        (&node.pod_network.url, "manifest of the pod network"),
    ];
    for (url, part) in urls {
        let site = Site::start(None);
        site.take_away(url);
        let ran = machine(&site).run(&script(&node), "");
        assert_eq!((ran.code, ran.part()), (Some(22), part), "{}", ran.said);
        assert!(ran.said.contains("404"), "{}", ran.said);
    }
}
