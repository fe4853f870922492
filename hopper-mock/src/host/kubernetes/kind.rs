//! [`Kind`]: what kinds of objects there are.

use serde_json::{Value, json};

use super::cluster::{Cluster, list, text};
use crate::host::program::kubeadm::is_of_2018;

/// A kind of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) kind: String,
    pub(super) is_namespaced: bool,
}

/// Group, version, plural, kind, whether it is in namespaces.
type Row = (&'static str, &'static str, &'static str, &'static str, bool);

const KINDS: &[Row] = &[
    ("", "v1", "configmaps", "ConfigMap", true),
    ("", "v1", "endpoints", "Endpoints", true),
    ("", "v1", "events", "Event", true),
    ("", "v1", "namespaces", "Namespace", false),
    ("", "v1", "nodes", "Node", false),
    ("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true),
    ("", "v1", "persistentvolumes", "PersistentVolume", false),
    ("", "v1", "pods", "Pod", true),
    ("", "v1", "secrets", "Secret", true),
    ("", "v1", "serviceaccounts", "ServiceAccount", true),
    ("", "v1", "services", "Service", true),
    ("apps", "v1", "daemonsets", "DaemonSet", true),
    ("apps", "v1", "deployments", "Deployment", true),
    ("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false),
    ("coordination.k8s.io", "v1", "leases", "Lease", true),
    ("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
    ("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
    ("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
    ("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true),
    ("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
    ("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", false),
    ("storage.k8s.io", "v1", "csidrivers", "CSIDriver", false),
    ("storage.k8s.io", "v1", "storageclasses", "StorageClass", false),
];

/// Kinds that there were besides, in 2018: the same objects as those of the name now.
const OF_2018: &[Row] = &[
    (
        "apiextensions.k8s.io",
        "v1beta1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        false,
    ),
    ("extensions", "v1beta1", "daemonsets", "DaemonSet", true),
    ("extensions", "v1beta1", "deployments", "Deployment", true),
];

/// Kinds that there were not yet.
fn is_later(row: &Row) -> bool {
    (row.0, row.1) == ("apiextensions.k8s.io", "v1")
        || ["coordination.k8s.io", "policy", "scheduling.k8s.io"].contains(&row.0)
        || row.2 == "csidrivers"
}

impl Kind {
    fn of_row((group, version, plural, kind, is_namespaced): Row) -> Self {
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
            kind: kind.to_owned(),
            is_namespaced,
        }
    }

    /// A kind that every cluster has.
    pub(super) fn built_in(plural: &str) -> Self {
        let row = KINDS.iter().find(|row| row.2 == plural);
        Self::of_row(*row.unwrap_or(&KINDS[0]))
    }

    /// Every kind of a cluster: its own and those of definitions.
    pub(super) fn all(cluster: &Cluster) -> Vec<Self> {
        let is_old = is_of_2018(&cluster.kubernetes_version);
        let now = KINDS.iter().filter(|row| !(is_old && is_later(row)));
        let then = OF_2018.iter().filter(|_| is_old);
        let mut all: Vec<_> = now.chain(then).map(|row| Self::of_row(*row)).collect();
        for (_, definition) in cluster.of("customresourcedefinitions.apiextensions.k8s.io") {
            let several = list(definition, "/spec/versions").iter().map(|one| text(one, "/name"));
            let single = text(definition, "/spec/version");
            for version in several.chain([single]).filter(|version| !version.is_empty()) {
                all.push(Self {
                    group: text(definition, "/spec/group").to_owned(),
                    version: version.to_owned(),
                    plural: text(definition, "/spec/names/plural").to_owned(),
                    kind: text(definition, "/spec/names/kind").to_owned(),
                    is_namespaced: text(definition, "/spec/scope") == "Namespaced",
                });
            }
        }
        all
    }

    /// The kind a path names.
    pub(super) fn find(cluster: &Cluster, gv: (&str, &str), plural: &str) -> Option<Self> {
        let is_it = |kind: &Self| (&*kind.group, &*kind.version) == gv && kind.plural == plural;
        Self::all(cluster).into_iter().find(is_it)
    }

    /// `v1` or `apps/v1`.
    pub(super) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// As which objects of this kind are kept, whatever they are asked for as.
    pub(super) fn kept(&self) -> Self {
        let is_old = OF_2018.iter().any(|row| (row.0, row.1) == (&*self.group, &*self.version));
        if is_old { Self::built_in(&self.plural) } else { self.clone() }
    }

    /// An object or a list of them as it is asked for.
    pub(super) fn shown(&self, mut object: Value) -> Value {
        if self.kept() == *self {
            return object;
        }
        let version = json!(self.api_version());
        if object["kind"] == *self.kind {
            object["apiVersion"] = version.clone();
        }
        let items = object.get_mut("items").and_then(Value::as_array_mut);
        for item in items.into_iter().flatten() {
            item["apiVersion"] = version.clone();
        }
        object
    }

    /// `pods` or `deployments.apps`.
    pub(super) fn resource(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            "extensions" => format!("{}.apps", self.plural),
            group => format!("{}.{group}", self.plural),
        }
    }

    /// Whether objects count how often what is wanted of them has changed.
    pub(super) fn has_generation(&self) -> bool {
        let without = ["services", "nodes", "namespaces", "persistentvolumes"];
        !without.contains(&self.plural.as_str())
    }

    /// Whether what is and what is wanted are written apart.
    pub(super) fn has_status(&self) -> bool {
        let with = [
            "namespaces",
            "nodes",
            "pods",
            "services",
            "daemonsets",
            "deployments",
            "customresourcedefinitions",
            "poddisruptionbudgets",
        ];
        with.contains(&self.plural.as_str())
    }
}
