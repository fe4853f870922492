//! [`Image`]: the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::ec2::{BlockDevice, StateReason};
use crate::wire::AwsError;
use crate::world::{Kind, Resource, Tags, World};

/// An image that machines are started from, an AMI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its id.
    pub id: String,
    /// Its name, unique among those of its owner.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The account it belongs to.
    pub owner_id: String,
    /// The name of an owner that AWS knows by name, such as `amazon`.
    pub owner_alias: Option<String>,
    /// `pending`, `available` or `failed`.
    pub state: String,
    /// Why it failed.
    pub state_reason: Option<StateReason>,
    /// When it was made.
    pub creation_date: Time,
    /// From when on only its owner finds it without asking for old images.
    pub deprecation_time: Option<Time>,
    /// When a machine was last started from it.
    pub last_launched_time: Option<Time>,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// How machines start from it: `uefi`, `uefi-preferred` or `legacy-bios`.
    pub boot_mode: Option<String>,
    /// `v2.0` where machines get version 2 of the metadata service unless they say otherwise.
    pub imds_support: Option<String>,
    /// The device a machine starts from.
    pub root_device_name: String,
    /// Its disks.
    pub block_devices: Vec<BlockDevice>,
    /// Whether everybody may start machines from it.
    pub is_public: bool,
    /// The instance it was made of.
    pub source_instance_id: Option<String>,
    /// The image it was copied from, with its region.
    pub source_image: Option<(String, String)>,
    /// Its tags.
    pub tags: Tags,
}

impl Image {
    /// Where it lies: owner and name.
    pub(super) fn location(&self) -> String {
        format!("{}/{}", self.owner_id, self.name)
    }

    /// Whether this account made it.
    pub(super) fn is_own(&self, world: &World) -> bool {
        self.owner_id == world.account
    }
}

impl Resource for Image {
    const KIND: Kind = Kind {
        name: "image",
        prefix: "ami",
        noun: "image id",
        malformed: "InvalidAMIID.Malformed",
        missing: "InvalidAMIID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.images
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.images
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    /// It keeps the snapshots it rests on.
    fn holds(&self) -> Vec<&str> {
        self.block_devices.iter().filter_map(|disk| disk.snapshot_id.as_deref()).collect()
    }

    fn is_leftover(&self) -> bool {
        !self.is_public
    }
}

/// The image a machine shall be started from.
///
/// # Errors
/// A malformed or unknown id, or `InvalidAMIID.Unavailable` for an image that is not available.
pub(crate) fn launchable<'a>(world: &'a World, id: &str) -> Result<&'a Image, AwsError> {
    let image = world.find::<Image>(id)?;
    if image.state == "available" {
        return Ok(image);
    }
    Err(AwsError::new(
        "InvalidAMIID.Unavailable",
        format!("The image ID '{id}' is {} and cannot be used", image.state),
    ))
}
