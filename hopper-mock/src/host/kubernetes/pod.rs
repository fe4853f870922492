//! Pods: scheduled, their images fetched, started.

use serde_json::{Value, json};

use super::cluster::{key, list, stamp, text};
use super::step::{Step, condition, set_condition};
use super::{cloud, image, network_files, permission, schedule};

/// The calls of the pod network's plugin. Source: `docs/iam-policy.md` of amazon-vpc-cni-k8s.
const NETWORK_ACTIONS: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:ModifyNetworkInterfaceAttribute",
];

/// The images of a pod, without repetition.
fn images(pod: &Value) -> Vec<String> {
    let containers = ["/spec/initContainers", "/spec/containers"];
    let all = containers.iter().flat_map(|pointer| list(pod, pointer));
    let mut images: Vec<_> = all.map(|one| text(one, "/image").to_owned()).collect();
    images.sort();
    images.dedup();
    images
}

pub(super) fn run(step: &mut Step<'_>) {
    for at in step.cluster.keys("pods") {
        let Some(pod) = step.cluster.get(&at).cloned() else { continue };
        if text(&pod, "/spec/nodeName").is_empty() {
            assign(step, &at, &pod);
        } else {
            advance(step, &at, &pod);
        }
    }
}

fn assign(step: &mut Step<'_>, at: &str, pod: &Value) {
    let now = step.now;
    match schedule::place(step.cluster, pod) {
        Ok(node) => {
            let whole =
                format!("{}/{}", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
            step.event(pod, true, "Scheduled", &format!("Successfully assigned {whole} to {node}"));
            step.cluster.edit(at, |pod| {
                pod["spec"]["nodeName"] = json!(node);
                set_condition(pod, "PodScheduled", ("True", "", ""), now);
            });
        }
        Err(why) => {
            step.event(pod, false, "FailedScheduling", &why);
            step.cluster.edit(at, |pod| {
                set_condition(pod, "PodScheduled", ("False", "Unschedulable", &why), now);
            });
        }
    }
}

fn advance(step: &mut Step<'_>, at: &str, pod: &Value) {
    let node_name = text(pod, "/spec/nodeName").to_owned();
    let Some(id) = step.cluster.members.get(&node_name).cloned() else { return };
    let Some(node) = step.cluster.get(&key("nodes", "", &node_name)).cloned() else { return };
    let is_node_ready = condition(&node, "Ready");
    if is_node_ready == "Unknown" {
        if condition(pod, "Ready") == "True" {
            let now = step.now;
            step.cluster.edit(at, |pod| {
                set_condition(pod, "Ready", ("False", "NodeNotReady", "the node is silent"), now);
            });
        }
        return;
    }
    if pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].is_string() {
        return;
    }
    let is_running = text(pod, "/status/phase") == "Running";
    if !is_running && !start(step, at, pod, &id, is_node_ready == "True") {
        return;
    }
    let complaint = complaint(step, pod, &id);
    let already = condition(pod, "Ready") == "True";
    let is_same = match &complaint {
        Some(_) => is_running && !already,
        None => is_running && already,
    };
    if is_same {
        return;
    }
    if let Some(why) = &complaint {
        let name = text(pod, "/spec/containers/0/name");
        let why = format!("Back-off restarting failed container {name}: {why}");
        step.event(pod, false, "BackOff", &why);
    }
    let ip = address(&node, pod, at);
    let now = step.now;
    step.cluster.edit(at, |pod| run_now(pod, &node, &ip, complaint.as_deref(), now));
}

/// Whether a pod's containers can start now; else it says what they wait for.
fn start(step: &mut Step<'_>, at: &str, pod: &Value, id: &str, has_network: bool) -> bool {
    let on_host = pod["spec"]["hostNetwork"] == true;
    if !on_host && !has_network {
        let why = "network is not ready: container runtime network not ready: NetworkReady=false \
                   reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin \
                   not initialized";
        step.event(pod, false, "NetworkNotReady", why);
        step.held(at, false, std::time::Duration::ZERO);
        wait(step, at, pod, None, "ContainerCreating", "");
        return false;
    }
    let images = images(pod);
    let missing: Vec<_> =
        images.iter().filter(|image| !image::is_there(step, id, image)).cloned().collect();
    for image in &missing {
        let Some(why) = image::complaint(step, id, image) else { continue };
        step.held(at, false, std::time::Duration::ZERO);
        step.event(pod, false, "Failed", &why);
        wait(step, at, pod, Some(image), "ImagePullBackOff", &why);
        return false;
    }
    let n = u32::try_from(missing.len()).unwrap_or(u32::MAX);
    let time = step.latency(|it| it.kube_image_pulled.saturating_mul(n) + it.kube_pod_started);
    if !step.held(at, true, time) {
        wait(step, at, pod, None, "ContainerCreating", "");
        return false;
    }
    step.cluster.timers.remove(at);
    for image in &missing {
        image::keep(step, id, image);
    }
    true
}

fn wait(
    step: &mut Step<'_>,
    at: &str,
    pod: &Value,
    of: Option<&String>,
    reason: &str,
    message: &str,
) {
    let statuses = |pointer: &str| -> Vec<Value> {
        let containers = list(pod, pointer).iter();
        containers
            .map(|one| {
                let is_it = of.is_none_or(|image| text(one, "/image") == image);
                let (reason, message) =
                    if is_it { (reason, message) } else { ("PodInitializing", "") };
                status(one, &json!({"waiting": {"reason": reason, "message": message}}), false)
            })
            .collect()
    };
    let (first, rest) = (statuses("/spec/initContainers"), statuses("/spec/containers"));
    let now = step.now;
    step.cluster.edit(at, |pod| {
        pod["status"]["phase"] = json!("Pending");
        if !first.is_empty() {
            pod["status"]["initContainerStatuses"] = json!(first);
        }
        pod["status"]["containerStatuses"] = json!(rest);
        set_condition(pod, "Ready", ("False", "ContainersNotReady", message), now);
    });
}

fn status(container: &Value, state: &Value, is_ready: bool) -> Value {
    json!({
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": is_ready,
        "started": is_ready,
        "restartCount": 0,
        "state": state,
    })
}

/// The pod has started; it is ready if there is nothing to complain of.
fn run_now(pod: &mut Value, node: &Value, ip: &str, complaint: Option<&str>, now: crate::Time) {
    let begun = json!({"running": {"startedAt": stamp(now)}});
    let state = match complaint {
        None => begun,
        Some(why) => json!({"waiting": {"reason": "CrashLoopBackOff", "message": why}}),
    };
    let is_ready = complaint.is_none();
    let containers = list(pod, "/spec/containers").to_vec();
    let rest: Vec<_> = containers.iter().map(|one| status(one, &state, is_ready)).collect();
    let done =
        json!({"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": stamp(now)}});
    let first = list(pod, "/spec/initContainers").to_vec();
    let first: Vec<_> = first.iter().map(|one| status(one, &done, true)).collect();
    let whole = &mut pod["status"];
    whole["phase"] = json!("Running");
    whole["hostIP"] = node["status"]["addresses"][0]["address"].clone();
    whole["podIP"] = json!(ip);
    whole["podIPs"] = json!([{"ip": ip}]);
    whole["startTime"] = json!(stamp(now));
    whole["containerStatuses"] = json!(rest);
    if !first.is_empty() {
        whole["initContainerStatuses"] = json!(first);
    }
    let ready = match complaint {
        None => ("True", "", ""),
        Some(why) => ("False", "ContainersNotReady", why),
    };
    set_condition(pod, "Initialized", ("True", "", ""), now);
    set_condition(pod, "ContainersReady", ready, now);
    set_condition(pod, "Ready", ready, now);
}

/// The node's own address, or one beside it.
fn address(node: &Value, pod: &Value, at: &str) -> String {
    let own = text(node, "/status/addresses/0/address");
    if pod["spec"]["hostNetwork"] == true {
        return own.to_owned();
    }
    let n = super::cluster::digits(at, 2);
    let n = u8::from_str_radix(&n, 16).unwrap_or_default();
    let net = own.rsplit_once('.').map(|(net, _)| net).unwrap_or_default();
    format!("{net}.{}", 20 + n % 230)
}

/// Why a pod that has started does not stay, if it talks to AWS and may not.
pub(super) fn complaint(step: &mut Step<'_>, pod: &Value, id: &str) -> Option<String> {
    if pod["spec"]["hostNetwork"] != true
        && let Some(why) = network_files::complaint(step, id)
    {
        return Some(why);
    }
    let app = text(pod, "/metadata/labels/k8s-app").to_owned();
    let owner = text(pod, "/metadata/ownerReferences/0/name").to_owned();
    if text(pod, "/metadata/namespace") != "kube-system" {
        return None;
    }
    if app == "aws-node" {
        let tags = cloud::tags(step, id);
        let mut tags: Vec<_> = tags.into_iter().collect();
        tags.push(("node.k8s.amazonaws.com/instance_id".to_owned(), id.to_owned()));
        tags.push(("cluster.k8s.amazonaws.com/name".to_owned(), cluster_of(pod)));
        let (action, role) = permission::denied(step.world, id, &NETWORK_ACTIONS, &tags)?;
        return Some(format!(
            "UnauthorizedOperation: You are not authorized to perform this operation. {role} is \
             not authorized to perform: {action}"
        ));
    }
    if owner == cloud::NAME {
        return cloud::complaint(step.world, id);
    }
    None
}

/// What the plugin is told the cluster's name is.
fn cluster_of(pod: &Value) -> String {
    let mut variables = list(pod, "/spec/containers").iter().flat_map(|one| list(one, "/env"));
    let found = variables.find(|one| one["name"] == "CLUSTER_NAME");
    found.map(|one| text(one, "/value").to_owned()).unwrap_or_default()
}
