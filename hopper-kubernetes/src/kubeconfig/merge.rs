//! [`merged`] and [`without`]: a kubeconfig's text, with a cluster and without it.

use super::Entry;
use serde_json::{Map, Value, json};

/// Where entries may carry what others than kubectl want to remember ("kubeconfig (v1)", Kubernetes
/// reference: `extensions`).
const EXTENSION: &str = "hopper";
/// A list of a kubeconfig, and what an item of it is called.
const LISTS: [(&str, &str); 3] =
    [("clusters", "cluster"), ("users", "user"), ("contexts", "context")];

/// A kubeconfig cannot be read, or has somebody else's entry in our place. Nothing of it is quoted,
/// for it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KubeconfigError {
    /// It is something else.
    #[error("no kubeconfig: mend it, move it away, or name another file")]
    NotOne,
    /// It has one of this name.
    #[error("has a {what} {name} already: take it out, or name another file")]
    Taken {
        /// `cluster`, `user` or `context`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// It cannot be written as YAML.
    #[error("cannot be written as YAML")]
    Unwritable,
}

/// Whose the entries of a name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// There are none.
    Nobody,
    /// All three are there, with our mark.
    We,
    /// One at least is somebody else's, e.g. a `cluster`.
    Other(&'static str),
}

/// Whose the entries of this name are, of which ours carry this mark.
///
/// # Errors
///
/// When it is no kubeconfig.
pub fn holder(text: &str, name: &str, mark: &str) -> Result<Holder, KubeconfigError> {
    let config = read(text)?;
    let mut n_ours = 0;
    for (list, what) in LISTS {
        for item in items(&config, list).filter(|item| item["name"] == name) {
            match is_own(item, what, mark) {
                true => n_ours += 1,
                false => return Ok(Holder::Other(what)),
            }
        }
    }
    Ok(if n_ours == LISTS.len() { Holder::We } else { Holder::Nobody })
}

/// The text with an entry that carries this mark. Everything else that is in it stays.
///
/// # Errors
///
/// When it is no kubeconfig, or somebody else's entry has the name.
pub fn merged(
    text: Option<&str>,
    entry: &Entry,
    mark: &str,
    is_current: bool,
) -> Result<String, KubeconfigError> {
    let name = entry.name();
    let mut config = match text {
        Some(text) => read(text)?,
        None => Map::new(),
    };
    if let Some(text) = text
        && let Holder::Other(what) = holder(text, name, mark)?
    {
        return Err(KubeconfigError::Taken { what, name: name.to_owned() });
    }
    config.entry("apiVersion").or_insert_with(|| "v1".into());
    config.entry("kind").or_insert_with(|| "Config".into());
    let before = config.get("current-context").and_then(Value::as_str).map(ToOwned::to_owned);
    for ((list, what), mut part) in LISTS.into_iter().zip(entry.parts()) {
        let mut extension = json!({ "mark": mark });
        if let (true, "context", Some(before)) = (is_current, what, &before) {
            extension["before"] = before.as_str().into();
        }
        part["extensions"] = json!([{ "name": EXTENSION, "extension": extension }]);
        let all = config.entry(list).or_insert_with(|| json!([]));
        if all.is_null() {
            *all = json!([]);
        }
        let all = all.as_array_mut().ok_or(KubeconfigError::NotOne)?;
        all.retain(|item| item["name"] != name);
        let mut item = json!({ "name": name });
        item[what] = part;
        all.push(item);
    }
    if is_current {
        config.insert("current-context".to_owned(), name.into());
    }
    write(&config)
}

/// The text without our entries of this name, and with the context that was current before, if ours
/// is and it still exists. `None` if nothing of ours is in it.
///
/// # Errors
///
/// When it is no kubeconfig.
pub fn without(text: &str, name: &str, mark: &str) -> Result<Option<String>, KubeconfigError> {
    let mut config = read(text)?;
    let (mut before, mut is_ours, mut has_context) = (None::<String>, false, false);
    for (list, what) in LISTS {
        let Some(all) = config.get_mut(list).and_then(Value::as_array_mut) else { continue };
        all.retain(|item| {
            if item["name"] != name || !is_own(item, what, mark) {
                return true;
            }
            is_ours = true;
            if what == "context" {
                has_context = true;
                let own = extension(item, what);
                before = own.and_then(|own| own["before"].as_str()).map(ToOwned::to_owned);
            }
            false
        });
    }
    if !is_ours {
        return Ok(None);
    }
    if has_context && config.get("current-context").is_some_and(|current| current == name) {
        let is_there = |name: &String| items(&config, "contexts").any(|c| c["name"] == *name);
        let before = before.filter(is_there);
        match before {
            Some(before) => config.insert("current-context".to_owned(), before.into()),
            None => config.insert("current-context".to_owned(), "".into()),
        };
    }
    write(&config).map(Some)
}

fn read(text: &str) -> Result<Map<String, Value>, KubeconfigError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let config: Value = serde_saphyr::from_str(text).map_err(|_| KubeconfigError::NotOne)?;
    let Value::Object(config) = config else { return Err(KubeconfigError::NotOne) };
    let is_list = |(list, _): (&str, &str)| {
        config.get(list).is_none_or(|list| list.is_null() || list.is_array())
    };
    match LISTS.into_iter().all(is_list) {
        true => Ok(config),
        false => Err(KubeconfigError::NotOne),
    }
}

fn write(config: &Map<String, Value>) -> Result<String, KubeconfigError> {
    serde_saphyr::to_string(config).map_err(|_| KubeconfigError::Unwritable)
}

fn items<'a>(config: &'a Map<String, Value>, list: &str) -> impl Iterator<Item = &'a Value> {
    config.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn extension<'a>(item: &'a Value, what: &str) -> Option<&'a Value> {
    let all = item[what]["extensions"].as_array()?;
    all.iter().find(|one| one["name"] == EXTENSION).map(|one| &one["extension"])
}

fn is_own(item: &Value, what: &str, mark: &str) -> bool {
    extension(item, what).is_some_and(|own| own["mark"] == mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::Authority;

    const THEIRS: &str = "apiVersion: v1\nkind: Config\npreferences: {colors: true}\n\
        clusters:\n- name: home\n  cluster: {server: 'https://home', odd: [1, {a: b}]}\n\
        users:\n- name: me\n  user: {token: abc}\n\
        contexts:\n- name: home\n  context: {cluster: home, user: me}\ncurrent-context: home\n";

    fn entry() -> Entry {
        Entry::issue("prod", "https://127.0.0.1:6443", &Authority::generate().unwrap()).unwrap()
    }

    fn value(text: &str) -> Value {
        serde_saphyr::from_str(text).unwrap()
    }

    #[test]
    fn what_others_have_stays_and_ours_goes_again() {
        let text = merged(Some(THEIRS), &entry(), "run/step", false).unwrap();
        assert_eq!(value(&text)["current-context"], "home");
        assert_eq!(value(&text)["clusters"][0], value(THEIRS)["clusters"][0]);
        assert_eq!(value(&text)["clusters"][1]["cluster"]["server"], "https://127.0.0.1:6443");
        assert_eq!(holder(&text, "prod", "run/step").unwrap(), Holder::We);
        assert_eq!(holder(&text, "prod", "other").unwrap(), Holder::Other("cluster"));
        assert_eq!(holder(&text, "home", "run/step").unwrap(), Holder::Other("cluster"));
        let back = without(&text, "prod", "run/step").unwrap().unwrap();
        assert_eq!(value(&back), value(THEIRS));
        assert_eq!(without(&back, "prod", "run/step").unwrap(), None);
        assert_eq!(without(&text, "prod", "other").unwrap(), None);
    }

    #[test]
    fn the_context_is_current_only_when_asked_and_the_one_before_comes_back() {
        let text = merged(Some(THEIRS), &entry(), "m", true).unwrap();
        assert_eq!(value(&text)["current-context"], "prod");
        let back = without(&text, "prod", "m").unwrap().unwrap();
        assert_eq!(value(&back)["current-context"], "home");
        let new = merged(None, &entry(), "m", true).unwrap();
        assert_eq!(value(&new)["kind"], "Config");
        let back = without(&new, "prod", "m").unwrap().unwrap();
        assert_eq!(value(&back)["current-context"], "");
    }

    #[test]
    fn somebody_elses_entry_is_not_touched_and_nothing_is_quoted() {
        let theirs = THEIRS.replace("home", "prod");
        let taken = merged(Some(&theirs), &entry(), "m", false).unwrap_err().to_string();
        assert!(taken.starts_with("has a cluster prod already"), "{taken}");
        for wrong in ["token: [abc", "- abc", "clusters: abc"] {
            let error = merged(Some(wrong), &entry(), "m", false).unwrap_err();
            assert_eq!(error, KubeconfigError::NotOne);
        }
        assert!(merged(Some("clusters: null\n"), &entry(), "m", false).is_ok());
        assert!(!format!("{:?}", entry()).contains("BEGIN"));
    }

    #[test]
    fn kubectls_own_reader_takes_it() {
        let text = merged(Some(THEIRS), &entry(), "m", true).unwrap();
        let config = kube::config::Kubeconfig::from_yaml(&text).unwrap();
        assert_eq!(config.current_context.as_deref(), Some("prod"));
        assert_eq!(config.clusters.len(), 2);
    }
}
