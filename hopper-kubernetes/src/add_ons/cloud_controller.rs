//! [`cloud_controller()`]: the controller that tells Kubernetes of its machines on AWS, and makes
//! load balancers there.

use super::manifest;
use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, DaemonSetSpec},
        core::v1::{
            Container, PodSpec, PodTemplateSpec, ResourceRequirements, ServiceAccount, Toleration,
        },
        rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject},
    },
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{LabelSelector, ObjectMeta},
    },
};
use serde_json::Value;
use std::collections::BTreeMap;

const NAME: &str = "cloud-controller-manager";
const NAMESPACE: &str = "kube-system";
const RBAC: &str = "rbac.authorization.k8s.io";

/// The objects of cloud-provider-aws, of this image: a DaemonSet on the control plane's machines
/// and what it may do.
///
/// It bears every taint, so that it starts before there is a pod network, and makes no routes: the
/// pods have addresses of the VPC.
///
/// Source: `examples/existing-cluster` and `docs/prerequisites.md` of cloud-provider-aws.
///
/// # Errors
///
/// When an object cannot be written, which is a mistake of this crate's.
pub fn cloud_controller(image: &str) -> Result<String, serde_json::Error> {
    let objects: [Result<Value, _>; 5] = [
        serde_json::to_value(account()),
        serde_json::to_value(role()),
        serde_json::to_value(binding()),
        serde_json::to_value(reader()),
        serde_json::to_value(daemon_set(image)),
    ];
    manifest(objects.into_iter().collect::<Result<Vec<_>, _>>()?)
}

fn meta(name: &str, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(str::to_owned),
        ..ObjectMeta::default()
    }
}

fn account() -> ServiceAccount {
    ServiceAccount { metadata: meta(NAME, Some(NAMESPACE)), ..ServiceAccount::default() }
}

fn role() -> ClusterRole {
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(resources.iter().map(|text| (*text).to_owned()).collect()),
        verbs: verbs.iter().map(|text| (*text).to_owned()).collect(),
        ..PolicyRule::default()
    };
    ClusterRole {
        metadata: meta(&format!("system:{NAME}"), None),
        rules: Some(vec![
            rule("", &["events"], &["create", "patch", "update"]),
            rule("", &["nodes"], &["get", "list", "watch", "patch", "update", "delete"]),
            rule("", &["nodes/status"], &["patch"]),
            rule("", &["services"], &["get", "list", "watch", "patch", "update"]),
            rule("", &["services/status"], &["get", "list", "watch", "patch", "update"]),
            rule("", &["serviceaccounts"], &["create", "get", "list", "watch"]),
            rule("", &["serviceaccounts/token"], &["create"]),
            rule("", &["configmaps"], &["get", "list", "watch"]),
            rule("discovery.k8s.io", &["endpointslices"], &["get", "list", "watch"]),
            rule("coordination.k8s.io", &["leases"], &["create", "get", "list", "watch", "update"]),
        ]),
        ..ClusterRole::default()
    }
}

fn subjects() -> Option<Vec<Subject>> {
    Some(vec![Subject {
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(NAMESPACE.to_owned()),
        ..Subject::default()
    }])
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef { api_group: Some(RBAC.to_owned()), kind: kind.to_owned(), name: name.to_owned() }
}

fn binding() -> ClusterRoleBinding {
    let name = format!("system:{NAME}");
    ClusterRoleBinding {
        metadata: meta(&name, None),
        role_ref: role_ref("ClusterRole", &name),
        subjects: subjects(),
    }
}

/// How it finds out whom it may trust, as every extension of the API server does.
fn reader() -> RoleBinding {
    RoleBinding {
        metadata: meta(&format!("{NAME}:apiserver-authentication-reader"), Some(NAMESPACE)),
        role_ref: role_ref("Role", "extension-apiserver-authentication-reader"),
        subjects: subjects(),
    }
}

fn daemon_set(image: &str) -> DaemonSet {
    let labels = BTreeMap::from([("k8s-app".to_owned(), NAME.to_owned())]);
    let args = [
        "--v=2",
        "--cloud-provider=aws",
        "--use-service-account-credentials=true",
        "--configure-cloud-routes=false",
    ];
    let container = Container {
        name: NAME.to_owned(),
        image: Some(image.to_owned()),
        args: Some(args.map(str::to_owned).to_vec()),
        resources: Some(ResourceRequirements {
            requests: Some(BTreeMap::from([("cpu".to_owned(), Quantity("100m".to_owned()))])),
            ..ResourceRequirements::default()
        }),
        ..Container::default()
    };
    let everything = Toleration { operator: Some("Exists".to_owned()), ..Toleration::default() };
    let on = BTreeMap::from([("node-role.kubernetes.io/control-plane".to_owned(), String::new())]);
    let pod = PodSpec {
        containers: vec![container],
        host_network: Some(true),
        node_selector: Some(on),
        priority_class_name: Some("system-cluster-critical".to_owned()),
        service_account_name: Some(NAME.to_owned()),
        tolerations: Some(vec![everything]),
        ..PodSpec::default()
    };
    DaemonSet {
        metadata: meta(NAME, Some(NAMESPACE)),
        spec: Some(DaemonSetSpec {
            selector: LabelSelector {
                match_labels: Some(labels.clone()),
                ..LabelSelector::default()
            },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(pod),
            },
            ..DaemonSetSpec::default()
        }),
        ..DaemonSet::default()
    }
}
