//! [`Condition`]: what a request wants an object to be before it acts.

use serde::Deserialize;

use super::Object;
use crate::wire::AwsError;

/// The conditions a request came with, from the user guide, "Conditional requests".
#[derive(Debug, Default)]
pub(super) struct Condition<'a> {
    pub(super) if_match: Option<&'a str>,
    pub(super) if_none_match: Option<&'a str>,
}

/// `*`, or an entity tag; a tag may come with quotes and without.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Tag(String);

impl Tag {
    pub(super) fn text(&self) -> &str {
        self.0.trim_matches('"')
    }
}

impl Condition<'_> {
    /// Judges a read.
    pub(super) fn of_read(&self, object: &Object) -> Result<(), AwsError> {
        if self.if_match.is_some_and(|tag| !fits(tag, object)) {
            return Err(failed());
        }
        if self.if_none_match.is_some_and(|tag| fits(tag, object)) {
            return Err(AwsError::new("NotModified", "Not Modified"));
        }
        Ok(())
    }

    /// Judges a write. `If-None-Match` knows `*` alone; there has to be something for `If-Match`.
    pub(super) fn of_write(&self, object: Option<&Object>) -> Result<(), AwsError> {
        match (self.if_none_match, self.if_match, object) {
            (Some(tag), _, _) if tag != "*" => {
                let why = "A header you provided implies functionality that is not implemented";
                Err(AwsError::new("NotImplemented", format!("{why}: If-None-Match takes * alone")))
            }
            (Some(_), _, Some(_)) => Err(failed()),
            (_, Some(_), None) => Err(super::object::no_such_key()),
            (_, Some(tag), Some(object)) if !fits(tag, object) => Err(failed()),
            _ => Ok(()),
        }
    }
}

fn fits(tag: &str, object: &Object) -> bool {
    tag == "*" || tag == object.etag
}

fn failed() -> AwsError {
    let why = "At least one of the pre-conditions you specified did not hold";
    AwsError::new("PreconditionFailed", why)
}
