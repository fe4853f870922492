//! [`Bucket`]: the record, making one, looking at one, deleting one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Object, call};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A bucket of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Since when it is there.
    pub created: Time,
    /// What is in it, by key.
    pub objects: BTreeMap<String, Object>,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for Bucket {
    const KIND: Kind = Kind {
        name: "bucket",
        prefix: "",
        noun: "bucket",
        malformed: "InvalidBucketName",
        missing: "NoSuchBucket",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.s3.buckets
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.s3.buckets
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateBucket {
    bucket: String,
    location_constraint: Option<String>,
}

/// Makes a bucket in the region. It has to be named, but for `us-east-1`.
pub(crate) fn create(world: &mut World, input: &CreateBucket) -> Answer {
    check(&input.bucket)?;
    let here = input.location_constraint.as_deref().unwrap_or("us-east-1");
    if here != world.region {
        let why = format!(
            "The {} location constraint is incompatible for the region specific endpoint this \
             request was sent to.",
            input.location_constraint.as_deref().unwrap_or("unspecified")
        );
        return Err(AwsError::new("IllegalLocationConstraintException", why));
    }
    if world.s3.buckets.contains_key(&input.bucket) {
        let why = "Your previous request to create the named bucket succeeded and you already \
                   own it.";
        return Err(AwsError::new("BucketAlreadyOwnedByYou", why));
    }
    let (name, created) = (input.bucket.clone(), world.now);
    let bucket = Bucket { name, created, objects: BTreeMap::new(), tags: Tags::new() };
    world.s3.buckets.insert(input.bucket.clone(), bucket);
    Ok(Xml::new().text("Location", format!("/{}", input.bucket)))
}

/// The rules of the user guide, "General purpose bucket naming rules", as far as they are about
/// letters.
fn check(name: &str) -> Result<(), AwsError> {
    let is_edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let is_fine = (3..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| is_edge(byte) || matches!(byte, b'.' | b'-'))
        && [bytes.first(), bytes.last()].into_iter().flatten().all(is_edge)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    let refusal = || AwsError::new("InvalidBucketName", "The specified bucket is not valid.");
    is_fine.then_some(()).ok_or_else(refusal)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct OneBucket {
    bucket: String,
}

/// Says whether a bucket is there, and where.
pub(crate) fn head(world: &mut World, input: &OneBucket) -> Answer {
    call::bucket(world, &input.bucket)?;
    Ok(Xml::new().text("BucketRegion", &world.region))
}

/// Deletes a bucket that is empty.
pub(crate) fn delete(world: &mut World, input: &OneBucket) -> Answer {
    let bucket = call::bucket(world, &input.bucket)?;
    if !bucket.objects.is_empty() {
        let why = "The bucket you tried to delete is not empty";
        return Err(AwsError::new("BucketNotEmpty", why).blocked_by(bucket.objects.keys().cloned()));
    }
    world.s3.buckets.remove(&input.bucket);
    Ok(Xml::new())
}
