//! [`Keyring`]: the key to seal with, and older ones that are still read with.

use super::{SealError, SealingKey};
use std::{env, fmt, str::FromStr};

/// The key to seal with, and older ones that are still read with.
///
/// As text, in a file or in an environment variable, it is its keys with white space between
/// them, the current one first.
#[derive(Clone, Debug)]
pub struct Keyring {
    current: SealingKey,
    older: Vec<SealingKey>,
}

impl Keyring {
    /// A keyring with one key.
    #[must_use]
    pub fn new(current: SealingKey) -> Self {
        Self { current, older: Vec::new() }
    }

    /// With another key that is only read with.
    #[must_use]
    pub fn and_older(mut self, key: SealingKey) -> Self {
        self.older.push(key);
        self
    }

    /// With a new key to seal with; those it had are only read with from now on.
    #[must_use]
    pub fn rotated(self, current: SealingKey) -> Self {
        let mut older = vec![self.current];
        older.extend(self.older);
        Self { current, older }
    }

    /// The keyring in an environment variable; `None` when that is unset or empty.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    pub fn from_env(variable: &str) -> Result<Option<Self>, SealError> {
        let place = format_args!("environment variable {variable}").to_string();
        match env::var(variable) {
            Ok(text) if text.trim().is_empty() => Ok(None),
            Ok(text) => Self::read(&text, &place).map(Some),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => Err(SealError::NotAKey { place }),
        }
    }

    /// The key to seal with.
    #[must_use]
    pub fn current(&self) -> &SealingKey {
        &self.current
    }

    /// The current key, then the older ones.
    pub fn keys(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The keyring in a text that stands at `place`.
    pub(super) fn read(text: &str, place: &dyn fmt::Display) -> Result<Self, SealError> {
        let keys: Result<Vec<_>, _> =
            text.split_whitespace().map(|key| SealingKey::read(key, place)).collect();
        let mut keys = keys?.into_iter();
        match keys.next() {
            Some(current) => Ok(Self { current, older: keys.collect() }),
            None => Err(SealError::NotAKey { place: place.to_string() }),
        }
    }
}

impl From<SealingKey> for Keyring {
    fn from(key: SealingKey) -> Self {
        Self::new(key)
    }
}

impl FromStr for Keyring {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        Self::read(text, &"the text")
    }
}
