//! [`Data`]: a value as JSON text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{fmt, sync::Arc};

/// A value as compact JSON text: a step's inputs, its output, a note.
///
/// Text, because most of it is only carried about: a small object takes a twentieth of the
/// memory of a parsed one.
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

    /// The same as people may see it.
    pub(crate) fn shown(&self) -> Self {
        match crate::dsl::for_display(&self.0) {
            std::borrow::Cow::Borrowed(_) => self.clone(),
            std::borrow::Cow::Owned(text) => Self::from_text(text),
        }
    }

    /// Decodes it as any JSON; `null` if it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or_default()
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
