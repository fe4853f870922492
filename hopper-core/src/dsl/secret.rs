//! [`Secret`]: a value that nobody gets to see by accident.

use super::encode;
use crate::StepError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value as Json;
use std::{borrow::Cow, fmt};

/// The key that marks a secret in what the engine keeps in memory.
pub(super) const KEY: &str = "$hopper::secret";

/// The key as JSON text: a string cannot hold this, because a string's quotes are escaped.
pub(super) const KEY_IN_JSON: &str = "\"$hopper::secret\":";

/// What is seen of a secret.
const SHOWN: &str = "<secret>";

/// A private key, a token, a kubeconfig: anything that must not be seen.
///
/// It is `<secret>` to `Debug` and to every serializer.
/// Only the engine, handing it from one step to the next in memory, carries the value; the
/// journal keeps a mark in its place, so a resumed run makes it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(Option<T>);

impl<T> Secret<T> {
    /// Hides a value.
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// When the value was withheld: it was read back from a journal, which does not keep it.
    pub fn expose(&self) -> Result<&T, StepError> {
        self.0.as_ref().ok_or_else(|| {
            StepError::permanent("a secret is not kept in the journal and has to be made again")
        })
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

impl<T: Serialize> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let Some(key) = encode::secret_key() else { return s.serialize_str(SHOWN) };
        let mut map = s.serialize_map(Some(1))?;
        map.serialize_entry(&key, &self.0)?;
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Form::deserialize(d).map(|form| match form {
            Form::Marked(Marked { value }) => Self(value),
            Form::Shown(Shown::Secret) => Self(None),
            Form::Plain(value) => Self(Some(value)),
        })
    }
}

/// What a secret is read from. Untagged also because its errors do not quote what they saw.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form<T> {
    Marked(Marked<T>),
    Shown(Shown),
    Plain(T),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Marked<T> {
    // Named, so that the key must be there though the value may be null.
    #[serde(rename = "$hopper::secret", deserialize_with = "Option::deserialize")]
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    value: Option<T>,
}

#[derive(Deserialize)]
enum Shown {
    #[serde(rename = "<secret>")]
    Secret,
}

/// Whether JSON text may hold a secret.
fn may_hold(text: &str) -> bool {
    text.contains(KEY)
}

/// The text without its secrets; `None` when there are none.
pub(crate) fn redact(text: &str) -> Option<String> {
    if !may_hold(text) {
        return None;
    }
    // What cannot be read, e.g. because it is nested too deeply, is a secret as a whole.
    let mut json = serde_json::from_str(text).unwrap_or_else(|_| serde_json::json!({ KEY: null }));
    blank(&mut json);
    Some(json.to_string())
}

/// The text as people may see it: `"<secret>"` for each secret.
pub(crate) fn for_display(text: &str) -> Cow<'_, str> {
    if !may_hold(text) {
        return Cow::Borrowed(text);
    }
    match serde_json::from_str(text) {
        Ok(mut json) => {
            replace(&mut json);
            Cow::Owned(json.to_string())
        }
        Err(_) => Cow::Owned(Json::from(SHOWN).to_string()),
    }
}

/// Whether a secret in this text was withheld.
pub(crate) fn is_withheld(json: &Json) -> bool {
    match json {
        Json::Object(map) => {
            map.get(KEY).is_some_and(Json::is_null) || map.values().any(is_withheld)
        }
        Json::Array(items) => items.iter().any(is_withheld),
        _ => false,
    }
}

fn blank(json: &mut Json) {
    match json {
        Json::Object(map) => match map.get_mut(KEY) {
            Some(value) => *value = Json::Null,
            None => map.values_mut().for_each(blank),
        },
        Json::Array(items) => items.iter_mut().for_each(blank),
        _ => (),
    }
}

fn replace(json: &mut Json) {
    match json {
        Json::Object(map) if map.contains_key(KEY) => *json = SHOWN.into(),
        Json::Object(map) => map.values_mut().for_each(replace),
        Json::Array(items) => items.iter_mut().for_each(replace),
        _ => (),
    }
}
