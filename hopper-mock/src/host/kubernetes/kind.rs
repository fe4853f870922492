//! [`Kind`]: what kinds of objects there are.

use super::cluster::{Cluster, list, text};

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
        let mut all: Vec<_> = KINDS.iter().map(|row| Self::of_row(*row)).collect();
        for (_, definition) in cluster.of("customresourcedefinitions.apiextensions.k8s.io") {
            for version in list(definition, "/spec/versions") {
                all.push(Self {
                    group: text(definition, "/spec/group").to_owned(),
                    version: text(version, "/name").to_owned(),
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

    /// `pods` or `deployments.apps`.
    pub(super) fn resource(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
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
