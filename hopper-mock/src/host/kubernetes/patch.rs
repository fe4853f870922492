//! Patches: merge, strategic merge, and server-side apply.

use serde_json::{Map, Value};

use super::cluster::Cluster;
use super::kind::Kind;
use super::status::Refusal;

/// How lists are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// The new one takes the place of the old one (RFC 7386).
    Replaced,
    /// Items with names are merged one by one, as Kubernetes does.
    ByKey,
}

/// Merges a patch into a value; `null` takes away.
pub(super) fn merge(target: &mut Value, patch: &Value, lists: Lists) {
    match patch {
        Value::Object(fields) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            for (name, value) in fields {
                if value.is_null() || value["$patch"] == "delete" {
                    if let Some(target) = target.as_object_mut() {
                        target.remove(name);
                    }
                } else {
                    merge(&mut target[name.as_str()], value, lists);
                }
            }
        }
        Value::Array(items) if lists == Lists::ByKey && target.is_array() => {
            let Some(key) = merge_key(items) else {
                *target = patch.clone();
                return;
            };
            let Some(olds) = target.as_array_mut() else { return };
            for item in items {
                match olds.iter().position(|old| old[key] == item[key]) {
                    Some(at) if item["$patch"] == "delete" => drop(olds.remove(at)),
                    Some(at) => merge(&mut olds[at], item, lists),
                    None => olds.push(item.clone()),
                }
            }
        }
        other => *target = other.clone(),
    }
}

/// The field that tells the items of a list apart, if they are merged one by one.
fn merge_key(items: &[Value]) -> Option<&'static str> {
    let keys = ["containerPort", "port", "mountPath", "ip", "uid", "type", "name"];
    let has = |key: &&str| !items.is_empty() && items.iter().all(|item| item.get(*key).is_some());
    // Tolerations and taints have keys and effects, and are replaced as a whole.
    let is_atomic = items.iter().any(|item| item.get("operator").is_some());
    keys.into_iter().find(has).filter(|_| !is_atomic)
}

/// Applies what a manager wants: fields it wanted before and does not want any more are taken
/// away, and fields another manager wants otherwise are refused, unless by force.
///
/// Source: "Server-Side Apply" in the Kubernetes documentation.
pub(super) fn apply(
    cluster: &Cluster,
    (kind, name, key): (&Kind, &str, &str),
    old: &Value,
    wanted: &Value,
    manager: &str,
    is_forced: bool,
) -> Result<Value, Refusal> {
    let prefix = format!("{key} ");
    let others = cluster.applied.range(prefix.clone()..);
    for (other, theirs) in others.take_while(|(other, _)| other.starts_with(&prefix)) {
        let other = other.trim_start_matches(&prefix);
        if other == manager || is_forced {
            continue;
        }
        let mut fields = Vec::new();
        differing(theirs, wanted, "", &mut fields);
        if !fields.is_empty() {
            return Err(Refusal::conflict(kind, name, other, &fields));
        }
    }
    let mut new = old.clone();
    if let Some(before) = cluster.applied.get(&format!("{prefix}{manager}")) {
        take_away(&mut new, before, wanted);
    }
    merge(&mut new, wanted, Lists::ByKey);
    Ok(new)
}

/// The fields both name, with different values.
fn differing(theirs: &Value, ours: &Value, path: &str, fields: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (name, value) in ours {
                if let Some(their) = theirs.get(name) {
                    differing(their, value, &format!("{path}.{name}"), fields);
                }
            }
        }
        (theirs, ours) if theirs != ours => fields.push(path.to_owned()),
        _ => {}
    }
}

/// A patch that takes from what was wanted all that somebody else wants otherwise now.
pub(super) fn common(theirs: &Value, ours: &Value) -> Value {
    let mut taken = Map::new();
    for (name, value) in ours.as_object().into_iter().flatten() {
        match theirs.get(name) {
            Some(their) if their.is_object() && value.is_object() => {
                taken.insert(name.clone(), common(their, value));
            }
            Some(their) if their != value => drop(taken.insert(name.clone(), Value::Null)),
            _ => {}
        }
    }
    Value::Object(taken)
}

/// Takes away what was wanted before and is not any more.
fn take_away(target: &mut Value, before: &Value, wanted: &Value) {
    match before {
        Value::Object(fields) => {
            for (name, value) in fields {
                match wanted.get(name) {
                    Some(wanted) => {
                        if let Some(target) = target.get_mut(name) {
                            take_away(target, value, wanted);
                        }
                    }
                    None => {
                        if let Some(target) = target.as_object_mut() {
                            target.remove(name);
                        }
                    }
                }
            }
        }
        Value::Array(items) => {
            let (Some(key), Some(wanted)) = (merge_key(items), wanted.as_array()) else { return };
            if let Some(targets) = target.as_array_mut() {
                let was = |one: &Value| items.iter().any(|item| item[key] == one[key]);
                let is = |one: &Value| wanted.iter().any(|item| item[key] == one[key]);
                targets.retain(|one| !was(one) || is(one));
                for one in targets {
                    let before = items.iter().find(|item| item[key] == one[key]);
                    let after = wanted.iter().find(|item| item[key] == one[key]);
                    if let (Some(before), Some(after)) = (before, after) {
                        take_away(one, before, after);
                    }
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_merged_by_name_or_replaced() {
        let old = json!({"c": [{"name": "a", "image": "1"}, {"name": "b"}], "x": 1, "l": [1, 2]});
        let patch = json!({"c": [{"name": "a", "image": "2"}], "x": null, "l": [3]});
        let mut merged = old.clone();
        merge(&mut merged, &patch, Lists::ByKey);
        assert_eq!(merged, json!({"c": [{"name": "a", "image": "2"}, {"name": "b"}], "l": [3]}));
        let mut merged = old;
        merge(&mut merged, &patch, Lists::Replaced);
        assert_eq!(merged, json!({"c": [{"name": "a", "image": "2"}], "l": [3]}));
    }

    #[test]
    fn what_is_not_wanted_any_more_goes() {
        let mut target =
            json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [{"name": "x"}, {"name": "y"}]});
        let before = json!({"a": 1, "b": {"c": 2}, "e": [{"name": "x"}]});
        take_away(&mut target, &before, &json!({"b": {}, "e": []}));
        assert_eq!(target, json!({"b": {"d": 3}, "e": [{"name": "y"}]}));
    }
}
