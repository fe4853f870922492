//! The scheduler: a node for each pod.

use serde_json::Value;

use super::cluster::{Cluster, text};
use super::node::untolerated;

/// The node a pod goes to: the one with the fewest pods, or why there is none.
pub(super) fn place(cluster: &Cluster, pod: &Value) -> Result<String, String> {
    let (mut best, mut reasons, mut n_nodes) = (None, Vec::new(), 0);
    for (_, node) in cluster.of("nodes") {
        n_nodes += 1;
        let name = text(node, "/metadata/name");
        let n_pods = n_pods(cluster, name);
        match refusal(node, &pod["spec"], n_pods) {
            Some(reason) => reasons.push(reason),
            None if best.is_none_or(|(least, _)| n_pods < least) => best = Some((n_pods, name)),
            None => {}
        }
    }
    reasons.sort();
    let mut counted: Vec<(usize, String)> = Vec::new();
    for reason in reasons {
        match counted.last_mut() {
            Some((n, last)) if *last == reason => *n += 1,
            _ => counted.push((1, reason)),
        }
    }
    let why: Vec<_> = counted.iter().map(|(n, reason)| format!("{n} {reason}")).collect();
    let none = || format!("0/{n_nodes} nodes are available: {}.", why.join(", "));
    best.map(|(_, name)| name.to_owned()).ok_or_else(none)
}

fn n_pods(cluster: &Cluster, node: &str) -> usize {
    cluster.of("pods").filter(|(_, pod)| text(pod, "/spec/nodeName") == node).count()
}

fn refusal(node: &Value, spec: &Value, n_pods: usize) -> Option<String> {
    if let Some(taint) = untolerated(node, spec, &[]) {
        let (key, value) = (text(taint, "/key"), text(taint, "/value"));
        return Some(format!("node(s) had untolerated taint {{{key}: {value}}}"));
    }
    if !selects(spec, node) {
        return Some("node(s) didn't match Pod's node affinity/selector".to_owned());
    }
    let room = text(node, "/status/allocatable/pods").parse().unwrap_or(110);
    (room <= n_pods).then(|| "Too many pods".to_owned())
}

/// Whether a pod may be on a node by its labels.
pub(super) fn selects(spec: &Value, node: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let wanted = spec["nodeSelector"].as_object();
    wanted.is_none_or(|wanted| wanted.iter().all(|(name, value)| labels[name] == *value))
}
