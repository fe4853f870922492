//! `CreateVolume` and `DeleteVolume`, and what happens to a volume in between.

use serde::Deserialize;

use super::Volume;
use crate::ec2::availability_zone::{zone_id, zone_name};
use crate::ec2::describe::Describe as _;
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::ec2::{BlockDevice, Snapshot, volume_type};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Tags, Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateVolume {
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    size: Option<u32>,
    snapshot_id: Option<String>,
    volume_type: Option<String>,
    iops: Option<u32>,
    throughput: Option<u32>,
    encrypted: Option<bool>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a volume that is attached to nothing.
pub(crate) fn create(world: &mut World, input: &CreateVolume) -> Result<String, AwsError> {
    let kind = &Volume::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let availability_zone = match (&input.availability_zone, &input.availability_zone_id) {
        (Some(name), None) => zone_id(world, name).map(|_| name.clone())?,
        (None, Some(id)) => zone_name(world, id)?,
        (None, None) => return Err(AwsError::missing("availabilityZone")),
        (Some(_), Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one of AvailabilityZone and AvailabilityZoneId can be given",
            ));
        }
    };
    let snapshot = match &input.snapshot_id {
        None => None,
        Some(id) => Some(world.find::<Snapshot>(id)?),
    };
    if let Some(snapshot) = snapshot.filter(|snapshot| snapshot.state != "completed") {
        let why = format!("Snapshot '{}' is in state {}", snapshot.id, snapshot.state);
        return Err(AwsError::new("IncorrectState", why));
    }
    let volume_size = match (input.size, snapshot) {
        (Some(size), Some(snapshot)) if size < snapshot.volume_size => {
            let (id, least) = (&snapshot.id, snapshot.volume_size);
            let why = format!("The volume size is smaller than snapshot '{id}' of {least} GiB");
            return Err(AwsError::new("InvalidParameterValue", why));
        }
        (Some(size), _) => size,
        (None, Some(snapshot)) => snapshot.volume_size,
        (None, None) => return Err(AwsError::missing("size or snapshot")),
    };
    let disk = BlockDevice {
        device_name: String::new(),
        snapshot_id: input.snapshot_id.clone(),
        volume_size,
        volume_type: input.volume_type.clone().unwrap_or_else(|| "gp2".to_owned()),
        iops: input.iops,
        throughput: input.throughput,
        delete_on_termination: false,
        encrypted: input.encrypted.unwrap_or(snapshot.is_some_and(|source| source.encrypted)),
    };
    let id = make(world, &disk, &availability_zone, tags)?;
    let is_doomed = world.doom("CreateVolume").is_some();
    let after = world.settings().latencies.volume_available;
    world.schedule(after, Transition::VolumeReady(id.clone(), !is_doomed));
    Ok(id)
}

/// Makes a volume for a disk. It is `creating`.
///
/// # Errors
/// What its type does not allow.
pub(crate) fn make(
    world: &mut World,
    disk: &BlockDevice,
    availability_zone: &str,
    tags: Tags,
) -> Result<String, AwsError> {
    let performance =
        volume_type::check(&disk.volume_type, disk.volume_size, disk.iops, disk.throughput)?;
    let id = world.new_id::<Volume>();
    world.add(Volume {
        id: id.clone(),
        state: "creating".to_owned(),
        availability_zone: availability_zone.to_owned(),
        size: disk.volume_size,
        volume_type: disk.volume_type.clone(),
        iops: performance.iops,
        throughput: performance.throughput,
        snapshot_id: disk.snapshot_id.clone(),
        encrypted: disk.encrypted,
        create_time: world.now,
        attachment: None,
        tags,
    });
    Ok(id)
}

/// Answers with a volume that was made.
pub(crate) fn created(world: &World, id: &str) -> Answer {
    let volume = world.ec2.volumes.get(id).ok_or_else(|| Volume::KIND.not_found(id))?;
    Ok(volume.show(world))
}

/// The volume can be used, or came to nothing.
pub(crate) fn ready(world: &mut World, id: &str, is_good: bool) {
    if let Some(volume) = world.ec2.volumes.get_mut(id)
        && volume.state == "creating"
    {
        let state = if is_good { "available" } else { "error" };
        state.clone_into(&mut volume.state);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteVolume {
    volume_id: String,
}

/// Deletes a volume no instance has.
pub(crate) fn delete(world: &mut World, input: &DeleteVolume) -> Answer {
    let volume = world.find_mut::<Volume>(&input.volume_id)?;
    if let Some(attachment) = &volume.attachment {
        let (id, instance_id) = (&volume.id, attachment.instance_id.clone());
        let why = format!("Volume {id} is currently attached to {instance_id}");
        return Err(AwsError::new("VolumeInUse", why).blocked_by([instance_id]));
    }
    if volume.state == "creating" {
        let why = format!("The volume '{}' is in the 'creating' state.", volume.id);
        return Err(AwsError::new("IncorrectState", why));
    }
    "deleting".clone_into(&mut volume.state);
    let after = world.settings().latencies.volume_deleted;
    world.schedule(after, Transition::VolumeDeleted(input.volume_id.clone()));
    Ok(Xml::done())
}

/// The volume is gone.
pub(crate) fn deleted(world: &mut World, id: &str) {
    world.ec2.volumes.remove(id);
}
