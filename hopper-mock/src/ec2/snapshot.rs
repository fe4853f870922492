//! Snapshots of volumes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Volume;
use super::describe::{Describe, Selection, describe as describe_selection};
use super::filter::{Attribute, one};
use super::owner::check_owners;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use super::text::check_description;
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, Transition, World};

/// A snapshot of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its id.
    pub id: String,
    /// The volume it was made of.
    pub volume_id: String,
    /// The size of the volume in GiB.
    pub volume_size: u32,
    /// `pending`, `completed` or `error`.
    pub state: String,
    /// Why it is in error.
    pub state_message: Option<String>,
    /// When it was begun.
    pub start_time: Time,
    /// When it was complete.
    pub completion_time: Option<Time>,
    /// What it is for.
    pub description: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Its tags.
    pub tags: Tags,
}

impl Snapshot {
    fn progress(&self) -> &'static str {
        if self.state == "completed" { "100%" } else { "0%" }
    }
}

impl Resource for Snapshot {
    const KIND: Kind = Kind {
        name: "snapshot",
        prefix: "snap",
        noun: "snapshot",
        malformed: "InvalidSnapshotID.Malformed",
        missing: "InvalidSnapshot.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.snapshots
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.snapshots
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
}

impl Describe for Snapshot {
    const IDS: &'static str = "SnapshotId";
    const SET: &'static str = "snapshotSet";
    const IDS_OR_PAGES: bool = true;
    const FILTERS: &'static [Attribute<Self>] = &[
        ("description", |snapshot, _| one(&snapshot.description)),
        ("encrypted", |snapshot, _| one(&snapshot.encrypted)),
        ("owner-alias", |_, _| Vec::new()),
        ("owner-id", |_, world| one(&world.account)),
        ("progress", |snapshot, _| one(snapshot.progress())),
        ("snapshot-id", |snapshot, _| one(&snapshot.id)),
        ("start-time", |snapshot, _| one(&snapshot.start_time)),
        ("status", |snapshot, _| one(&snapshot.state)),
        ("storage-tier", |_, _| one("standard")),
        ("transfer-type", |_, _| one("standard")),
        ("volume-id", |snapshot, _| one(&snapshot.volume_id)),
        ("volume-size", |snapshot, _| one(&snapshot.volume_size)),
    ];

    fn show(&self, world: &World) -> Xml {
        Xml::new()
            .text("snapshotId", &self.id)
            .text("volumeId", &self.volume_id)
            .text("status", &self.state)
            .opt("statusMessage", self.state_message.as_ref())
            .text("startTime", self.start_time)
            .opt("completionTime", self.completion_time)
            .text("progress", self.progress())
            .text("ownerId", &world.account)
            .text("volumeSize", self.volume_size)
            .text("description", &self.description)
            .text("encrypted", self.encrypted)
            .text("storageTier", "standard")
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeSnapshots {
    #[serde(default, rename = "Owner")]
    owners: Vec<String>,
    /// Nobody shares snapshots here, so whoever owns one is who can restore it.
    #[serde(default, rename = "RestorableBy")]
    restorable_by: Vec<String>,
    #[serde(default, rename = "SnapshotId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<super::filter::Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists snapshots. Those of other owners, on which AWS's images rest, are not listed.
pub(crate) fn describe(world: &mut World, input: &DescribeSnapshots) -> Answer {
    check_owners(&input.owners, &["self", "amazon"])?;
    check_owners(&input.restorable_by, &["self", "all"])?;
    let is_own = |owner: &String| *owner == "self" || *owner == world.account;
    let is_ours = |owners: &[String]| owners.is_empty() || owners.iter().any(is_own);
    if !is_ours(&input.owners) || !is_ours(&input.restorable_by) {
        return Ok(Xml::new().list("snapshotSet", []));
    }
    let selection = Selection {
        ids: input.ids.clone(),
        filters: input.filters.clone(),
        max_results: input.max_results,
        next_token: input.next_token.clone(),
    };
    describe_selection::<Snapshot>(world, &selection)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateSnapshot {
    volume_id: String,
    #[serde(default)]
    description: String,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Begins a snapshot.
pub(crate) fn create(world: &mut World, input: &CreateSnapshot) -> Answer {
    let kind = &Snapshot::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    check_description(&input.description)?;
    let volume = world.find::<Volume>(&input.volume_id)?;
    if !matches!(volume.state.as_str(), "available" | "in-use") {
        let why = format!("The volume '{}' is {}", volume.id, volume.state);
        return Err(AwsError::new("IncorrectState", why));
    }
    let volume_id = volume.id.clone();
    let failure = world.doom("CreateSnapshot");
    let after = world.settings().latencies.snapshot_completed;
    let id = begin(world, &volume_id, &input.description, tags, (after, failure))?;
    let snapshot = world.ec2.snapshots.get(&id).ok_or_else(|| kind.not_found(&id))?;
    Ok(snapshot.show(world))
}

/// Begins a snapshot of a volume that is complete, or in error, after a time.
pub(super) fn begin(
    world: &mut World,
    volume_id: &str,
    description: &str,
    tags: Tags,
    (after, failure): (std::time::Duration, Option<String>),
) -> Result<String, AwsError> {
    let volume = world.find::<Volume>(volume_id)?.clone();
    let id = world.new_id::<Snapshot>();
    world.add(Snapshot {
        id: id.clone(),
        volume_id: volume.id,
        volume_size: volume.size,
        state: "pending".to_owned(),
        state_message: None,
        start_time: world.now,
        completion_time: None,
        description: description.to_owned(),
        encrypted: volume.encrypted,
        tags,
    });
    world.schedule(after, Transition::SnapshotEnded(id.clone(), failure));
    Ok(id)
}

/// The snapshot is complete, or came to nothing.
pub(crate) fn ended(world: &mut World, id: &str, failure: Option<String>) {
    let now = world.now;
    let Some(snapshot) = world.ec2.snapshots.get_mut(id) else { return };
    match failure {
        None => {
            "completed".clone_into(&mut snapshot.state);
            snapshot.completion_time = Some(now);
        }
        Some(code) => {
            "error".clone_into(&mut snapshot.state);
            snapshot.state_message = Some(code);
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteSnapshot {
    snapshot_id: String,
}

/// Deletes a snapshot no image rests on.
pub(crate) fn delete(world: &mut World, input: &DeleteSnapshot) -> Answer {
    let id = world.find::<Snapshot>(&input.snapshot_id)?.id.clone();
    let images = world.blockers(&id);
    if !images.is_empty() {
        let why = format!("The snapshot {id} is currently in use by {}", images.join(", "));
        return Err(AwsError::new("InvalidSnapshot.InUse", why).blocked_by(images));
    }
    world.ec2.snapshots.remove(&id);
    Ok(Xml::done())
}
