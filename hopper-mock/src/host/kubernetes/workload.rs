//! Deployments and DaemonSets: pods made and taken away, and counted.
//!
//! A Deployment has its pods itself, without ReplicaSets between.

use serde_json::{Value, json};

use super::cluster::{digits, text};
use super::kind::Kind;
use super::node::untolerated;
use super::schedule::selects;
use super::step::{Step, condition, set_condition};

/// Taints that pods of DaemonSets tolerate as they are, on nodes of the effect `NoSchedule`.
///
/// Source: "DaemonSet", "Taints and tolerations". That of nodes that are not ready is only
/// tolerated with `NoExecute`, so it is not among them.
const TOLERATED: [&str; 2] = ["node.kubernetes.io/unschedulable", "node.kubernetes.io/unreachable"];

pub(super) fn run(step: &mut Step<'_>) {
    for resource in ["deployments.apps", "daemonsets.apps"] {
        for at in step.cluster.keys(resource) {
            let Some(owner) = step.cluster.get(&at).cloned() else { continue };
            if !text(&owner, "/metadata/deletionTimestamp").is_empty() {
                continue;
            }
            if resource == "deployments.apps" {
                deployment(step, &at, &owner);
            } else {
                daemon_set(step, &at, &owner);
            }
        }
    }
}

/// The pods of an owner with their keys: those of its present template, and others.
fn pods(step: &Step<'_>, owner: &Value, hash: &str) -> (Vec<(String, Value)>, Vec<String>) {
    let uid = text(owner, "/metadata/uid");
    let (mut present, mut old) = (Vec::new(), Vec::new());
    for (at, pod) in step.cluster.of("pods") {
        if text(pod, "/metadata/ownerReferences/0/uid") != uid {
            continue;
        }
        if text(pod, "/metadata/labels/pod-template-hash") == hash {
            present.push((at.clone(), pod.clone()));
        } else {
            old.push(at.clone());
        }
    }
    (present, old)
}

fn hash_of(owner: &Value) -> String {
    digits(&owner["spec"]["template"].to_string(), 10)
}

fn make_pod(step: &mut Step<'_>, owner: &Value, hash: &str, node: Option<&str>) {
    let name = text(owner, "/metadata/name");
    let end = step.cluster.unique()[..5].to_owned();
    let middle = if node.is_some() { String::new() } else { format!("-{hash}") };
    let mut pod = json!({
        "metadata": {
            "name": format!("{name}{middle}-{end}"),
            "namespace": owner["metadata"]["namespace"],
            "labels": owner["spec"]["template"]["metadata"]["labels"],
            "ownerReferences": [{
                "apiVersion": "apps/v1",
                "kind": owner["kind"],
                "name": name,
                "uid": owner["metadata"]["uid"],
                "controller": true,
                "blockOwnerDeletion": true,
            }],
        },
        "spec": owner["spec"]["template"]["spec"],
        "status": {"phase": "Pending"},
    });
    pod["metadata"]["labels"]["pod-template-hash"] = json!(hash);
    if let Some(node) = node {
        pod["spec"]["nodeName"] = json!(node);
        set_condition(&mut pod, "PodScheduled", ("True", "", ""), step.now);
    }
    step.cluster.create(&Kind::built_in("pods"), pod, step.now);
}

fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready") == "True"
}

fn deployment(step: &mut Step<'_>, at: &str, owner: &Value) {
    let (hash, wanted) = (hash_of(owner), owner["spec"]["replicas"].as_u64().unwrap_or(1));
    let (present, old) = pods(step, owner, &hash);
    for gone in old {
        step.cluster.remove(&gone);
    }
    let wanted = usize::try_from(wanted).unwrap_or_default();
    for (gone, _) in present.iter().skip(wanted) {
        step.cluster.remove(gone);
    }
    for _ in present.len()..wanted {
        make_pod(step, owner, &hash, None);
    }
    let (present, _) = pods(step, owner, &hash);
    let ready = present.iter().filter(|(_, pod)| is_ready(pod)).count();
    let (n, now) = (present.len(), step.now);
    step.cluster.edit(at, |object| {
        let status = &mut object["status"];
        status["observedGeneration"] = owner["metadata"]["generation"].clone();
        status["replicas"] = json!(n);
        status["updatedReplicas"] = json!(n);
        status["readyReplicas"] = json!(ready);
        status["availableReplicas"] = json!(ready);
        status["unavailableReplicas"] = json!(n - ready);
        let available = match ready == wanted {
            true => ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
            false => (
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            ),
        };
        set_condition(object, "Available", available, now);
    });
}

fn daemon_set(step: &mut Step<'_>, at: &str, owner: &Value) {
    let hash = hash_of(owner);
    let (present, old) = pods(step, owner, &hash);
    for gone in old {
        step.cluster.remove(&gone);
    }
    let spec = &owner["spec"]["template"]["spec"];
    let on = |pod: &Value| text(pod, "/spec/nodeName").to_owned();
    let (mut nodes, mut wanted) = (Vec::new(), 0);
    for (_, node) in step.cluster.of("nodes") {
        let name = text(node, "/metadata/name").to_owned();
        let has_one = present.iter().any(|(_, pod)| on(pod) == name);
        let always: Vec<_> = TOLERATED.to_vec();
        let may = selects(spec, node) && untolerated(node, spec, &always).is_none();
        // A pod that runs is not sent away by NoSchedule.
        if may || has_one {
            wanted += 1;
        }
        if may && !has_one {
            nodes.push(name);
        }
    }
    for node in nodes {
        make_pod(step, owner, &hash, Some(&node));
    }
    let (present, _) = pods(step, owner, &hash);
    let ready = present.iter().filter(|(_, pod)| is_ready(pod)).count();
    step.cluster.edit(at, |object| {
        let status = &mut object["status"];
        status["observedGeneration"] = owner["metadata"]["generation"].clone();
        status["desiredNumberScheduled"] = json!(wanted);
        status["currentNumberScheduled"] = json!(present.len());
        status["updatedNumberScheduled"] = json!(present.len());
        status["numberMisscheduled"] = json!(0);
        status["numberReady"] = json!(ready);
        status["numberAvailable"] = json!(ready);
        status["numberUnavailable"] = json!(wanted - ready);
    });
}
