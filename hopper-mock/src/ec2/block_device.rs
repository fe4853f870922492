//! [`BlockDevice`]: a disk as an image prescribes it, and as requests change it.

use serde::{Deserialize, Serialize};

use super::text::is_device_name;
use super::{Snapshot, volume_type};
use crate::wire::{AwsError, Xml};
use crate::world::World;

/// A disk that a machine is started with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockDevice {
    /// The name of the device, such as `/dev/sda1`.
    pub device_name: String,
    /// What is on it at first.
    pub snapshot_id: Option<String>,
    /// Its size in GiB.
    pub volume_size: u32,
    /// Its type, such as `gp3`.
    pub volume_type: String,
    /// Its I/O operations a second, where they are asked for.
    pub iops: Option<u32>,
    /// Its MiB a second, where they are asked for.
    pub throughput: Option<u32>,
    /// Whether it goes with the machine.
    pub delete_on_termination: bool,
    /// Whether it is encrypted.
    pub encrypted: bool,
}

impl BlockDevice {
    /// How images show it.
    pub(super) fn show(&self) -> Xml {
        let ebs = Xml::new()
            .opt("snapshotId", self.snapshot_id.as_ref())
            .text("volumeSize", self.volume_size)
            .text("volumeType", &self.volume_type)
            .opt("iops", self.iops)
            .opt("throughput", self.throughput)
            .text("deleteOnTermination", self.delete_on_termination)
            .text("encrypted", self.encrypted);
        Xml::new().text("deviceName", &self.device_name).node("ebs", ebs)
    }
}

/// A disk in a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct BlockDeviceMapping {
    pub(crate) device_name: String,
    pub(crate) ebs: Option<Ebs>,
    /// Leaves out a disk of the image.
    pub(crate) no_device: Option<String>,
}

/// A volume in a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct Ebs {
    pub(crate) snapshot_id: Option<String>,
    pub(crate) volume_size: Option<u32>,
    pub(crate) volume_type: Option<String>,
    pub(crate) iops: Option<u32>,
    pub(crate) throughput: Option<u32>,
    pub(crate) delete_on_termination: Option<bool>,
    pub(crate) encrypted: Option<bool>,
}

/// The disks of a machine or an image: those there are, changed and added to as a request says.
///
/// # Errors
/// A disk smaller than its snapshot, or that its type does not allow; a snapshot that is not
/// there.
pub(super) fn map(
    world: &World,
    disks: &[BlockDevice],
    mappings: &[BlockDeviceMapping],
) -> Result<Vec<BlockDevice>, AwsError> {
    let mut disks = disks.to_vec();
    for (at, mapping) in mappings.iter().enumerate() {
        let name = &mapping.device_name;
        if mappings[..at].iter().any(|other| other.device_name == *name) {
            return Err(invalid(format!("The device '{name}' is used in more than one mapping")));
        }
        if !is_device_name(name) {
            return Err(invalid(format!("Invalid device name {name}")));
        }
        let known = disks.iter().position(|disk| disk.device_name == *name);
        match (&mapping.ebs, &mapping.no_device, known) {
            (Some(_), Some(_), _) => {
                return Err(invalid(format!("The device '{name}' is both given and left out")));
            }
            (None, Some(_), Some(at)) => {
                disks.remove(at);
            }
            (None, _, _) => {}
            (Some(ebs), None, Some(at)) => ebs.change(&mut disks[at])?,
            (Some(ebs), None, None) => disks.push(ebs.disk(world, name)?),
        }
    }
    for disk in &disks {
        let BlockDevice { volume_type, volume_size, iops, throughput, .. } = disk;
        volume_type::check(volume_type, *volume_size, *iops, *throughput)?;
    }
    Ok(disks)
}

impl Ebs {
    /// Changes a disk that comes from a snapshot: it may only grow.
    fn change(&self, disk: &mut BlockDevice) -> Result<(), AwsError> {
        if self.snapshot_id.is_some() && self.snapshot_id != disk.snapshot_id {
            let name = &disk.device_name;
            return Err(invalid(format!("snapshotId cannot be modified on device '{name}'")));
        }
        if let Some(size) = self.volume_size {
            check_size(size, disk.volume_size, disk.snapshot_id.as_deref())?;
            disk.volume_size = size;
        }
        if let Some(volume_type) = &self.volume_type {
            volume_type.clone_into(&mut disk.volume_type);
            (disk.iops, disk.throughput) = (None, None);
        }
        disk.iops = self.iops.or(disk.iops);
        disk.throughput = self.throughput.or(disk.throughput);
        disk.delete_on_termination =
            self.delete_on_termination.unwrap_or(disk.delete_on_termination);
        disk.encrypted = self.encrypted.unwrap_or(disk.encrypted);
        Ok(())
    }

    /// A disk of its own.
    fn disk(&self, world: &World, device_name: &str) -> Result<BlockDevice, AwsError> {
        let snapshot = match &self.snapshot_id {
            None => None,
            Some(id) => Some(world.find::<Snapshot>(id)?),
        };
        let volume_size = match (self.volume_size, snapshot) {
            (Some(size), Some(snapshot)) => {
                check_size(size, snapshot.volume_size, Some(&snapshot.id))?;
                size
            }
            (Some(size), None) => size,
            (None, Some(snapshot)) => snapshot.volume_size,
            (None, None) => return Err(AwsError::missing("size or snapshotId")),
        };
        Ok(BlockDevice {
            device_name: device_name.to_owned(),
            snapshot_id: self.snapshot_id.clone(),
            volume_size,
            volume_type: self.volume_type.clone().unwrap_or_else(|| "gp2".to_owned()),
            iops: self.iops,
            throughput: self.throughput,
            delete_on_termination: self.delete_on_termination.unwrap_or(true),
            encrypted: self.encrypted.unwrap_or(snapshot.is_some_and(|source| source.encrypted)),
        })
    }
}

fn check_size(size: u32, least: u32, snapshot_id: Option<&str>) -> Result<(), AwsError> {
    match snapshot_id {
        Some(id) if size < least => Err(invalid(format!(
            "Volume of size {size}GB is smaller than snapshot '{id}', expect size >= {least}GB"
        ))),
        _ => Ok(()),
    }
}

fn invalid(message: String) -> AwsError {
    AwsError::new("InvalidBlockDeviceMapping", message)
}
