//! [`Data`]: a value as JSON text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{fmt, sync::Arc};

/// A value as compact JSON text: a step's inputs, its output, a note.
///
/// Text, because most of it is only carried about: a small object takes a twentieth of the
/// memory of a parsed one.
///
/// A secret in it is an object with one key: `$hopper::sealed`, with the secret as it was
/// [sealed](crate::Engine::seal), or `$hopper::secret`, with `null`, where it is not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Data(Arc<str>);

impl Data {
    /// Wraps text that is known to be JSON.
    pub(crate) fn from_text(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Encodes a value.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON, e.g. because of a map key that is no text.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::from_text)
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Decodes it.
    ///
    /// # Errors
    ///
    /// When it is not what `T` expects.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// The same without its secrets.
    pub(crate) fn redacted(&self) -> Self {
        crate::dsl::redact(&self.0).map_or_else(|| self.clone(), Self::from_text)
    }

    /// Whether it says the same, as far as the secrets in both are known.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        crate::dsl::is_same(&self.0, &other.0)
    }

    /// Whether a secret in it is sealed, or is not there.
    pub(crate) fn is_withheld(&self) -> bool {
        crate::dsl::is_withheld(&self.0)
    }

    /// The same as people may see it: `"<secret>"` for each secret.
    #[must_use]
    pub fn shown(&self) -> Self {
        match crate::dsl::for_display(&self.0) {
            std::borrow::Cow::Borrowed(_) => self.clone(),
            std::borrow::Cow::Owned(text) => Self::from_text(text),
        }
    }

    /// [Decodes](Self::get) it; the error repeats nothing that may be secret.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.get().map_err(|e| match crate::dsl::may_hold(&self.0) {
            true => {
                format!("it holds secrets, and is not what it should be at column {}", e.column())
            }
            false => e.to_string(),
        })
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::dsl::for_display(&self.0))
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(d)?;
        Ok(Self(Box::<str>::from(raw).into()))
    }
}
