//! [`Step`]: what a controller sees, and how it waits.

use std::time::Duration;

use serde_json::{Value, json};

use super::cluster::{Cluster, digits, key, stamp, text};
use super::kind::Kind;
use crate::Time;
use crate::settings::Latencies;
use crate::world::World;

/// A cluster at a moment, with the world it is in.
pub(super) struct Step<'a> {
    pub(super) world: &'a mut World,
    pub(super) cluster: &'a mut Cluster,
    pub(super) now: Time,
}

impl Step<'_> {
    /// Whether something has held for some time: from when it is first asked about. What does not
    /// hold begins anew.
    pub(super) fn held(&mut self, what: &str, holds: bool, time: Duration) -> bool {
        if !holds {
            self.cluster.timers.remove(what);
            return false;
        }
        let due = *self.cluster.timers.entry(what.to_owned()).or_insert(self.now + time);
        due <= self.now
    }

    pub(super) fn latency(&self, of: impl FnOnce(&Latencies) -> Duration) -> Duration {
        of(&self.world.settings().latencies)
    }

    /// Tells of an object, once for each text.
    pub(super) fn event(&mut self, about: &Value, is_good: bool, reason: &str, message: &str) {
        let (kind, name) = (text(about, "/kind"), text(about, "/metadata/name"));
        let namespace = match text(about, "/metadata/namespace") {
            "" => "default",
            namespace => namespace,
        };
        let of = format!("{kind}{name}{}{reason}{message}", text(about, "/metadata/uid"));
        let event_name = format!("{name}.{}", digits(&of, 16));
        if self.cluster.get(&key("events", namespace, &event_name)).is_some() {
            return;
        }
        let event = json!({
            "metadata": {"name": event_name, "namespace": namespace},
            "involvedObject": {
                "apiVersion": about["apiVersion"],
                "kind": kind,
                "name": name,
                "namespace": about["metadata"]["namespace"],
                "uid": about["metadata"]["uid"],
            },
            "reason": reason,
            "message": message,
            "type": if is_good { "Normal" } else { "Warning" },
            "count": 1,
            "firstTimestamp": stamp(self.now),
            "lastTimestamp": stamp(self.now),
        });
        self.cluster.create(&Kind::built_in("events"), event, self.now);
    }
}

/// A condition of an object: it says since when it is so.
pub(super) fn set_condition(
    object: &mut Value,
    kind: &str,
    (status, reason, message): (&str, &str, &str),
    now: Time,
) {
    if !object["status"]["conditions"].is_array() {
        object["status"]["conditions"] = json!([]);
    }
    let Some(conditions) = object["status"]["conditions"].as_array_mut() else { return };
    let old = conditions.iter().position(|one| one["type"] == kind);
    let since = old.map(|at| &conditions[at]).filter(|one| one["status"] == status);
    let since = since.map_or_else(|| json!(stamp(now)), |one| one["lastTransitionTime"].clone());
    let new = json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since,
    });
    match old {
        Some(at) => conditions[at] = new,
        None => conditions.push(new),
    }
}

/// The status of a condition.
pub(super) fn condition<'a>(object: &'a Value, kind: &str) -> &'a str {
    let conditions = super::cluster::list(object, "/status/conditions");
    let found = conditions.iter().find(|one| one["type"] == kind);
    found.map(|one| text(one, "/status")).unwrap_or_default()
}
