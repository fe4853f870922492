//! [`merged`] and [`without`]: a kubeconfig's text, with a cluster and without it.

use super::{
    Entry,
    memory::{Memory, sum},
};
use serde_json::{Map, Value, json};

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
    read(text).map(|config| held(&config, name, mark))
}

/// Whether any entry of this name with this mark is in it.
///
/// # Errors
///
/// When it is no kubeconfig.
pub fn is_in(text: &str, name: &str, mark: &str) -> Result<bool, KubeconfigError> {
    read(text).map(|config| remembered(&config, name, mark).is_some())
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
    let mut config = text.map_or_else(|| Ok(Map::new()), read)?;
    if let Holder::Other(what) = held(&config, name, mark) {
        return Err(KubeconfigError::Taken { what, name: name.to_owned() });
    }
    // An entry in the place of ours remembers what ours did.
    let mut memory = remembered(&config, name, mark).unwrap_or_else(|| Memory {
        mark: mark.to_owned(),
        before: None,
        kept: text.map(sum),
    });
    if is_current && memory.before.is_none() {
        let before = config.get("current-context").and_then(Value::as_str);
        memory.before = before.filter(|before| *before != name).map(ToOwned::to_owned);
    }
    let items = LISTS.into_iter().zip(entry.parts()).map(|((_, what), mut part)| {
        part["extensions"] = memory.extensions();
        let mut item = json!({ "name": name });
        item[what] = part;
        item
    });
    put(&mut config, name, items, is_current)?;
    write(&config)
}

/// Whether a text is the file as it was with our entries in it, and nothing else: they are put into
/// the one again, and have to give the other.
pub(super) fn is_made_of(
    text: &str,
    before: Option<&str>,
    name: &str,
    mark: &str,
) -> Result<bool, KubeconfigError> {
    let config = read(text)?;
    if held(&config, name, mark) != Holder::We {
        return Ok(false);
    }
    let ours =
        LISTS.iter().flat_map(|(list, _)| items(&config, list).filter(|item| item["name"] == name));
    let is_current = config.get("current-context").is_some_and(|current| current == name);
    let mut again = before.map_or_else(|| Ok(Map::new()), read)?;
    put(&mut again, name, ours.cloned(), is_current)?;
    Ok(write(&again)? == text)
}

/// The text without our entries of this name, and with the context that was current before, if ours
/// is and it still exists; and what they remember. `None` if nothing of ours is in it.
pub(super) fn without(
    text: &str,
    name: &str,
    mark: &str,
) -> Result<Option<(String, Memory)>, KubeconfigError> {
    let mut config = read(text)?;
    let Some(memory) = remembered(&config, name, mark) else { return Ok(None) };
    let mut has_context = false;
    for (list, what) in LISTS {
        let Some(all) = config.get_mut(list).and_then(Value::as_array_mut) else { continue };
        all.retain(|item| {
            let is_ours = own(item, what, name, mark).is_some();
            has_context |= is_ours && what == "context";
            !is_ours
        });
    }
    if has_context && config.get("current-context").is_some_and(|current| current == name) {
        let is_there = |name: &String| items(&config, "contexts").any(|c| c["name"] == *name);
        let before = memory.before.clone().filter(is_there).unwrap_or_default();
        config.insert("current-context".to_owned(), before.into());
    }
    Ok(Some((write(&config)?, memory)))
}

/// Puts a cluster, a user and a context of a name in the place of those that are there.
fn put(
    config: &mut Map<String, Value>,
    name: &str,
    items: impl Iterator<Item = Value>,
    is_current: bool,
) -> Result<(), KubeconfigError> {
    config.entry("apiVersion").or_insert_with(|| "v1".into());
    config.entry("kind").or_insert_with(|| "Config".into());
    for ((list, _), item) in LISTS.into_iter().zip(items) {
        let all = config.entry(list).or_insert_with(|| json!([]));
        if all.is_null() {
            *all = json!([]);
        }
        let all = all.as_array_mut().ok_or(KubeconfigError::NotOne)?;
        all.retain(|item| item["name"] != name);
        all.push(item);
    }
    if is_current {
        config.insert("current-context".to_owned(), name.into());
    }
    Ok(())
}

fn held(config: &Map<String, Value>, name: &str, mark: &str) -> Holder {
    let mut n_ours = 0;
    for (list, what) in LISTS {
        for item in items(config, list).filter(|item| item["name"] == name) {
            match own(item, what, name, mark) {
                Some(_) => n_ours += 1,
                None => return Holder::Other(what),
            }
        }
    }
    if n_ours == LISTS.len() { Holder::We } else { Holder::Nobody }
}

/// What our entries of a name remember: the context's, or what is left if somebody has taken that.
fn remembered(config: &Map<String, Value>, name: &str, mark: &str) -> Option<Memory> {
    let all = LISTS.iter().rev();
    all.flat_map(|(list, what)| {
        items(config, list).filter_map(move |item| own(item, what, name, mark))
    })
    .next()
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

/// What an item remembers, if it is ours.
fn own(item: &Value, what: &str, name: &str, mark: &str) -> Option<Memory> {
    let memory = Memory::of(&item[what]).filter(|memory| memory.mark == mark);
    memory.filter(|_| item["name"] == name)
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
        let (back, _) = without(&text, "prod", "run/step").unwrap().unwrap();
        assert_eq!(value(&back), value(THEIRS));
        assert_eq!(without(&back, "prod", "run/step").unwrap(), None);
        assert_eq!(without(&text, "prod", "other").unwrap(), None);
    }

    #[test]
    fn the_context_is_current_only_when_asked_and_the_one_before_comes_back() {
        let text = merged(Some(THEIRS), &entry(), "m", true).unwrap();
        assert_eq!(value(&text)["current-context"], "prod");
        let (back, _) = without(&text, "prod", "m").unwrap().unwrap();
        assert_eq!(value(&back)["current-context"], "home");
        // Also when another certificate has been put in the place of ours.
        for is_current in [false, true] {
            let again = merged(Some(&text), &entry(), "m", is_current).unwrap();
            let (back, _) = without(&again, "prod", "m").unwrap().unwrap();
            assert_eq!(value(&back)["current-context"], "home");
        }
        let new = merged(None, &entry(), "m", true).unwrap();
        assert_eq!(value(&new)["kind"], "Config");
        let (back, _) = without(&new, "prod", "m").unwrap().unwrap();
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
