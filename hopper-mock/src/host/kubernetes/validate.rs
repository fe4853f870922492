//! What the API server fills in and refuses.

use serde_json::{Value, json};

use super::cluster::{Cluster, list, text};
use super::kind::Kind;
use super::status::Refusal;

/// The first port of nodes for Services, and the network of their addresses (kubeadm's defaults).
const FIRST_NODE_PORT: u16 = 30_000;
const SERVICES: &str = "10.96";

/// Fills in what was left out.
pub(super) fn fill(cluster: &Cluster, kind: &Kind, object: &mut Value) {
    let or = |object: &mut Value, name: &str, value: Value| {
        if object[name].is_null() {
            object[name] = value;
        }
    };
    match kind.plural.as_str() {
        "deployments" => {
            or(&mut object["spec"], "replicas", json!(1));
            or(&mut object["spec"], "progressDeadlineSeconds", json!(600));
        }
        "daemonsets" => {
            let strategy = json!({"type": "RollingUpdate"});
            or(&mut object["spec"], "updateStrategy", strategy);
        }
        "secrets" => {
            or(object, "type", json!("Opaque"));
            if let Some(Value::Object(plain)) = object["stringData"].take().into() {
                for (name, value) in plain {
                    let value = value.as_str().unwrap_or_default();
                    object["data"][name] = json!(super::token::packed(value));
                }
            }
            if let Some(fields) = object.as_object_mut() {
                fields.remove("stringData");
            }
        }
        "namespaces" => {
            or(&mut object["spec"], "finalizers", json!(["kubernetes"]));
            or(&mut object["status"], "phase", json!("Active"));
            let name = object["metadata"]["name"].clone();
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
        }
        "services" => {
            or(object, "status", json!({"loadBalancer": {}}));
            service(cluster, object);
        }
        _ => {}
    }
}

fn service(cluster: &Cluster, object: &mut Value) {
    let taken = |pointer: &str| -> Vec<Value> {
        let all = cluster.of("services").map(|(_, one)| one.clone());
        all.filter_map(|one| one.pointer(pointer).cloned()).collect()
    };
    let spec = &mut object["spec"];
    if spec["type"].is_null() {
        spec["type"] = json!("ClusterIP");
    }
    if spec["clusterIP"].is_null() {
        let taken = taken("/spec/clusterIP");
        let free = (16..).map(|n| json!(format!("{SERVICES}.{}.{}", n / 256, n % 256)));
        spec["clusterIP"] = free.into_iter().find(|ip| !taken.contains(ip)).unwrap_or_default();
    }
    spec["clusterIPs"] = json!([spec["clusterIP"]]);
    let has_node_ports = spec["type"] == "LoadBalancer" || spec["type"] == "NodePort";
    let mut taken: Vec<Value> = cluster
        .of("services")
        .flat_map(|(_, one)| list(one, "/spec/ports"))
        .map(|port| port["nodePort"].clone())
        .collect();
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        if port["protocol"].is_null() {
            port["protocol"] = json!("TCP");
        }
        if port["targetPort"].is_null() {
            port["targetPort"] = port["port"].clone();
        }
        if has_node_ports && port["nodePort"].is_null() {
            let free = (FIRST_NODE_PORT..).map(|port| json!(port));
            port["nodePort"] = free.into_iter().find(|it| !taken.contains(it)).unwrap_or_default();
            taken.push(port["nodePort"].clone());
        }
    }
}

/// Refuses what cannot be, or not any more.
pub(super) fn check(kind: &Kind, old: Option<&Value>, new: &Value) -> Result<(), Refusal> {
    let name = text(new, "/metadata/name");
    let invalid = |field: &str, why: String| Err(Refusal::invalid(kind, name, field, &why));
    let is_workload = ["deployments", "daemonsets"].contains(&kind.plural.as_str());
    if is_workload {
        let labels = &new["spec"]["template"]["metadata"]["labels"];
        let wanted = new["spec"]["selector"]["matchLabels"].as_object();
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
            return invalid("spec.selector", "Required value".to_owned());
        };
        if wanted.iter().any(|(name, value)| labels[name] != *value) {
            let why =
                format!("Invalid value: {labels}: `selector` does not match template `labels`");
            return invalid("spec.template.metadata.labels", why);
        }
        let containers = list(new, "/spec/template/spec/containers");
        if containers.is_empty() {
            return invalid("spec.template.spec.containers", "Required value".to_owned());
        }
        if containers.iter().any(|one| text(one, "/image").is_empty()) {
            let field = "spec.template.spec.containers[0].image";
            return invalid(field, "Required value".to_owned());
        }
    }
    if kind.plural == "services" && list(new, "/spec/ports").is_empty() {
        return invalid("spec.ports", "Required value".to_owned());
    }
    let immutable: &[&str] = match kind.plural.as_str() {
        "deployments" | "daemonsets" => &["/spec/selector"],
        "services" => &["/spec/clusterIP"],
        "secrets" => &["/type"],
        "rolebindings" | "clusterrolebindings" => &["/roleRef"],
        _ => &[],
    };
    for pointer in immutable {
        let Some(was) = old.and_then(|old| old.pointer(pointer)) else { continue };
        let is = new.pointer(pointer).cloned().unwrap_or_default();
        if *was == is {
            continue;
        }
        let field = pointer.trim_start_matches('/').replace('/', ".");
        return match kind.plural.as_str() {
            "services" => invalid(
                "spec.clusterIPs[0]",
                format!("Invalid value: [{is}]: may not change once set"),
            ),
            "rolebindings" | "clusterrolebindings" => {
                invalid(&field, format!("Invalid value: {is}: cannot change roleRef"))
            }
            _ => invalid(&field, format!("Invalid value: {is}: field is immutable")),
        };
    }
    Ok(())
}
