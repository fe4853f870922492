//! `CopyImage`.

use serde::Deserialize;

use super::create::merged;
use super::{Image, name};
use crate::ec2::Snapshot;
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::ec2::text::check_description;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Tags, Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CopyImage {
    name: String,
    description: Option<String>,
    source_image_id: String,
    source_region: String,
    #[serde(default)]
    encrypted: bool,
    #[serde(default)]
    copy_image_tags: bool,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Begins a copy of an image, with snapshots of its own. Other regions do not exist here, so the
/// source is one of this region.
pub(crate) fn copy(world: &mut World, input: &CopyImage) -> Result<String, AwsError> {
    let kinds = [&Image::KIND, &Snapshot::KIND];
    let tags = tags_for(world, &input.tag_specifications, &Image::KIND, &kinds)?;
    let snapshot_tags = tags_for(world, &input.tag_specifications, &Snapshot::KIND, &kinds)?;
    if input.source_region != world.region {
        let why = format!("The simulator has no region {}", input.source_region);
        return Err(AwsError::new("UnsupportedOperation", why));
    }
    let source = super::launchable(world, &input.source_image_id)?.clone();
    name::check_new(world, &input.name)?;
    check_description(input.description.as_deref().unwrap_or_default())?;
    let failure = world.doom("CopyImage");
    let after = world.settings().latencies.image_available;
    let id = world.new_id::<Image>();
    let mut disks = source.block_devices;
    for disk in &mut disks {
        let snapshot = Snapshot {
            id: world.new_id::<Snapshot>(),
            volume_id: "vol-ffffffff".to_owned(),
            volume_size: disk.volume_size,
            state: "pending".to_owned(),
            state_message: None,
            start_time: world.now,
            completion_time: None,
            description: format!(
                "Copied for DestinationAmi {id} from SourceAmi {} for SourceSnapshot {}.",
                source.id,
                disk.snapshot_id.as_deref().unwrap_or_default()
            ),
            encrypted: disk.encrypted || input.encrypted,
            tags: snapshot_tags.clone(),
        };
        disk.snapshot_id = Some(snapshot.id.clone());
        disk.encrypted |= input.encrypted;
        let ended = Transition::SnapshotEnded(snapshot.id.clone(), failure.clone());
        world.schedule(after, ended);
        world.add(snapshot);
    }
    let source_tags: Option<&Tags> = input.copy_image_tags.then_some(&source.tags);
    #[cfg(feature = "hosts")]
    world.machinery.hosts.copied(&id, &source.id);
    world.add(Image {
        id: id.clone(),
        name: input.name.clone(),
        description: input.description.clone(),
        owner_id: world.account.clone(),
        owner_alias: None,
        state: "pending".to_owned(),
        creation_date: world.now,
        last_launched_time: None,
        deprecation_time: None,
        block_devices: disks,
        is_public: false,
        source_instance_id: None,
        source_image: Some((source.id, input.source_region.clone())),
        tags: merged(tags, source_tags),
        ..source
    });
    world.schedule(after, Transition::ImageEnded(id.clone(), failure));
    Ok(id)
}

/// Answers with the id of the copy.
pub(crate) fn copied(_world: &World, id: &str) -> Answer {
    Ok(Xml::new().text("imageId", id))
}
