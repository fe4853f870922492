//! [`Target`]: what a path of the API names.

use serde_json::{Value, json};

use super::cluster::{Cluster, key};
use super::kind::Kind;
use super::status::Refusal;

/// What a path names.
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) subresource: String,
}

impl Target {
    pub(super) fn find(cluster: &Cluster, path: &[&str]) -> Option<Self> {
        let (gv, rest) = match path {
            ["api", "v1", rest @ ..] => (("", "v1"), rest),
            ["apis", group, version, rest @ ..] => ((*group, *version), rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", _, "status" | "finalize"] => ("", rest),
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
            rest => ("", rest),
        };
        let kind = Kind::find(cluster, gv, rest.first()?)?;
        let part = |n: usize| rest.get(n).map(|part| (*part).to_owned()).unwrap_or_default();
        let is_good = rest.len() <= 3 && (namespace.is_empty() || kind.is_namespaced);
        is_good.then(|| Self {
            kind,
            namespace: namespace.to_owned(),
            name: part(1),
            subresource: part(2),
        })
    }

    pub(super) fn key(&self) -> String {
        key(&self.kind.resource(), &self.namespace, &self.name)
    }

    pub(super) fn get(&self, cluster: &Cluster) -> Result<Value, Refusal> {
        let found = cluster.get(&self.key()).cloned();
        found.ok_or_else(|| Refusal::not_found(&self.kind, &self.name))
    }
}

/// How many copies there are, as its own object.
pub(super) fn scale(object: &Value) -> Value {
    let metadata = &object["metadata"];
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
            "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": {"replicas": object["spec"]["replicas"]},
        "status": {"replicas": object["status"]["replicas"].as_u64().unwrap_or_default()},
    })
}
