//! What the machines of a control plane have in common below `/etc/kubernetes/pki`.
//!
//! Source: `SharedCertificateExists` in `phases/certs/certs.go` of kubeadm.

use super::CA;
use crate::host::disk::Disk;

/// Each with what kubeadm calls it, and its files.
const SHARED: [(&str, [&str; 2]); 4] = [
    ("certificate for CA", ["ca.crt", "ca.key"]),
    ("key for service account", ["sa.key", "sa.pub"]),
    ("certificate for front-proxy CA", ["front-proxy-ca.crt", "front-proxy-ca.key"]),
    ("certificate for etcd CA", ["etcd/ca.crt", "etcd/ca.key"]),
];

/// Why a machine cannot become one of a control plane: what it lacks of that.
pub(super) fn lacking(disk: &Disk) -> Option<String> {
    let all = SHARED.iter().flat_map(|(name, files)| files.map(|file| (name, file)));
    let mut paths = all.map(|(name, file)| (name, format!("/etc/kubernetes/pki/{file}")));
    let (name, path) = paths.find(|(_, path)| disk.get(path).is_none())?;
    Some(format!(
        "failure loading {name}: couldn't load the file {path}: no such file or directory"
    ))
}

/// Why it is not one of this control plane, whose first machine has other files.
pub(super) fn differing(disk: &Disk, first: &Disk) -> Option<&'static str> {
    let differs = |path: &str| disk.text(path) != first.text(path);
    if differs(CA) {
        return Some("x509: certificate signed by unknown authority (\"kubernetes\")");
    }
    let etcd = differs("/etc/kubernetes/pki/etcd/ca.crt");
    etcd.then_some("x509: certificate signed by unknown authority (\"etcd-ca\")")
}
