//! [`Volume`]: the record, and how a describe shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::Describe;
use crate::ec2::filter::{Attribute, one};
use crate::ec2::tag_specification::tag_set;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its id.
    pub id: String,
    /// `creating`, `available`, `in-use`, `deleting` or `error`.
    pub state: String,
    /// The zone it is in.
    pub availability_zone: String,
    /// Its size in GiB.
    pub size: u32,
    /// Its type, such as `gp3`.
    pub volume_type: String,
    /// Its I/O operations a second, where the type has a number for it.
    pub iops: Option<u32>,
    /// Its MiB a second, for `gp3`.
    pub throughput: Option<u32>,
    /// The snapshot it was made from.
    pub snapshot_id: Option<String>,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// When it was made.
    pub create_time: Time,
    /// The instance it is attached to.
    pub attachment: Option<VolumeAttachment>,
    /// Its tags.
    pub tags: Tags,
}

/// The use of a volume by an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeAttachment {
    /// The instance.
    pub instance_id: String,
    /// The device, such as `/dev/sda1`.
    pub device: String,
    /// `attaching`, `attached` or `detaching`.
    pub state: String,
    /// Since when.
    pub attach_time: Time,
    /// Whether the volume goes with the instance.
    pub delete_on_termination: bool,
}

impl VolumeAttachment {
    /// How a describe of volumes, an attach and a detach show it.
    pub(super) fn show(&self, volume_id: &str) -> Xml {
        Xml::new()
            .text("volumeId", volume_id)
            .text("instanceId", &self.instance_id)
            .text("device", &self.device)
            .text("status", &self.state)
            .text("attachTime", self.attach_time)
            .text("deleteOnTermination", self.delete_on_termination)
    }
}

impl Volume {
    /// Whether this instance has it.
    pub fn is_on(&self, instance_id: &str) -> bool {
        self.attachment.as_ref().is_some_and(|held| held.instance_id == instance_id)
    }

    fn of_attachment(&self, value: impl Fn(&VolumeAttachment) -> String) -> Vec<String> {
        self.attachment.iter().map(value).collect()
    }
}

impl Resource for Volume {
    const KIND: Kind = Kind {
        name: "volume",
        prefix: "vol",
        noun: "volume",
        malformed: "InvalidVolumeID.Malformed",
        missing: "InvalidVolume.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.volumes
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.volumes
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

    /// A disk that goes with its instance is not listed apart from it.
    fn is_leftover(&self) -> bool {
        let attachment = self.attachment.as_ref();
        self.state != "deleting" && !attachment.is_some_and(|held| held.delete_on_termination)
    }
}

impl Describe for Volume {
    const IDS: &'static str = "VolumeId";
    const SET: &'static str = "volumeSet";
    const IDS_OR_PAGES: bool = true;
    const IGNORED: &'static [&'static str] = &["IncludeManagedResources"];
    const FILTERS: &'static [Attribute<Self>] = &[
        ("attachment.attach-time", |volume, _| {
            volume.of_attachment(|held| held.attach_time.to_string())
        }),
        ("attachment.delete-on-termination", |volume, _| {
            volume.of_attachment(|held| held.delete_on_termination.to_string())
        }),
        ("attachment.device", |volume, _| volume.of_attachment(|held| held.device.clone())),
        ("attachment.instance-id", |volume, _| {
            volume.of_attachment(|held| held.instance_id.clone())
        }),
        ("attachment.status", |volume, _| volume.of_attachment(|held| held.state.clone())),
        ("availability-zone", |volume, _| one(&volume.availability_zone)),
        ("availability-zone-id", |volume, world| {
            zone_id(world, &volume.availability_zone).into_iter().collect()
        }),
        ("create-time", |volume, _| one(&volume.create_time)),
        ("encrypted", |volume, _| one(&volume.encrypted)),
        ("fast-restored", |_, _| one(&false)),
        ("multi-attach-enabled", |_, _| one(&false)),
        ("operator.managed", |_, _| one(&false)),
        ("operator.principal", |_, _| Vec::new()),
        ("size", |volume, _| one(&volume.size)),
        ("snapshot-id", |volume, _| volume.snapshot_id.iter().cloned().collect()),
        ("status", |volume, _| one(&volume.state)),
        ("volume-id", |volume, _| one(&volume.id)),
        ("volume-type", |volume, _| one(&volume.volume_type)),
    ];

    fn show(&self, world: &World) -> Xml {
        Xml::new()
            .text("volumeId", &self.id)
            .text("size", self.size)
            .text("snapshotId", self.snapshot_id.as_deref().unwrap_or_default())
            .text("availabilityZone", &self.availability_zone)
            .opt("availabilityZoneId", zone_id(world, &self.availability_zone).ok())
            .text("status", &self.state)
            .text("createTime", self.create_time)
            .list("attachmentSet", self.attachment.as_ref().map(|held| held.show(&self.id)))
            .text("volumeType", &self.volume_type)
            .opt("iops", self.iops)
            .opt("throughput", self.throughput)
            .text("encrypted", self.encrypted)
            .text("multiAttachEnabled", false)
            .and(tag_set(&self.tags))
    }
}
