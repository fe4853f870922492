//! What is asked of the API server: paths and verbs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cluster::{Cluster, key, stamp, text};
use super::kind::Kind;
use super::patch::{self, Lists};
use super::selector::Selector;
use super::status::Refusal;
use super::target::{Target, scale};
use super::{discovery, log, validate};
use crate::Time;
use crate::host::program::kubeadm::is_of_2018;

/// A request of somebody who may.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// What it comes to.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Object(u16, Value),
    Text(String),
    /// Changes from a version on, of objects whose keys begin so.
    Watch {
        kind: Kind,
        prefix: String,
        selector: Selector,
        from: Option<u64>,
    },
}

impl Ask {
    fn given(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The body: JSON, or YAML, of which it is a part.
    fn object(&self) -> Result<Value, Refusal> {
        if self.content_type.contains("protobuf") {
            let why = "the body of the request was in an unknown format - accepted media types \
                       include: application/json, application/yaml";
            return Err(Refusal::new(415, "UnsupportedMediaType", why));
        }
        let text = String::from_utf8_lossy(&self.body);
        let read = match self.content_type.contains("yaml") && !text.trim_start().starts_with('{') {
            true => serde_saphyr::from_str(&text).map_err(|error| error.to_string()),
            false => serde_json::from_str(&text).map_err(|error| error.to_string()),
        };
        read.map_err(|error| Refusal::bad(format!("error decoding the body: {error}")))
    }

    /// Does what is asked.
    pub(super) fn answer(&self, cluster: &mut Cluster, now: Time) -> Result<Outcome, Refusal> {
        let path: Vec<_> = self.path.split('/').filter(|part| !part.is_empty()).collect();
        if let ["healthz" | "livez" | "readyz", ..] = path.as_slice() {
            return Ok(Outcome::Text("ok".to_owned()));
        }
        if let Some(found) = discovery::at(cluster, &path) {
            return Ok(Outcome::Object(200, found));
        }
        let target = Target::find(cluster, &path).ok_or_else(Refusal::no_path)?;
        Ok(match self.of_target(cluster, &target, now)? {
            Outcome::Object(code, object) => Outcome::Object(code, target.kind.shown(object)),
            outcome => outcome,
        })
    }

    fn of_target(
        &self,
        cluster: &mut Cluster,
        target: &Target,
        now: Time,
    ) -> Result<Outcome, Refusal> {
        let is_one = !target.name.is_empty();
        match (self.method.as_str(), is_one, target.subresource.as_str()) {
            ("GET", false, _) => self.list(cluster, target),
            ("GET", true, "" | "status") => Ok(Outcome::Object(200, target.get(cluster)?)),
            ("GET", true, "log") if target.kind.plural == "pods" => {
                log::of(&target.get(cluster)?, self.given("container")).map(Outcome::Text)
            }
            ("GET", true, "scale") => Ok(Outcome::Object(200, scale(&target.get(cluster)?))),
            ("POST", false, _) => self.create(cluster, target, self.object()?, now),
            ("PUT", true, _) => {
                let new = self.object()?;
                self.change(cluster, target, |_, _| Ok(new))
            }
            ("PATCH", true, _) => self.patch(cluster, target, now),
            ("DELETE", true, "") => self.delete(cluster, target, now),
            ("DELETE", false, _) => {
                for key in self.selected(cluster, target)?.0 {
                    let name = key.rsplit('/').next().unwrap_or_default().to_owned();
                    let namespace = key.split('/').nth(1).unwrap_or_default().to_owned();
                    let kind = target.kind.clone();
                    let one = Target { kind, namespace, name, subresource: String::new() };
                    self.delete(cluster, &one, now)?;
                }
                let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"});
                Ok(Outcome::Object(200, done))
            }
            _ => {
                let why = "the server does not allow this method on the requested resource";
                Err(Refusal::new(405, "MethodNotAllowed", why))
            }
        }
    }

    fn selected(
        &self,
        cluster: &Cluster,
        target: &Target,
    ) -> Result<(Vec<String>, Vec<Value>), Refusal> {
        let selector = self.selector(target)?;
        let is_in = |key: &str| {
            target.namespace.is_empty() || key.split('/').nth(1) == Some(&target.namespace)
        };
        let all = cluster.of(&target.kind.resource());
        let found = all.filter(|(key, object)| is_in(key) && selector.takes(object));
        Ok(found.map(|(key, object)| (key.clone(), object.clone())).unzip())
    }

    fn selector(&self, target: &Target) -> Result<Selector, Refusal> {
        let (labels, fields) = (self.given("labelSelector"), self.given("fieldSelector"));
        Selector::new(labels, fields, &target.kind.plural)
    }

    fn list(&self, cluster: &Cluster, target: &Target) -> Result<Outcome, Refusal> {
        if matches!(self.given("watch"), "1" | "true") {
            let resource = target.kind.resource();
            let prefix = match target.namespace.as_str() {
                "" => format!("{resource}/"),
                namespace => format!("{resource}/{namespace}/"),
            };
            let from = self.given("resourceVersion").parse().ok().filter(|from| *from != 0);
            let selector = self.selector(target)?;
            return Ok(Outcome::Watch { kind: target.kind.clone(), prefix, selector, from });
        }
        let (_, items) = self.selected(cluster, target)?;
        Ok(Outcome::Object(
            200,
            json!({
                "kind": format!("{}List", target.kind.kind),
                "apiVersion": target.kind.api_version(),
                "metadata": {"resourceVersion": cluster.version().to_string()},
                "items": items,
            }),
        ))
    }

    fn create(
        &self,
        cluster: &mut Cluster,
        target: &Target,
        mut object: Value,
        now: Time,
    ) -> Result<Outcome, Refusal> {
        let kind = &target.kind;
        if !object.is_object() {
            return Err(Refusal::bad("the body is not an object"));
        }
        if text(&object, "/kind") != kind.kind || text(&object, "/apiVersion") != kind.api_version()
        {
            return Err(Refusal::bad(format!(
                "the object provided is unrecognized: {} {} at a path for {} {}",
                text(&object, "/apiVersion"),
                text(&object, "/kind"),
                kind.api_version(),
                kind.kind
            )));
        }
        if kind.is_namespaced {
            let own = text(&object, "/metadata/namespace");
            if !own.is_empty() && own != target.namespace {
                let why = "the namespace of the provided object does not match the namespace sent \
                           on the request";
                return Err(Refusal::bad(why));
            }
            let namespaces = Kind::built_in("namespaces");
            let namespace = cluster.get(&key("namespaces", "", &target.namespace));
            let namespace =
                namespace.ok_or_else(|| Refusal::not_found(&namespaces, &target.namespace))?;
            if !text(namespace, "/metadata/deletionTimestamp").is_empty() {
                let why = format!(
                    "{} \"{}\" is forbidden: unable to create new content in namespace {} because \
                     it is being terminated",
                    kind.resource(),
                    text(&object, "/metadata/name"),
                    target.namespace
                );
                return Err(Refusal::new(403, "Forbidden", why));
            }
            object["metadata"]["namespace"] = json!(target.namespace);
        }
        let (name, prefix) =
            (text(&object, "/metadata/name"), text(&object, "/metadata/generateName"));
        let name = match (name, prefix) {
            ("", "") => {
                let why = "Required value: name or generateName is required";
                return Err(Refusal::invalid(kind, "", "metadata.name", why));
            }
            ("", prefix) => format!("{prefix}{}", &cluster.unique()[..5]),
            (name, _) => name.to_owned(),
        };
        object["metadata"]["name"] = json!(name);
        if cluster.get(&key(&kind.resource(), &target.namespace, &name)).is_some() {
            return Err(Refusal::exists(kind, &name));
        }
        if kind.has_status()
            && let Some(fields) = object.as_object_mut()
        {
            fields.remove("status");
        }
        validate::fill(cluster, kind, &mut object);
        validate::check(kind, None, &object)?;
        let key = cluster.create(&kind.kept(), object, now);
        Ok(Outcome::Object(201, cluster.get(&key).cloned().unwrap_or_default()))
    }

    fn patch(&self, cluster: &mut Cluster, target: &Target, now: Time) -> Result<Outcome, Refusal> {
        let wanted = self.object()?;
        let lists = match self.content_type.split(';').next().unwrap_or_default().trim() {
            "application/merge-patch+json" => Lists::Replaced,
            "application/strategic-merge-patch+json" => Lists::ByKey,
            "application/apply-patch+yaml" if !is_of_2018(&cluster.kubernetes_version) => {
                return self.apply(cluster, target, &wanted, now);
            }
            _ => {
                let why = "the body of the request was in an unknown format - accepted media types \
                           include: application/merge-patch+json, \
                           application/strategic-merge-patch+json, application/apply-patch+yaml";
                return Err(Refusal::new(415, "UnsupportedMediaType", why));
            }
        };
        self.change(cluster, target, |_, old| {
            let mut new = old.clone();
            patch::merge(&mut new, &wanted, lists);
            Ok(new)
        })
    }

    fn apply(
        &self,
        cluster: &mut Cluster,
        target: &Target,
        wanted: &Value,
        now: Time,
    ) -> Result<Outcome, Refusal> {
        let manager = self.given("fieldManager");
        if manager.is_empty() {
            let why = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is \
                       required for apply patch";
            return Err(Refusal::new(422, "Invalid", why));
        }
        let (key, is_forced) = (target.key(), self.given("force") == "true");
        let mut kept = wanted.clone();
        if let Some(fields) = kept["metadata"].as_object_mut() {
            fields.retain(|name, _| !matches!(name.as_str(), "resourceVersion" | "managedFields"));
        }
        let outcome = match cluster.get(&key) {
            None if target.subresource.is_empty() => {
                let mut object = kept.clone();
                object["metadata"]["name"] = json!(target.name);
                self.create(cluster, target, object, now)?
            }
            _ => self.change(cluster, target, |cluster, old| {
                let what = (&target.kind, target.name.as_str(), key.as_str());
                patch::apply(cluster, what, old, &kept, manager, is_forced)
            })?,
        };
        if is_forced {
            // Whoever wanted these fields does not own them any more.
            let prefix = format!("{key} ");
            for (other, theirs) in &mut cluster.applied {
                if other.starts_with(&prefix) && *other != format!("{prefix}{manager}") {
                    patch::merge(theirs, &patch::common(theirs, &kept), Lists::Replaced);
                }
            }
        }
        cluster.applied.insert(format!("{key} {manager}"), kept);
        Ok(outcome)
    }

    /// Puts a new object in the place of an old one.
    fn change(
        &self,
        cluster: &mut Cluster,
        target: &Target,
        make: impl FnOnce(&Cluster, &Value) -> Result<Value, Refusal>,
    ) -> Result<Outcome, Refusal> {
        let (kind, key) = (&target.kind, target.key());
        let old = target.get(cluster)?;
        if target.subresource == "scale" {
            let replicas = make(cluster, &scale(&old))?["spec"]["replicas"].clone();
            cluster.edit(&key, |object| object["spec"]["replicas"] = replicas);
            return Ok(Outcome::Object(200, scale(&target.get(cluster)?)));
        }
        let mut new = make(cluster, &old)?;
        let version = text(&new, "/metadata/resourceVersion").to_owned();
        if !version.is_empty() && version != text(&old, "/metadata/resourceVersion") {
            return Err(Refusal::modified(kind, &target.name));
        }
        let uid = text(&new, "/metadata/uid").to_owned();
        if !uid.is_empty() && uid != text(&old, "/metadata/uid") {
            return Err(Refusal::modified(kind, &target.name));
        }
        if !new.is_object() || text(&new, "/metadata/name") != target.name {
            let why = "the name of the object does not match the name on the URL";
            return Err(Refusal::bad(why));
        }
        for name in ["uid", "creationTimestamp", "deletionTimestamp", "generation", "namespace"] {
            let was = old["metadata"].get(name).cloned();
            match (was, new["metadata"].as_object_mut()) {
                (Some(was), Some(fields)) => drop(fields.insert(name.to_owned(), was)),
                (None, Some(fields)) => drop(fields.remove(name)),
                _ => {}
            }
        }
        let (kept, source) = match target.subresource.as_str() {
            "status" => (old.clone(), Some(new.get("status").cloned())),
            _ if kind.has_status() => (new, Some(old.get("status").cloned())),
            _ => (new, None),
        };
        let mut new = kept;
        if let (Some(status), Some(fields)) = (source, new.as_object_mut()) {
            match status {
                Some(status) => fields.insert("status".to_owned(), status),
                None => fields.remove("status"),
            };
        }
        if target.subresource.is_empty() {
            if kind.plural == "services" && new["spec"]["clusterIP"].is_null() {
                new["spec"]["clusterIP"] = old["spec"]["clusterIP"].clone();
            }
            validate::fill(cluster, kind, &mut new);
            validate::check(kind, Some(&old), &new)?;
        }
        new["apiVersion"] = json!(kind.kept().api_version());
        cluster.put(&key, new);
        let shown = target.get(cluster)?;
        super::collect::remove_if_done(cluster, &key);
        Ok(Outcome::Object(200, shown))
    }

    fn delete(
        &self,
        cluster: &mut Cluster,
        target: &Target,
        now: Time,
    ) -> Result<Outcome, Refusal> {
        let (old, key) = (target.get(cluster)?, target.key());
        let options: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let expected = text(&options, "/preconditions/uid");
        if !expected.is_empty() && expected != text(&old, "/metadata/uid") {
            return Err(Refusal::modified(&target.kind, &target.name));
        }
        let asked = text(&options, "/propagationPolicy");
        let policy = if asked.is_empty() { self.given("propagationPolicy") } else { asked };
        if policy == "Orphan" {
            super::collect::orphan(cluster, text(&old, "/metadata/uid"));
        }
        if text(&old, "/metadata/deletionTimestamp").is_empty() {
            cluster.edit(&key, |object| {
                object["metadata"]["deletionTimestamp"] = json!(stamp(now));
                object["metadata"]["deletionGracePeriodSeconds"] = json!(0);
                if target.kind.plural == "namespaces" {
                    object["status"]["phase"] = json!("Terminating");
                }
            });
        }
        super::collect::remove_if_done(cluster, &key);
        if let Some(rest) = cluster.get(&key) {
            return Ok(Outcome::Object(200, rest.clone()));
        }
        let details = json!({
            "name": target.name,
            "group": target.kind.group,
            "kind": target.kind.plural,
            "uid": old["metadata"]["uid"],
        });
        Ok(Outcome::Object(
            200,
            json!({
                "kind": "Status",
                "apiVersion": "v1",
                "metadata": {},
                "status": "Success",
                "details": details,
            }),
        ))
    }
}
