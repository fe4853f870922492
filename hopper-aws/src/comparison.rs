//! [`Comparison`]: what was asked for against what is there.

use crate::{
    Tags,
    sdk_tag::{self, SdkTag},
};
use hopper_core::Drift;
use std::{collections::BTreeSet, fmt::Display};

/// What was asked for against what is there, field by field.
#[derive(Debug, Default)]
pub struct Comparison(Vec<Drift>);

impl Comparison {
    /// Nothing compared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compares a field, by its name in AWS, e.g. `cidrBlock`.
    #[must_use]
    pub fn field(mut self, name: &str, recorded: impl Display, actual: impl Display) -> Self {
        let (recorded, actual) = (recorded.to_string(), actual.to_string());
        if recorded != actual {
            self.0.push(Drift::field(name, recorded, actual));
        }
        self
    }

    /// Compares a field that may be missing.
    #[must_use]
    pub fn optional(
        self,
        name: &str,
        recorded: impl Display,
        actual: Option<impl Display>,
    ) -> Self {
        match actual {
            Some(actual) => self.field(name, recorded, actual),
            None => self.field(name, recorded, "none"),
        }
    }

    /// Compares what has no order, e.g. security groups.
    #[must_use]
    pub fn set<'a>(
        self,
        name: &str,
        recorded: impl IntoIterator<Item = &'a str>,
        actual: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.field(name, list(recorded), list(actual))
    }

    /// Compares the tags that were put on it. What others have added is theirs.
    #[must_use]
    pub fn tags(self, recorded: &Tags, actual: &[impl SdkTag]) -> Self {
        self.tags_of("tags", recorded, actual)
    }

    /// Compares the tags in a list of this name.
    #[must_use]
    pub(crate) fn tags_of(self, list: &str, recorded: &Tags, actual: &[impl SdkTag]) -> Self {
        recorded.iter().fold(self, |comparison, (key, value)| {
            comparison.optional(&format!("{list}.{key}"), value, sdk_tag::value(actual, key))
        })
    }

    /// What differs.
    pub fn drift(self) -> Vec<Drift> {
        self.0
    }
}

fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: BTreeSet<_> = items.into_iter().collect();
    match items.is_empty() {
        true => "none".to_owned(),
        false => items.into_iter().collect::<Vec<_>>().join(", "),
    }
}

#[cfg(all(test, feature = "ec2"))]
mod tests {
    use super::*;
    use crate::mark::ec2_tags;

    #[test]
    fn names_what_differs_as_aws_does_and_leaves_others_tags_alone() {
        let actual = ec2_tags(&Tags::named("other").with("theirs", "1"));
        let drift = Comparison::new()
            .field("cidrBlock", "10.0.0.0/16", "10.0.0.0/16")
            .optional("state", "available", None::<&str>)
            .tags(&Tags::named("hopper").with("mine", "1"), &actual)
            .drift();
        let texts: Vec<_> = drift.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "state: recorded available, actual none",
                "tags.Name: recorded hopper, actual other",
                "tags.mine: recorded 1, actual none",
            ]
        );
    }
}
