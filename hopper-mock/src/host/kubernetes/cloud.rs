//! The cloud controller manager: nodes get what AWS knows of them, and go with their instances.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cluster::{list, text};
use super::node::{UNINITIALIZED, untaint};
use super::permission;
use super::step::{Step, condition};
use crate::ec2::{Instance, InstanceState, reaches_internet};
use crate::world::World;

/// The DaemonSet it runs as.
pub(super) const NAME: &str = "cloud-controller-manager";

const PREFIX: &str = "kubernetes.io/cluster/";

/// The name of the cluster an instance is tagged for.
pub(super) fn cluster_name(world: &World, id: &str) -> Option<String> {
    let tags = &world.ec2.instances.get(id)?.tags;
    tags.keys().find_map(|name| name.strip_prefix(PREFIX)).map(str::to_owned)
}

/// The tags the provider gives to what it makes: the legacy one only where the instance has it.
///
/// Source: `tags.go` of cloud-provider-aws.
pub(super) fn tags(step: &Step<'_>, id: &str) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    if let Some(name) = cluster_name(step.world, id) {
        tags.insert(format!("{PREFIX}{name}"), "owned".to_owned());
    }
    let legacy = "KubernetesCluster";
    let instance = step.world.ec2.instances.get(id);
    if let Some(value) = instance.and_then(|instance| instance.tags.get(legacy)) {
        tags.insert(legacy.to_owned(), value.clone());
    }
    tags
}

/// Why what talks to AWS does not stay up on an instance.
pub(in crate::host) fn complaint(world: &World, id: &str) -> Option<String> {
    if cluster_name(world, id).is_none() {
        return Some(format!(
            "could not init cloud provider \"aws\": AWS cloud failed to find ClusterID: the \
             instance has no tag {PREFIX}<name>"
        ));
    }
    if !reaches_internet(world, id, 443) {
        return Some("could not init cloud provider \"aws\": dial tcp: i/o timeout".to_owned());
    }
    let (action, role) = permission::denied(world, id, &["ec2:DescribeInstances"], &[])?;
    Some(format!(
        "could not init cloud provider \"aws\": error finding instance {id}: \
         UnauthorizedOperation: {role} is not authorized to perform: {action}"
    ))
}

/// The instance it runs on, if it does.
///
/// Before there was one of its own, it was within the controller manager.
pub(super) fn running(step: &Step<'_>) -> Option<String> {
    if step.cluster.has_provider {
        return Some(step.cluster.control_plane.clone());
    }
    let mut pods = step.cluster.of("pods");
    let (_, pod) = pods.find(|(_, pod)| {
        text(pod, "/metadata/namespace") == "kube-system"
            && text(pod, "/metadata/ownerReferences/0/name") == NAME
            && condition(pod, "Ready") == "True"
    })?;
    step.cluster.members.get(text(pod, "/spec/nodeName")).cloned()
}

/// The instance of a node: by its provider id, or by its name.
pub(super) fn instance_of(step: &Step<'_>, node: &Value) -> Option<Instance> {
    let provider_id = text(node, "/spec/providerID");
    let instances = &step.world.ec2.instances;
    match provider_id.rsplit_once('/') {
        Some((_, id)) => instances.get(id).cloned(),
        None => {
            let name = text(node, "/metadata/name");
            let mut all = instances.values();
            all.find(|one| one.private_dns_name(step.world).as_deref() == Some(name)).cloned()
        }
    }
}

pub(super) fn run(step: &mut Step<'_>) {
    let own = running(step);
    let cluster = own.as_ref().and_then(|own| cluster_name(step.world, own));
    for at in step.cluster.keys("nodes") {
        let Some(node) = step.cluster.get(&at).cloned() else { continue };
        let instance = instance_of(step, &node);
        let is_new = list(&node, "/spec/taints").iter().any(|taint| taint["key"] == UNINITIALIZED);
        let is_ours = instance
            .as_ref()
            .zip(cluster.as_ref())
            .is_some_and(|(instance, name)| instance.tags.contains_key(&format!("{PREFIX}{name}")));
        let time = step.latency(|latencies| latencies.kube_node_initialized);
        if step.held(&format!("cloud {at}"), is_new && is_ours, time)
            && let Some(instance) = &instance
        {
            initialize(step, &at, instance);
            step.event(&node, true, "Synced", "Node synced successfully");
        }
        if is_new && !is_ours && own.is_some() {
            let why = "failed to initialize node: instance not found: no instance with the node's \
                       provider id or name carries the cluster's tag";
            step.event(&node, false, "FailedToInitialize", why);
        }
        let is_gone = instance.as_ref().is_none_or(|it| it.state == InstanceState::Terminated)
            && step.cluster.members.contains_key(text(&node, "/metadata/name"))
            && condition(&node, "Ready") != "True";
        let time = step.latency(|latencies| latencies.kube_node_removed);
        if step.held(&format!("gone {at}"), is_gone && own.is_some(), time) {
            step.event(&node, true, "DeletingNode", "the instance does not exist any more");
            let name = text(&node, "/metadata/name").to_owned();
            step.cluster.members.remove(&name);
            step.cluster.timers.remove(&format!("network {name}"));
            step.cluster.remove(&at);
        }
    }
}

fn initialize(step: &mut Step<'_>, at: &str, instance: &Instance) {
    let zone = instance.availability_zone.clone();
    let region = step.world.region.clone();
    let ip = instance.private_ip(step.world).map(|ip| ip.to_string()).unwrap_or_default();
    let dns = instance.private_dns_name(step.world).unwrap_or_default();
    let kind = instance.instance_type.clone();
    let provider_id = format!("aws:///{zone}/{}", instance.id);
    step.cluster.edit(at, |node| {
        untaint(node, UNINITIALIZED);
        node["spec"]["providerID"] = json!(provider_id);
        let labels = &mut node["metadata"]["labels"];
        labels["node.kubernetes.io/instance-type"] = json!(kind);
        labels["topology.kubernetes.io/region"] = json!(region);
        labels["topology.kubernetes.io/zone"] = json!(zone);
        let name = node["metadata"]["name"].clone();
        node["status"]["addresses"] = json!([
            {"type": "InternalIP", "address": ip},
            {"type": "InternalDNS", "address": dns},
            {"type": "Hostname", "address": name},
        ]);
    });
}
