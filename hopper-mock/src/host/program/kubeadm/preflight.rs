//! What kubeadm looks at before it does anything.

use super::super::{Call, containerd, docker, is_sysctl_on};
use super::config::Config;
use super::{API_PORT, API_SERVER, KUBELET, image_names, version};
use crate::ec2::instance_type;
use crate::host::unit;

/// Refuses a host that is not ready, with everything that is wrong with it.
///
/// Source: `preflight/checks.go` of kubeadm; the status is its `PreFlightExitCode`.
pub(super) async fn check(call: &mut Call<'_>, config: &Config, is_init: bool) -> Result<(), i32> {
    call.io.out("[preflight] Running pre-flight checks\n");
    if call.shell.user != "root" {
        return Err(refuse(
            call,
            &["[ERROR IsPrivilegedUser]: user is not running as root".to_owned()],
        ));
    }
    let mut errors = Vec::new();
    let mut error = |check: &str, why: &str| errors.push(format!("[ERROR {check}]: {why}"));
    let guest = call.shell.guest.clone();
    if is_init {
        let name = guest.instance(|_, instance| instance.instance_type.clone());
        let cpus = instance_type::named(&name).map_or(2, |found| found.vcpus);
        if cpus < 2 {
            error(
                "NumCPU",
                &format!("the number of available CPUs {cpus} is less than the required 2"),
            );
        }
        if guest.running(|running| running.ports.contains_key(&API_PORT)) {
            error(&format!("Port-{API_PORT}"), &format!("Port {API_PORT} is in use"));
        }
    }
    let left = if is_init { API_SERVER } else { KUBELET };
    if guest.disk(|disk| disk.get(left).is_some()) {
        let check = format!("FileAvailable-{}", left.replace('/', "-"));
        error(&check, &format!("{left} already exists"));
    }
    let is_old = super::is_of_2018(&version(&guest));
    let runtime = if is_old { docker::complaint(&guest) } else { containerd::complaint(&guest) };
    match (&runtime, is_old) {
        (Some(why), true) => {
            error("SystemVerification", &format!("failed to get docker info: {why}"))
        }
        (Some(why), false) => {
            error("CRI", &format!("could not connect to the container runtime: {why}"));
        }
        (None, _) => {}
    }
    let has_bridge = guest.running(|running| running.modules.contains("br_netfilter"));
    let bridge = "/proc/sys/net/bridge/bridge-nf-call-iptables";
    let forward = "/proc/sys/net/ipv4/ip_forward";
    let check = |path: &str| format!("FileContent-{}", path.replace('/', "-"));
    if !has_bridge {
        error(&check(bridge), &format!("{bridge} does not exist"));
    } else if !is_sysctl_on(call, "net.bridge.bridge-nf-call-iptables") {
        error(&check(bridge), &format!("{bridge} contents are not set to 1"));
    }
    if !is_sysctl_on(call, "net.ipv4.ip_forward") {
        error(&check(forward), &format!("{forward} contents are not set to 1"));
    }
    if guest.running(|running| running.has_swap) {
        error("Swap", "running with swap on is not supported. Please disable swap");
    }
    if super::super::found(call.shell, "kubelet").is_none() {
        error("FileExisting-kubelet", "kubelet not found in system path");
    }
    if !errors.is_empty() {
        return Err(refuse(call, &errors));
    }
    if guest.disk(|disk| !unit::is_enabled(disk, "kubelet.service")) {
        call.io.err("\t[WARNING Service-Kubelet]: kubelet service is not enabled, please run 'systemctl enable kubelet.service'");
    }
    if is_init {
        pull_images(call, config, is_old).await?;
    }
    Ok(())
}

async fn pull_images(call: &mut Call<'_>, config: &Config, is_old: bool) -> Result<(), i32> {
    if !is_old {
        call.io.out("[preflight] Pulling images required for setting up a Kubernetes cluster\n");
    }
    let asked = config.kubernetes_version.clone();
    let names = image_names(&asked.unwrap_or_else(|| version(&call.shell.guest)));
    let is_here =
        call.shell.guest.disk(|disk| names.iter().all(|name| containerd::has_image(disk, name)));
    if !is_here {
        let time = call.shell.guest.latency(|latencies| latencies.kubeadm_images_pulled);
        call.shell.guest.mock.sleep(time).await;
    }
    let pulled = names.iter().map(|name| containerd::pull(call, name, None));
    let errors: Vec<_> =
        pulled.filter_map(Result::err).map(|why| format!("[ERROR ImagePull]: {why}")).collect();
    if errors.is_empty() { Ok(()) } else { Err(refuse(call, &errors)) }
}

fn refuse(call: &Call<'_>, errors: &[String]) -> i32 {
    call.io.err("[preflight] Some fatal errors occurred:");
    for error in errors {
        call.io.err(format!("\t{error}"));
    }
    call.io.err("[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`");
    call.io.err("To see the stack trace of this error execute with --v=5 or higher");
    2
}
