//! Ubuntu 16.04, docker and kubeadm 1.10.

use super::client::{Client, Ended};
use super::site::Site;
use crate::ground::image;

const CONFIG: &str = "apiVersion: kubeadm.k8s.io/v1alpha1\nkind: MasterConfiguration\n\
                      kubernetesVersion: v1.10.3\ntoken: abcdef.0123456789abcdef\ntokenTTL: 2h0m0s\n";

/// What the chapter does to a machine, a step to an entry.
const BAKE: &[(&str, &str)] = &[
    ("lists", "apt-get update"),
    ("docker", "apt-get install -y docker.io"),
    ("key", "curl -fsS https://packages.cloud.google.com/apt/doc/apt-key.gpg | apt-key add -"),
    ("repository", "apt-add-repository 'deb http://apt.kubernetes.io/ kubernetes-xenial main'"),
    ("lists of it", "apt-get update"),
    ("packages", "apt-get install -y kubelet=1.10.3-00 kubeadm=1.10.3-00"),
];

/// A host of 2018 with two processors.
async fn host(site: &Site) -> Client {
    let xenial = image(site.mock(), "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*");
    let more = [("InstanceType", "t2.medium"), ("ImageId", xenial.as_str())];
    site.client_of(&site.private(&more).await).await
}

/// A host that was baked without the step of a name, and is configured so.
async fn init(left_out: &str, config: &str) -> Ended {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    let steps = BAKE.iter().filter(|(name, _)| *name != left_out).map(|(_, step)| *step);
    let script = format!("set -eu\n{}\n", steps.collect::<Vec<_>>().join("\n"));
    let baked = client.run_with("sudo bash -s", &script).await;
    if baked.status != Some(0) {
        return baked;
    }
    client.run_with("cat > kubeadm.config", config).await;
    client.run("sudo kubeadm init --config kubeadm.config").await
}

#[tokio::test(start_paused = true)]
async fn a_machine_becomes_a_master() {
    let ended = init("", CONFIG).await;
    assert_eq!(ended.status, Some(0), "{}{}", ended.stdout, ended.stderr);
    let told = "kubeadm join --token abcdef.0123456789abcdef 10.0.";
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
}

#[tokio::test(start_paused = true)]
async fn every_step_is_needed() {
    for (name, why) in [
        ("lists", "Unable to locate package docker.io"),
        ("docker", "failed to get docker info: Cannot connect to the Docker daemon"),
        ("key", "NO_PUBKEY"),
        ("repository", "Unable to locate package kube"),
        ("lists of it", "Unable to locate package kube"),
        ("packages", "kubeadm: command not found"),
    ] {
        let ended = init(name, CONFIG).await;
        assert_ne!(ended.status, Some(0), "{name}: {}", ended.stdout);
        assert!(ended.stderr.contains(why), "{name}: {}", ended.stderr);
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_configured_as_it_was() {
    let config = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
    let ended = init("", config).await;
    assert!(ended.stderr.contains("is registered for version"), "{}", ended.stderr);
    // The host has its short name, and the node is called as AWS calls the machine.
    let ended = init("", &format!("{CONFIG}cloudProvider: aws\n")).await;
    assert!(ended.stderr.contains("could not init cloud provider"), "{}", ended.stderr);
}

/// Docker drops what others forward, unless it is told otherwise after its start.
#[tokio::test(start_paused = true)]
async fn docker_drops_what_is_forwarded() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    let install = "sudo apt-get update && sudo apt-get install -y docker.io";
    assert_eq!(client.run(install).await.status, Some(0));
    let policy = "sudo iptables -S | grep FORWARD";
    assert_eq!(client.printed(policy).await, "-P FORWARD DROP\n");
    let drop_in = "sudo mkdir -p /etc/systemd/system/docker.service.d; printf '[Service]\\n\
                   ExecStartPost=/sbin/iptables -P FORWARD ACCEPT\\n' | \
                   sudo tee /etc/systemd/system/docker.service.d/10.conf";
    client.run(drop_in).await;
    client.run("sudo systemctl daemon-reload; sudo systemctl restart docker").await;
    assert_eq!(client.printed(policy).await, "-P FORWARD ACCEPT\n");
    assert!(client.printed("hostnamectl status").await.contains("Ubuntu 16.04"));
    assert!(client.printed("uname -r").await.starts_with("4.4.0-"));
}

#[tokio::test(start_paused = true)]
async fn other_versions_of_kubernetes_are_there_too() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    let steps: Vec<_> = BAKE.iter().map(|(_, step)| *step).take(5).collect();
    let script = format!("set -eu\n{}\napt-get install -y kubeadm\n", steps.join("\n"));
    assert_eq!(client.run_with("sudo bash -s", &script).await.status, Some(0));
    // Without a version it is the newest, whatever an image is called.
    assert_eq!(client.printed("kubeadm version -o short").await, "v1.28.2\n");
}
