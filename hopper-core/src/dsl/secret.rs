//! [`Secret`]: a value that nobody gets to see by accident.

use super::encode;
use crate::StepError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value as Json;
use std::{borrow::Cow, fmt};

/// The key that marks a secret in what the engine keeps in memory.
const KEY: &str = "$hopper::secret";

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
        f.write_str("<secret>")
    }
}

impl<T: Serialize> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if !encode::is_active() {
            return s.serialize_str("<secret>");
        }
        let mut map = s.serialize_map(Some(1))?;
        map.serialize_entry(KEY, &self.0)?;
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<T> {
            Marked {
                #[serde(rename = "$hopper::secret")]
                value: Option<T>,
            },
            Plain(T),
        }
        Form::deserialize(d).map(|form| match form {
            Form::Marked { value } => Self(value),
            Form::Plain(value) => Self(Some(value)),
        })
    }
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
    let mut json: Json = serde_json::from_str(text).ok()?;
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
        Err(_) => Cow::Borrowed("\"<secret>\""),
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
        Json::Object(map) if map.contains_key(KEY) => *json = Json::String("<secret>".to_owned()),
        Json::Object(map) => map.values_mut().for_each(replace),
        Json::Array(items) => items.iter_mut().for_each(replace),
        _ => (),
    }
}
