//! [`Secret`]: a value that nobody gets to see by accident.

use super::{encode, veil::SHOWN};
use crate::StepError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap as _};
use std::fmt;

/// A private key, a token, a kubeconfig: anything that must not be seen.
///
/// It is `<secret>` to `Debug` and to every serializer.
/// Only the engine, handing it from one step to the next in memory, carries the value. The
/// journal keeps it [sealed](crate::Engine::seal) for whoever has the key; without a key it keeps
/// a mark in its place, so a resumed run makes it again.
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
    /// When the value was withheld: it was read back from a journal without the key it is sealed
    /// with, or was never sealed.
    pub fn expose(&self) -> Result<&T, StepError> {
        self.0.as_ref().ok_or_else(|| {
            StepError::permanent(
                "a secret is not kept in the journal, or sealed there with a key that was not \
                 given: it has to be made again",
            )
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
            Form::Sealed(Sealed { .. }) | Form::Shown(Shown::Secret) => Self(None),
            Form::Plain(value) => Self(Some(value)),
        })
    }
}

/// What a secret is read from. Untagged also because its errors do not quote what they saw.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form<T> {
    Marked(Marked<T>),
    Sealed(Sealed),
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
#[serde(deny_unknown_fields)]
struct Sealed {
    #[serde(rename = "$hopper::sealed")]
    _text: String,
}

#[derive(Deserialize)]
enum Shown {
    #[serde(rename = "<secret>")]
    Secret,
}
