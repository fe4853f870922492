//! [`Tags`]: what a thing is labelled with.

use hopper_core::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a thing is labelled with: keys and values, in the order of the keys.
///
/// ```
/// use hopper_aws::Tags;
///
/// let tags = Tags::named("hopper").with("kubernetes.io/cluster/hopper", "shared");
/// assert_eq!(tags.get("Name"), Some("hopper"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, String>);

impl Value for Tags {}

impl Tags {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tag `Name`, which consoles show.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self::new().with("Name", name)
    }

    /// These and one more; a value that is there already is replaced.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }

    /// These and others; where both have a key, the others' value counts.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.extend(others.0.clone());
        self
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, String)> for Tags {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_value_counts() {
        let tags = Tags::named("a").with("k", "1").and(&Tags::named("b"));
        assert_eq!(tags.iter().collect::<Vec<_>>(), [("Name", "b"), ("k", "1")]);
    }
}
