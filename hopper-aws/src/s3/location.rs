//! [`S3Location`]: a place in S3.

use std::{fmt, str::FromStr};

/// A place in S3, written `s3://bucket/prefix`.
///
/// ```
/// use hopper_aws::s3::S3Location;
///
/// let there: S3Location = "s3://team-journals/hopper/prod".parse()?;
/// assert_eq!((there.bucket(), there.prefix()), ("team-journals", "hopper/prod"));
/// assert!("s3://team-journals".parse::<S3Location>().is_err());
/// # Ok::<(), hopper_aws::s3::S3LocationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Location {
    bucket: String,
    prefix: String,
}

/// A text that is no place in S3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} names no journal in S3: write s3://bucket/prefix, with a prefix of the journal's own")]
pub struct S3LocationError(String);

impl S3Location {
    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What all keys begin with, without the slash that follows.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The key of a batch, from 1. Keys sort as their numbers do.
    pub(super) fn key(&self, batch: u64) -> String {
        format!("{}/{batch:010}{SUFFIX}", self.prefix)
    }

    /// The number in a key, if it is one of a batch.
    pub(super) fn batch(&self, key: &str) -> Option<u64> {
        let name = key.strip_prefix(&self.prefix)?.strip_prefix('/')?.strip_suffix(SUFFIX)?;
        name.parse().ok().filter(|batch| self.key(*batch) == key)
    }
}

/// What keys end with: each holds lines of JSON.
const SUFFIX: &str = ".jsonl";

impl FromStr for S3Location {
    type Err = S3LocationError;

    fn from_str(text: &str) -> Result<Self, S3LocationError> {
        let place = text.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        match place.map(|(bucket, prefix)| (bucket, prefix.trim_end_matches('/'))) {
            Some((bucket, prefix)) if !bucket.is_empty() && !prefix.is_empty() => {
                Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
            }
            _ => Err(S3LocationError(text.to_owned())),
        }
    }
}

impl fmt::Display for S3Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_numbers_do() {
        let there: S3Location = "s3://b/a/b/".parse().unwrap();
        assert_eq!(there.to_string(), "s3://b/a/b");
        assert_eq!(there.key(7), "a/b/0000000007.jsonl");
        assert!(there.key(9) < there.key(10) && there.key(99) < there.key(100));
        assert_eq!(there.batch(&there.key(4711)), Some(4711));
        for other in ["a/b/7.jsonl", "a/b/0000000007", "a/b/+000000007.jsonl", "c/0000000007.jsonl"]
        {
            assert_eq!(there.batch(other), None, "{other}");
        }
    }

    #[test]
    fn a_place_has_a_bucket_and_a_prefix() {
        for text in ["s3://", "s3://b", "s3://b/", "s3:///a", "http://b/a", "b/a"] {
            let refused = text.parse::<S3Location>().unwrap_err().to_string();
            assert!(refused.contains("write s3://bucket/prefix"), "{refused}");
        }
    }
}
