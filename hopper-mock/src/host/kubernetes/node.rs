//! Nodes: what kubelets tell of themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{key, list, text};
use super::kind::Kind;
use super::step::{Step, condition, set_condition};
use crate::ec2::{InstanceState, instance_type};
use crate::host::disk::Disk;
use crate::host::program::kubeadm::is_of_2018;
use crate::host::ubuntu::Release;
use crate::world::World;

const NO_NETWORK: &str = "container runtime network not ready: NetworkReady=false \
reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

/// The taint of nodes that the cloud controller manager has not seen.
pub(super) const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";
/// The labels and taints of nodes of the control plane: now, and until 1.20.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";
const MASTER: &str = "node-role.kubernetes.io/master";
pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// A host that has become a node.
#[derive(Clone, Debug)]
pub(in crate::host) struct Joined {
    pub(in crate::host) name: String,
    pub(in crate::host) instance_id: String,
    pub(in crate::host) is_control_plane: bool,
}

/// The arguments of a host's kubelet: kubeadm's, Debian's, and those of drop-ins.
pub(super) fn flags(disk: &Disk) -> BTreeMap<String, String> {
    let drop_ins = "/etc/systemd/system/kubelet.service.d";
    let mut files =
        vec!["/var/lib/kubelet/kubeadm-flags.env".to_owned(), "/etc/default/kubelet".to_owned()];
    files.extend(disk.list(drop_ins).iter().map(|name| format!("{drop_ins}/{name}")));
    let texts: Vec<_> = files.iter().map(|file| disk.text(file)).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let words = lines
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split([' ', '"', '\'', '\t']));
    words
        .filter_map(|word| word.find("--").map(|at| &word[at + 2..]))
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A host has become a node of a cluster: its kubelet makes the object.
pub(in crate::host) fn joined(world: &mut World, control_plane: &str, joined: &Joined) {
    let id = &joined.instance_id;
    let Some(instance) = world.ec2.instances.get(id).cloned() else { return };
    let flags = flags(world.hosts().disk(id));
    let flag = |name: &str| flags.get(name).map(String::as_str);
    let own = instance.private_ip(world).map(|ip| ip.to_string()).unwrap_or_default();
    let ip = flag("node-ip").map_or(own, str::to_owned);
    let max_pods: u32 = flag("max-pods").and_then(|text| text.parse().ok()).unwrap_or(110);
    let (cpus, memory) = instance_type::named(&instance.instance_type)
        .map_or((2, 4096), |it| (it.vcpus, it.memory_mib));
    let architecture = if instance.architecture == "arm64" { "arm64" } else { "amd64" };
    let version = world.hosts().clusters.get(control_plane).map(|it| it.kubernetes_version.clone());
    let is_old = is_of_2018(&version.unwrap_or_default());
    let prefix = if is_old { "beta.kubernetes.io" } else { "kubernetes.io" };
    let mut labels = json!({
        format!("{prefix}/arch"): architecture,
        format!("{prefix}/os"): "linux",
        "kubernetes.io/hostname": joined.name,
    });
    for pair in flag("node-labels").unwrap_or_default().split(',') {
        if let Some((name, value)) = pair.split_once('=') {
            labels[name] = json!(value);
        }
    }
    let mut taints = vec![json!({"key": NOT_READY, "effect": "NoSchedule"})];
    if flag("cloud-provider") == Some("external") {
        taints.push(json!({"key": UNINITIALIZED, "value": "true", "effect": "NoSchedule"}));
    }
    if joined.is_control_plane {
        let taint = if is_old { MASTER } else { CONTROL_PLANE };
        labels[taint] = json!("");
        if !is_old {
            labels["node.kubernetes.io/exclude-from-external-load-balancers"] = json!("");
        }
        taints.push(json!({"key": taint, "effect": "NoSchedule"}));
    }
    let (now, region) = (world.now, world.region.clone());
    let release = Release::of(world.hosts().disk(id));
    let runtime = if is_old { "docker://17.3.2" } else { "containerd://2.2.4" };
    let has_provider = is_old && flag("cloud-provider") == Some("aws");
    let own_name = instance.private_dns_name(world).unwrap_or_default();
    if has_provider {
        let zone = "failure-domain.beta.kubernetes.io";
        labels["beta.kubernetes.io/instance-type"] = json!(instance.instance_type);
        labels[format!("{zone}/region")] = json!(region);
        labels[format!("{zone}/zone")] = json!(instance.availability_zone);
    }
    let Some(shared) = world.hosts().clusters.get_mut(control_plane) else { return };
    let cluster = Arc::make_mut(shared);
    let amounts = json!({
        "cpu": cpus.to_string(),
        "memory": format!("{}Ki", memory * 1024),
        "pods": max_pods.to_string(),
        "ephemeral-storage": "20134592Ki",
    });
    let mut node = json!({
        "metadata": {"name": joined.name, "labels": labels},
        "spec": {"taints": taints},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": ip},
                {"type": "Hostname", "address": joined.name},
            ],
            "capacity": amounts,
            "allocatable": amounts,
            "nodeInfo": {
                "architecture": architecture,
                "bootID": "",
                "containerRuntimeVersion": runtime,
                "kernelVersion": release.kernel(),
                "kubeProxyVersion": "",
                "kubeletVersion": cluster.kubernetes_version,
                "machineID": "",
                "operatingSystem": "linux",
                "osImage": release.pretty_name(),
                "systemUUID": instance.id,
            },
        },
    });
    if let Some(provider_id) = flag("provider-id") {
        node["spec"]["providerID"] = json!(provider_id);
    }
    if has_provider {
        let (zone, id) = (&instance.availability_zone, &instance.id);
        node["spec"]["providerID"] = json!(format!("aws:///{zone}/{id}"));
        node["status"]["addresses"] = json!([
            {"type": "InternalIP", "address": ip},
            {"type": "InternalDNS", "address": own_name},
            {"type": "Hostname", "address": joined.name},
        ]);
    }
    for kind in ["MemoryPressure", "DiskPressure", "PIDPressure"] {
        set_condition(&mut node, kind, ("False", "KubeletHasSufficient", ""), now);
    }
    set_condition(&mut node, "Ready", ("False", "KubeletNotReady", NO_NETWORK), now);
    cluster.members.insert(joined.name.clone(), id.clone());
    let at = key("nodes", "", &joined.name);
    if cluster.get(&at).is_none() {
        cluster.create(&Kind::built_in("nodes"), node, now);
    }
    if joined.is_control_plane {
        super::bootstrap::static_pods(cluster, &joined.name, now);
    }
}

/// Takes a taint away.
pub(super) fn untaint(node: &mut Value, taint: &str) {
    if let Some(taints) = node["spec"]["taints"].as_array_mut() {
        taints.retain(|one| one["key"] != taint);
    }
}

fn taint(node: &mut Value, taint: &str) {
    untaint(node, taint);
    match node["spec"]["taints"].as_array_mut() {
        Some(taints) => taints.push(json!({"key": taint, "effect": "NoSchedule"})),
        None => node["spec"]["taints"] = json!([{"key": taint, "effect": "NoSchedule"}]),
    }
}

/// Whether a host's kubelet tells of itself.
fn is_alive(world: &World, instance_id: &str) -> bool {
    let running = world.machinery.hosts.running.get(instance_id);
    world.ec2.instances.get(instance_id).is_some_and(|instance| {
        let is_up = |it: &crate::host::hosts::Running| {
            it.boot_time == instance.boot_time && it.units.contains("kubelet.service")
        };
        instance.state == InstanceState::Running && running.is_some_and(is_up)
    })
}

/// Nodes become ready when their network is, and are not when their kubelets are silent.
pub(super) fn run(step: &mut Step<'_>) {
    for at in step.cluster.keys("nodes") {
        let Some(node) = step.cluster.get(&at).cloned() else { continue };
        let name = text(&node, "/metadata/name").to_owned();
        let Some(id) = step.cluster.members.get(&name).cloned() else { continue };
        let is_alive = is_alive(step.world, &id);
        let silent = step.latency(|latencies| latencies.kube_node_lost);
        let is_lost = step.held(&format!("lost {name}"), !is_alive, silent);
        let has_pod = step.cluster.of("pods").any(|(_, pod)| {
            text(pod, "/spec/nodeName") == name
                && text(pod, "/metadata/labels/k8s-app") == "aws-node"
                && condition(pod, "Ready") == "True"
        });
        let ready = condition(&node, "Ready").to_owned();
        let had_network = step.cluster.timers.contains_key(&format!("network {name}"));
        let time = step.latency(|latencies| latencies.kube_network_ready);
        // A network that was made once stays on the disk.
        let has_network =
            (has_pod || had_network) && step.held(&format!("network {name}"), true, time);
        let now = step.now;
        if is_lost && ready != "Unknown" {
            step.cluster.edit(&at, |node| {
                let why = "Kubelet stopped posting node status.";
                set_condition(node, "Ready", ("Unknown", "NodeStatusUnknown", why), now);
                taint(node, UNREACHABLE);
            });
        } else if is_alive && has_network && ready != "True" {
            step.cluster.edit(&at, |node| {
                let why = "kubelet is posting ready status";
                set_condition(node, "Ready", ("True", "KubeletReady", why), now);
                untaint(node, NOT_READY);
                untaint(node, UNREACHABLE);
            });
            step.event(&node, true, "NodeReady", &format!("Node {name} status is now: NodeReady"));
        }
    }
    // Pods of nodes that are gone go too.
    let lost: Vec<_> = step
        .cluster
        .of("pods")
        .filter(|(_, pod)| {
            let node = text(pod, "/spec/nodeName");
            !node.is_empty() && step.cluster.get(&key("nodes", "", node)).is_none()
        })
        .map(|(at, _)| at.clone())
        .collect();
    for at in lost {
        step.cluster.remove(&at);
    }
}

/// Whether an object tolerates the taints of a node, beside those it always does.
pub(super) fn untolerated<'a>(node: &'a Value, spec: &Value, always: &[&str]) -> Option<&'a Value> {
    let tolerations = list(spec, "/tolerations");
    let tolerates = |taint: &Value| {
        tolerations.iter().any(|one| {
            let (key, effect) = (text(one, "/key"), text(one, "/effect"));
            let is_key = key.is_empty() || key == text(taint, "/key");
            let is_value =
                text(one, "/operator") == "Exists" || text(one, "/value") == text(taint, "/value");
            is_key && is_value && (effect.is_empty() || effect == text(taint, "/effect"))
        })
    };
    list(node, "/spec/taints")
        .iter()
        .filter(|taint| text(taint, "/effect") != "PreferNoSchedule")
        .find(|taint| !always.contains(&text(taint, "/key")) && !tolerates(taint))
}
