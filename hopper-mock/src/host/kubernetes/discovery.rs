//! Discovery: which groups, versions and resources there are.

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::kind::Kind;

/// What is at a path that says what there is.
pub(super) fn at(cluster: &Cluster, path: &[&str]) -> Option<Value> {
    let kinds = Kind::all(cluster);
    match path {
        ["version"] => Some(version(&cluster.kubernetes_version)),
        ["api"] => Some(json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [],
        })),
        ["api", "v1"] => Some(resources(&kinds, ("", "v1"))),
        ["apis"] => {
            let mut groups: Vec<_> = kinds.iter().map(|kind| kind.group.as_str()).collect();
            groups.retain(|group| !group.is_empty());
            groups.sort_unstable();
            groups.dedup();
            let groups: Vec<_> = groups.into_iter().map(|name| group(&kinds, name)).collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        ["apis", name] if kinds.iter().any(|kind| kind.group == *name) => {
            let mut group = group(&kinds, name);
            group["kind"] = json!("APIGroup");
            group["apiVersion"] = json!("v1");
            Some(group)
        }
        ["apis", group, version]
            if kinds.iter().any(|kind| kind.group == *group && kind.version == *version) =>
        {
            Some(resources(&kinds, (group, version)))
        }
        _ => None,
    }
}

fn version(git: &str) -> Value {
    let mut parts = git.trim_start_matches('v').split('.');
    json!({
        "major": parts.next(),
        "minor": parts.next(),
        "gitVersion": git,
        "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "go1.26.0",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

fn group(kinds: &[Kind], name: &str) -> Value {
    let mut versions: Vec<_> =
        kinds.iter().filter(|kind| kind.group == name).map(|kind| kind.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    let shown: Vec<_> = versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    json!({"name": name, "versions": shown, "preferredVersion": shown.first()})
}

fn resources(kinds: &[Kind], (group, version): (&str, &str)) -> Value {
    let verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    let mut shown = Vec::new();
    let mut gv = version.to_owned();
    for kind in kinds.iter().filter(|kind| kind.group == group && kind.version == version) {
        gv = kind.api_version();
        let mut one = |name: String, of: &str, verbs: &[&str]| {
            shown.push(json!({
                "name": name,
                "singularName": if name.contains('/') { String::new() } else { of.to_lowercase() },
                "namespaced": kind.is_namespaced,
                "kind": of,
                "verbs": verbs,
            }));
        };
        one(kind.plural.clone(), &kind.kind, &verbs);
        if kind.has_status() {
            one(format!("{}/status", kind.plural), &kind.kind, &["get", "patch", "update"]);
        }
        if kind.plural == "deployments" {
            one("deployments/scale".to_owned(), "Scale", &["get", "patch", "update"]);
        }
        if kind.plural == "pods" {
            one("pods/log".to_owned(), "Pod", &["get"]);
        }
    }
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": gv, "resources": shown})
}
