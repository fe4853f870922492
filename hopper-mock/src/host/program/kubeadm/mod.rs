//! `kubeadm`: `version`, `config images pull`, `init`, `join`, `token create`, `token delete`, `token list`, `reset`.
//!
//! Source: the kubeadm reference of Kubernetes 1.36 and its observed output. Of 1.10 it is what the
//! chapter shows, and from memory; nothing of it was observed.

mod config;
mod endpoint;
mod hash;
mod init;
mod join;
mod pki;
mod preflight;
mod token;

use super::{Call, containerd};
use crate::host::Guest;

/// The files of a host that is part of a cluster.
const ADMIN: &str = "/etc/kubernetes/admin.conf";
const CA: &str = "/etc/kubernetes/pki/ca.crt";
const KUBELET: &str = "/etc/kubernetes/kubelet.conf";
/// The arguments of the kubelet.
const KUBELET_FLAGS: &str = "/var/lib/kubelet/kubeadm-flags.env";
const API_SERVER: &str = "/etc/kubernetes/manifests/kube-apiserver.yaml";

/// The port of the API server.
pub(in crate::host) const API_PORT: u16 = 6443;

/// Whether a disk is that of a control plane: its API server starts with its kubelet.
pub(in crate::host) fn is_control_plane(disk: &crate::host::disk::Disk) -> bool {
    disk.get(API_SERVER).is_some()
}

pub(super) async fn kubeadm(call: &mut Call<'_>) -> i32 {
    let operands = call.operands();
    let words: Vec<_> = operands.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["version", ..] => {
            let version = version(&call.shell.guest);
            match call.value('o', "output").as_deref() {
                Some("short") => call.io.out(format!("{version}\n")),
                _ => call
                    .io
                    .out(format!("kubeadm version: &version.Info{{GitVersion:\"{version}\"}}\n")),
            }
            0
        }
        ["config", "images", verb, ..] => images(call, verb).await,
        ["init", ..] => init::init(call).await,
        ["join", ..] => join::join(call).await,
        ["token", "create", ..] => token::create(call),
        ["token", "delete", ..] => token::delete(call),
        ["token", "list", ..] => token::list(call),
        ["reset", ..] => reset(call),
        _ => call.fail(format!("unknown command \"{}\" for \"kubeadm\"", words.join(" ")), 1),
    }
}

/// The version of the package, `v1.36.3`.
fn version(guest: &Guest) -> String {
    let version = guest.disk(|disk| crate::host::package::version(disk, "kubeadm"));
    let version = version.unwrap_or_else(|| "1.36.3-1.1".to_owned());
    format!("v{}", version.split('-').next().unwrap_or_default())
}

/// The minor version, 36 of `v1.36.3`.
pub(in crate::host) fn minor(version: &str) -> u32 {
    let minor = version.split('.').nth(1).and_then(|text| text.parse().ok());
    minor.unwrap_or_default()
}

/// Whether this is the Kubernetes of 2018: its programs talk to clouds themselves, containers run
/// with Docker, and kubeadm is configured by `v1alpha1`. What lies between is not simulated.
pub(in crate::host) fn is_of_2018(version: &str) -> bool {
    minor(version) < 12
}

/// The images of a control plane of a version.
fn image_names(version: &str) -> Vec<String> {
    if is_of_2018(version) {
        let mut names: Vec<_> =
            ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]
                .iter()
                .map(|name| format!("k8s.gcr.io/{name}-amd64:{version}"))
                .collect();
        for name in ["k8s-dns-kube-dns-amd64:1.14.8", "pause-amd64:3.1", "etcd-amd64:3.1.12"] {
            names.push(format!("k8s.gcr.io/{name}"));
        }
        return names;
    }
    let mut names: Vec<_> =
        ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]
            .iter()
            .map(|name| format!("registry.k8s.io/{name}:{version}"))
            .collect();
    for name in ["coredns/coredns:v1.13.1", "pause:3.10.1", "etcd:3.6.6-0"] {
        names.push(format!("registry.k8s.io/{name}"));
    }
    names
}

async fn images(call: &mut Call<'_>, verb: &str) -> i32 {
    let config = match config::given(call).await {
        Ok(config) => config,
        Err(status) => return status,
    };
    let asked = call.value('\0', "kubernetes-version").or(config.kubernetes_version);
    let names = image_names(&asked.unwrap_or_else(|| version(&call.shell.guest)));
    if verb == "list" {
        for name in names {
            call.io.out(format!("{name}\n"));
        }
        return 0;
    }
    if let Err(status) = call.needs_root("this command must be run as root") {
        return status;
    }
    if let Some(why) = containerd::complaint(&call.shell.guest) {
        call.io.err(format!(
            "{why}\nTo see the stack trace of this error execute with --v=5 or higher"
        ));
        return 1;
    }
    let time = call.shell.guest.latency(|latencies| latencies.kubeadm_images_pulled);
    call.shell.guest.mock.sleep(time).await;
    for name in names {
        if let Err(why) = containerd::pull(call, &name, None) {
            call.io.err(format!(
                "{why}\nTo see the stack trace of this error execute with --v=5 or higher"
            ));
            return 1;
        }
        call.io.out(format!("[config/images] Pulled {name}\n"));
    }
    0
}

fn reset(call: &mut Call<'_>) -> i32 {
    if let Err(status) = call.needs_root("this command must be run as root") {
        return status;
    }
    call.shell.guest.system(|disk, running| {
        for path in ["/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet"] {
            disk.remove("root", path).ok();
        }
        running.ports.remove(&API_PORT);
    });
    let guest = &call.shell.guest;
    guest.mock.change_hosts(|world| world.hosts().leave(&guest.id));
    call.io.out("[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n");
    0
}
