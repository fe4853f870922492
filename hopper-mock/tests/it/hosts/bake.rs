//! Baking a node image, and what `kubeadm init` says of one that lacks something.

use super::client::Ended;
use super::site::Site;
use crate::support::seconds;

/// What a node needs, a step to an entry. Lines that only prepare one another are together.
pub(super) const BAKE: &[(&str, &str)] = &[
    (
        "modules",
        "printf 'overlay\\nbr_netfilter\\n' > /etc/modules-load.d/k8s.conf\n\
         modprobe overlay; modprobe br_netfilter",
    ),
    ("forwarding", "echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/99-k8s.conf; sysctl --system"),
    (
        "containerd",
        "curl -fsSLo c.tgz https://github.com/containerd/containerd/releases/download/v2.2.4/containerd-2.2.4-linux-amd64.tar.gz\n\
         tar -xzf c.tgz -C /usr/local",
    ),
    (
        "runc",
        "curl -fsSLo runc https://github.com/opencontainers/runc/releases/download/v1.3.5/runc.amd64\n\
         install -m 755 runc /usr/local/sbin/runc",
    ),
    (
        "configuration of containerd",
        "mkdir -p /etc/containerd\ncontainerd config default | sed 's/SystemdCgroup = false/SystemdCgroup = true/' > /etc/containerd/config.toml",
    ),
    (
        "unit of containerd",
        "curl -fsSLo /etc/systemd/system/containerd.service https://raw.githubusercontent.com/containerd/containerd/v2.2.4/containerd.service\n\
         systemctl daemon-reload",
    ),
    ("start of containerd", "systemctl enable --now containerd"),
    (
        "key of the repository",
        "curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | gpg --dearmor -o /etc/apt/keyrings/k8s.gpg",
    ),
    (
        "repository",
        "echo 'deb [signed-by=/etc/apt/keyrings/k8s.gpg] https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' > /etc/apt/sources.list.d/k8s.list",
    ),
    ("lists", "apt-get update"),
    (
        "network of pods",
        "mkdir -p /etc/systemd/network /etc/systemd/networkd.conf.d\n\
         printf '[Match]\\nOriginalName=*\\n[Link]\\nMACAddressPolicy=none\\n' > /etc/systemd/network/99-default.link\n\
         printf '[Network]\\nManageForeignRoutes=no\\nManageForeignRoutingPolicyRules=no\\n' > /etc/systemd/networkd.conf.d/80-pods.conf\n\
         echo 'updates: {network: {when: [boot-new-instance]}}' > /etc/cloud/cloud.cfg.d/99-disable-network-hotplug.cfg",
    ),
    ("kubelet", "apt-get install -y kubelet=1.36.3-1.1"),
    ("kubeadm", "apt-get install -y kubeadm=1.36.3-1.1 kubectl=1.36.3-1.1"),
];

/// A host with two processors.
pub(super) async fn builder(site: &Site) -> String {
    site.private(&[("InstanceType", "t3.medium")]).await
}

/// Bakes a host without the step of a name, and starts a control plane on it.
async fn init_without(left_out: &str) -> Ended {
    let site = Site::new().await.with_nat().await;
    let client = site.client_of(&builder(&site).await).await;
    let mut script = String::from("set -eu\n");
    for (_, step) in BAKE.iter().filter(|(name, _)| *name != left_out) {
        script.push_str(step);
        script.push('\n');
    }
    let baked = client.run_with("sudo bash -s", &script).await;
    if baked.status != Some(0) {
        return baked;
    }
    client.run("sudo kubeadm init").await
}

#[tokio::test(start_paused = true)]
async fn a_baked_host_becomes_a_control_plane() {
    let ended = init_without("").await;
    assert_eq!(ended.status, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("Your Kubernetes control-plane has initialized successfully!"));
}

// Whatever step is left out, something fails and says where.
#[tokio::test(start_paused = true)]
async fn every_step_is_needed() {
    for (name, why) in [
        ("modules", "bridge-nf-call-iptables does not exist"),
        ("forwarding", "/proc/sys/net/ipv4/ip_forward contents are not set to 1"),
        ("containerd", "containerd"),
        ("runc", "\"runc\": executable file not found"),
        ("configuration of containerd", "SystemdCgroup"),
        ("unit of containerd", "Unit file containerd.service does not exist"),
        ("start of containerd", "/run/containerd/containerd.sock: connect: no such file"),
        ("key of the repository", "NO_PUBKEY"),
        ("repository", "Unable to locate package kubelet"),
        ("lists", "Unable to locate package kubelet"),
        ("kubelet", "kubelet not found in system path"),
        ("kubeadm", "kubeadm: command not found"),
    ] {
        let ended = init_without(name).await;
        assert_ne!(ended.status, Some(0), "{name}: {}", ended.stdout);
        assert!(ended.stderr.contains(why), "{name}: {}", ended.stderr);
    }
    // What pods need only shows where there are some.
    assert_eq!(BAKE.len(), 13);
}

// What is lost when a host goes off has to be in files.
#[tokio::test(start_paused = true)]
async fn a_reboot_keeps_what_is_in_files() {
    let site = Site::new().await.with_nat().await;
    let id = builder(&site).await;
    let client = site.client_of(&id).await;
    let script: Vec<_> = BAKE.iter().map(|(_, step)| *step).collect();
    let unit = "printf '[Service]\\nType=oneshot\\nExecStart=/sbin/iptables -P FORWARD DROP\\n' > /etc/systemd/system/forward.service\n\
                systemctl enable --now forward.service; modprobe vxlan";
    let script = format!("set -eu\n{}\n{unit}", script.join("\n"));
    assert_eq!(client.run_with("sudo bash -s", &script).await.status, Some(0));
    client.run("sudo reboot").await;
    tokio::time::sleep(seconds(34)).await;
    let client = site.client_of(&id).await;
    assert_eq!(
        client.printed("systemctl is-active containerd kubelet forward").await,
        "active\n".repeat(3)
    );
    assert_eq!(client.printed("sudo iptables -S | grep FORWARD").await, "-P FORWARD DROP\n");
    assert_eq!(
        client
            .printed(
                "lsmod | grep -c br_netfilter; lsmod | grep vxlan || sysctl -n net.ipv4.ip_forward"
            )
            .await,
        "1\n1\n"
    );
    assert_eq!(client.run("sudo kubeadm init").await.status, Some(0));
}

// Time passes as it does: with the images there a control plane takes 25 seconds.
#[tokio::test(start_paused = true)]
async fn images_that_are_there_save_time() {
    let site = Site::new().await.with_nat().await;
    let client = site.client_of(&builder(&site).await).await;
    let script: Vec<_> = BAKE.iter().map(|(_, step)| *step).collect();
    assert_eq!(client.run_with("sudo bash -s", &script.join("\n")).await.status, Some(0));
    let began = site.mock().now();
    let pulled = client.printed("sudo kubeadm config images pull").await;
    assert_eq!(
        pulled.lines().next(),
        Some("[config/images] Pulled registry.k8s.io/kube-apiserver:v1.36.3")
    );
    assert_eq!(site.mock().now().since(began), seconds(35));
    client.printed("sudo kubeadm init").await;
    assert_eq!(site.mock().now().since(began), seconds(60));
    assert!(client.printed("sudo crictl images").await.contains("registry.k8s.io/pause:"));
    assert_eq!(client.run("sudo kubeadm init").await.status, Some(2));
}

#[tokio::test(start_paused = true)]
async fn one_processor_is_too_few() {
    let site = Site::new().await.with_nat().await;
    let client = site.client_of(&site.private(&[]).await).await;
    let script: Vec<_> = BAKE.iter().map(|(_, step)| *step).collect();
    assert_eq!(client.run_with("sudo bash -s", &script.join("\n")).await.status, Some(0));
    let ended = client.run("sudo kubeadm init").await;
    assert!(ended.stderr.contains("[ERROR NumCPU]"), "{}", ended.stderr);
}

// What is saved of a baked host is what its image does not have, and it goes on from that.
#[tokio::test(start_paused = true)]
async fn a_baked_host_is_saved_small_and_goes_on() {
    let site = Site::new().await.with_nat().await;
    let id = builder(&site).await;
    let client = site.client_of(&id).await;
    let script: Vec<_> = BAKE.iter().map(|(_, step)| *step).collect();
    assert_eq!(client.run_with("sudo bash -s", &script.join("\n")).await.status, Some(0));
    let world = site.mock().world();
    let saved = serde_json::to_value(&world).unwrap();
    let disk = saved["machinery"]["hosts"]["disks"][&id].to_string();
    assert!(disk.contains("SystemdCgroup = true") && !disk.contains("PRETTY_NAME"), "{disk}");
    assert!(disk.len() < 20_000, "{}", disk.len());
    let loaded: hopper_mock::World = serde_json::from_value(saved).unwrap();
    assert!(loaded == world);
}
