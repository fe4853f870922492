//! [`S3`]: everything in S3.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Bucket;
use crate::world::Registered;

/// What exists in S3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct S3 {
    /// The account's buckets by their names.
    pub buckets: BTreeMap<String, Bucket>,
}

/// Every kind of thing in S3.
pub(crate) static REGISTRY: &[Registered] = &[Registered::of::<Bucket>()];
