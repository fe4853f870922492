//! [`Cluster`]: the objects of a cluster, as etcd keeps them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::kind::Kind;
use crate::Time;

/// How many changes a watch can look back on.
const REMEMBERED: usize = 1000;

/// A cluster's objects, and how far its controllers are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cluster {
    /// The instance of the control plane, or the first of them.
    pub(super) control_plane: String,
    pub(super) kubernetes_version: String,
    /// Whether its own programs talk to AWS, without a cloud controller manager.
    #[serde(default)]
    pub(super) has_provider: bool,
    /// What the API server's certificate is for, besides the host's own addresses.
    pub(super) names: Vec<String>,
    objects: BTreeMap<String, Value>,
    version: u64,
    log: VecDeque<Change>,
    /// What managers have applied, by object and manager.
    pub(super) applied: BTreeMap<String, Value>,
    /// When what is waited for comes.
    pub(super) timers: BTreeMap<String, Time>,
    /// How far the controllers are.
    pub(super) clock: Time,
    /// The version they have seen last.
    pub(super) settled: u64,
    /// The instances of nodes, by the nodes' names.
    pub(super) members: BTreeMap<String, String>,
    /// The names of load balancers, by their Services.
    pub(super) balancers: BTreeMap<String, String>,
    n_made: u64,
    /// The instances with a member of etcd; the first one if it is empty.
    #[serde(default)]
    pub(super) etcd: BTreeSet<String>,
    /// Whether it was told an endpoint that is none of its machines.
    #[serde(default)]
    pub(super) has_endpoint: bool,
}

/// A change that a watch tells of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) version: u64,
    /// `ADDED`, `MODIFIED` or `DELETED`.
    pub(super) what: String,
    pub(super) key: String,
    pub(super) object: Value,
}

/// Where an object is kept.
pub(super) fn key(resource: &str, namespace: &str, name: &str) -> String {
    format!("{resource}/{namespace}/{name}")
}

/// A time as Kubernetes writes it, to the second.
pub(super) fn stamp(time: Time) -> String {
    let text = time.to_string();
    format!("{}Z", text.split('.').next().unwrap_or_default())
}

/// The text at a JSON pointer, or nothing.
pub(super) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a JSON pointer, or an empty one.
pub(super) fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

impl Cluster {
    pub(super) fn new(control_plane: &str, kubernetes_version: &str, now: Time) -> Self {
        Self {
            control_plane: control_plane.to_owned(),
            kubernetes_version: kubernetes_version.to_owned(),
            has_provider: false,
            names: Vec::new(),
            objects: BTreeMap::new(),
            version: 0,
            log: VecDeque::new(),
            applied: BTreeMap::new(),
            timers: BTreeMap::new(),
            clock: now,
            settled: 0,
            members: BTreeMap::new(),
            balancers: BTreeMap::new(),
            n_made: 0,
            etcd: BTreeSet::new(),
            has_endpoint: false,
        }
    }

    /// The version of the last change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.objects.get(key)
    }

    /// The objects of a resource with their keys.
    pub(super) fn of<'a>(
        &'a self,
        resource: &str,
    ) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        let prefix = format!("{resource}/");
        let from = self.objects.range(prefix.clone()..);
        from.take_while(move |(key, _)| key.starts_with(&prefix))
    }

    /// The keys of a resource.
    pub(super) fn keys(&self, resource: &str) -> Vec<String> {
        self.of(resource).map(|(key, _)| key.clone()).collect()
    }

    /// Every object with its key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.objects.iter()
    }

    /// The changes after a version; none if some of them are forgotten.
    pub(super) fn changes_since(&self, version: u64) -> Option<Vec<Change>> {
        let first = self.log.front().map_or(1, |change| change.version);
        let is_known = first <= version + 1;
        is_known.then(|| self.log.iter().filter(|it| version < it.version).cloned().collect())
    }

    /// Sixteen hexadecimal digits that nothing else of this cluster has.
    pub(super) fn unique(&mut self) -> String {
        self.n_made += 1;
        digits(&format!("{} {}", self.control_plane, self.n_made), 32)
    }

    /// Makes an object: fills in what the API server does.
    pub(super) fn create(&mut self, kind: &Kind, mut object: Value, now: Time) -> String {
        let (namespace, name) = (
            text(&object, "/metadata/namespace").to_owned(),
            text(&object, "/metadata/name").to_owned(),
        );
        let id = self.unique();
        object["apiVersion"] = json!(kind.api_version());
        object["kind"] = json!(kind.kind);
        object["metadata"]["uid"] = json!(format!(
            "{}-{}-4{}-8{}-{}",
            &id[..8],
            &id[8..12],
            &id[13..16],
            &id[17..20],
            &id[20..32]
        ));
        object["metadata"]["creationTimestamp"] = json!(stamp(now));
        if object.get("spec").is_some() && kind.has_generation() {
            object["metadata"]["generation"] = json!(1);
        }
        let key = key(&kind.resource(), &namespace, &name);
        self.put(&key, object);
        key
    }

    /// Keeps an object. What is as it was has no new version.
    pub(super) fn put(&mut self, key: &str, mut object: Value) {
        let what = match self.objects.get(key) {
            Some(old) => {
                object["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"].clone();
                if *old == object {
                    return;
                }
                let has_generation = old["metadata"].get("generation").is_some();
                if has_generation && old.get("spec") != object.get("spec") {
                    let generation = old["metadata"]["generation"].as_u64().unwrap_or_default();
                    object["metadata"]["generation"] = json!(generation + 1);
                }
                "MODIFIED"
            }
            None => "ADDED",
        };
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.objects.insert(key.to_owned(), object.clone());
        self.note(what, key, object);
    }

    /// Changes an object, if it is there.
    pub(super) fn edit(&mut self, key: &str, change: impl FnOnce(&mut Value)) {
        if let Some(mut object) = self.objects.get(key).cloned() {
            change(&mut object);
            self.put(key, object);
        }
    }

    /// Takes an object away.
    pub(super) fn remove(&mut self, key: &str) -> Option<Value> {
        let mut object = self.objects.remove(key)?;
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.applied.retain(|applied, _| !applied.starts_with(&format!("{key} ")));
        self.note("DELETED", key, object.clone());
        Some(object)
    }

    fn note(&mut self, what: &str, key: &str, object: Value) {
        let (what, key) = (what.to_owned(), key.to_owned());
        self.log.push_back(Change { version: self.version, what, key, object });
        if REMEMBERED < self.log.len() {
            self.log.pop_front();
        }
    }
}

/// The first digits of a text's hash.
pub(super) fn digits(text: &str, n: usize) -> String {
    let hash = Sha256::digest(text);
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..n].to_owned()
}
