//! What goes when something else goes.

use serde_json::{Value, json};

use super::cluster::{Cluster, list, text};
use super::step::Step;

/// Takes an object away that is being deleted and waits for nobody any more.
pub(super) fn remove_if_done(cluster: &mut Cluster, key: &str) {
    let Some(object) = cluster.get(key) else { return };
    let is_going = !text(object, "/metadata/deletionTimestamp").is_empty();
    let waits = !list(object, "/metadata/finalizers").is_empty()
        || (key.starts_with("namespaces/") && !is_empty(cluster, text(object, "/metadata/name")));
    if is_going && !waits {
        cluster.remove(key);
    }
}

fn is_empty(cluster: &Cluster, namespace: &str) -> bool {
    cluster.all().all(|(key, _)| key.split('/').nth(1) != Some(namespace))
}

/// What an object owned stays, as nobody's.
pub(super) fn orphan(cluster: &mut Cluster, uid: &str) {
    let owned: Vec<_> = cluster
        .all()
        .filter(|(_, it)| owner(it) == Some(uid))
        .map(|(key, _)| key.clone())
        .collect();
    for key in owned {
        cluster.edit(&key, |object| object["metadata"]["ownerReferences"] = json!([]));
    }
}

fn owner(object: &Value) -> Option<&str> {
    object["metadata"]["ownerReferences"][0]["uid"].as_str()
}

/// Deletes what belonged to an owner that is gone, and what is in a namespace that goes.
pub(super) fn run(step: &mut Step<'_>) {
    let uids: std::collections::BTreeSet<_> =
        step.cluster.all().map(|(_, it)| text(it, "/metadata/uid").to_owned()).collect();
    let going: Vec<_> = step
        .cluster
        .of("namespaces")
        .filter(|(_, it)| !text(it, "/metadata/deletionTimestamp").is_empty())
        .map(|(key, it)| (key.clone(), text(it, "/metadata/name").to_owned()))
        .collect();
    let is_lost = |key: &str, object: &Value| {
        owner(object).is_some_and(|uid| !uids.contains(uid))
            || going.iter().any(|(_, name)| key.split('/').nth(1) == Some(name))
    };
    let lost: Vec<_> = step
        .cluster
        .all()
        .filter(|(key, object)| is_lost(key, object))
        .map(|(key, _)| key.clone())
        .collect();
    let now = step.now;
    for key in lost {
        step.cluster.edit(&key, |object| {
            if text(object, "/metadata/deletionTimestamp").is_empty() {
                object["metadata"]["deletionTimestamp"] = json!(super::cluster::stamp(now));
            }
        });
        remove_if_done(step.cluster, &key);
    }
    for (key, _) in going {
        remove_if_done(step.cluster, &key);
    }
}
