//! `CreateImage`, `RegisterImage` and `DeregisterImage`, and what happens to an image in between.

use serde::Deserialize;

use super::{Image, name};
use crate::ec2::block_device::{self, BlockDevice, BlockDeviceMapping};
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::ec2::text::check_description;
use crate::ec2::{Instance, Snapshot, StateReason, instance, snapshot, volume};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Tags, Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateImage {
    instance_id: String,
    name: String,
    description: Option<String>,
    #[serde(default)]
    no_reboot: bool,
    #[serde(default, rename = "BlockDeviceMapping")]
    mappings: Vec<BlockDeviceMapping>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Begins an image of an instance, with a snapshot of each of its disks. A running instance is
/// rebooted unless the request says otherwise.
pub(crate) fn create(world: &mut World, input: &CreateImage) -> Answer {
    let kinds = [&Image::KIND, &Snapshot::KIND];
    let tags = tags_for(world, &input.tag_specifications, &Image::KIND, &kinds)?;
    let snapshot_tags = tags_for(world, &input.tag_specifications, &Snapshot::KIND, &kinds)?;
    let source = world.find::<Instance>(&input.instance_id)?.clone();
    name::check_new(world, &input.name)?;
    check_description(input.description.as_deref().unwrap_or_default())?;
    if !source.state.has_disks_to_change() {
        return Err(AwsError::new(
            "IncorrectInstanceState",
            format!("Instance '{}' is not in state 'running' or 'stopped'", source.id),
        ));
    }
    let (mut disks, mut volumes) = (Vec::new(), Vec::new());
    for volume in volume::of_instance(world, &source.id) {
        let Some(held) = &volume.attachment else { continue };
        disks.push(BlockDevice {
            device_name: held.device.clone(),
            snapshot_id: None,
            volume_size: volume.size,
            volume_type: volume.volume_type.clone(),
            iops: volume.iops.filter(|_| volume.volume_type != "gp2"),
            throughput: volume.throughput,
            delete_on_termination: held.delete_on_termination,
            encrypted: volume.encrypted,
        });
        volumes.push((held.device.clone(), volume.id.clone()));
    }
    let mut disks = block_device::map(world, &disks, &input.mappings)?;

    if !input.no_reboot {
        instance::rebooted(world, &source.id);
    }
    let id = world.new_id::<Image>();
    let failure = world.doom("CreateImage");
    let after = world.settings().latencies.image_available;
    let description = format!("Created by CreateImage({}) for {id}", source.id);
    for disk in &mut disks {
        let of_disk = volumes.iter().find(|(device, _)| *device == disk.device_name);
        if let Some((_, volume_id)) = of_disk {
            let end = (after, failure.clone());
            let tags = snapshot_tags.clone();
            disk.snapshot_id = Some(snapshot::begin(world, volume_id, &description, tags, end)?);
        }
    }
    let parent = world.ec2.images.get(&source.image_id);
    let image = Image {
        id: id.clone(),
        name: input.name.clone(),
        description: input.description.clone(),
        owner_id: world.account.clone(),
        owner_alias: None,
        state: "pending".to_owned(),
        state_reason: None,
        creation_date: world.now,
        deprecation_time: None,
        last_launched_time: None,
        architecture: source.architecture,
        boot_mode: parent.and_then(|image| image.boot_mode.clone()),
        imds_support: parent.and_then(|image| image.imds_support.clone()),
        root_device_name: source.root_device_name,
        block_devices: disks,
        is_public: false,
        source_instance_id: Some(source.id),
        source_image: None,
        tags,
    };
    #[cfg(feature = "hosts")]
    world.machinery.hosts.imaged(&id, &input.instance_id);
    world.add(image);
    world.schedule(after, Transition::ImageEnded(id.clone(), failure));
    Ok(Xml::new().text("imageId", id))
}

/// The image is available, or came to nothing.
pub(crate) fn ended(world: &mut World, id: &str, failure: Option<&str>) {
    let Some(image) = world.ec2.images.get_mut(id) else { return };
    match failure {
        None => "available".clone_into(&mut image.state),
        Some(code) => {
            "failed".clone_into(&mut image.state);
            image.state_reason = Some(StateReason::new(code, "The image could not be made"));
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RegisterImage {
    name: String,
    description: Option<String>,
    root_device_name: String,
    #[serde(default)]
    architecture: Architecture,
    virtualization_type: Option<Virtualization>,
    /// Everything supports ENA here.
    #[serde(default, rename = "EnaSupport")]
    _ena_support: bool,
    boot_mode: Option<BootMode>,
    imds_support: Option<ImdsSupport>,
    #[serde(default, rename = "BlockDeviceMapping")]
    mappings: Vec<BlockDeviceMapping>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Architecture {
    #[serde(rename = "x86_64")]
    #[default]
    X86,
    #[serde(rename = "arm64")]
    Arm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Virtualization {
    Hvm,
    Paravirtual,
}

/// How a machine may be booted.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BootMode {
    LegacyBios,
    Uefi,
    UefiPreferred,
}

impl BootMode {
    fn name(self) -> String {
        match self {
            Self::LegacyBios => "legacy-bios".to_owned(),
            Self::Uefi => "uefi".to_owned(),
            Self::UefiPreferred => "uefi-preferred".to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum ImdsSupport {
    #[serde(rename = "v2.0")]
    V2,
}

/// Makes an image of snapshots there are. It is available at once.
pub(crate) fn register(world: &mut World, input: &RegisterImage) -> Answer {
    let kind = &Image::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    name::check_new(world, &input.name)?;
    check_description(input.description.as_deref().unwrap_or_default())?;
    if input.virtualization_type != Some(Virtualization::Hvm) {
        let why = "The simulator registers images of virtualization type hvm only";
        return Err(AwsError::new("UnsupportedOperation", why));
    }
    let disks = block_device::map(world, &[], &input.mappings)?;
    let root = disks.iter().find(|disk| disk.device_name == input.root_device_name);
    if root.is_none_or(|disk| disk.snapshot_id.is_none()) {
        return Err(AwsError::new(
            "InvalidBlockDeviceMapping",
            format!("The root device '{}' needs a mapping with a snapshot", input.root_device_name),
        ));
    }
    let image = Image {
        id: world.new_id::<Image>(),
        name: input.name.clone(),
        description: input.description.clone(),
        owner_id: world.account.clone(),
        owner_alias: None,
        state: "available".to_owned(),
        state_reason: None,
        creation_date: world.now,
        deprecation_time: None,
        last_launched_time: None,
        architecture: match input.architecture {
            Architecture::X86 => "x86_64".to_owned(),
            Architecture::Arm => "arm64".to_owned(),
        },
        boot_mode: input.boot_mode.map(BootMode::name),
        imds_support: input.imds_support.map(|ImdsSupport::V2| "v2.0".to_owned()),
        root_device_name: input.root_device_name.clone(),
        block_devices: disks,
        is_public: false,
        source_instance_id: None,
        source_image: None,
        tags,
    };
    let answer = Xml::new().text("imageId", &image.id);
    world.add(image);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeregisterImage {
    image_id: String,
    #[serde(default)]
    delete_associated_snapshots: bool,
}

/// Takes an image away. Its snapshots stay, unless the request says otherwise and no other image
/// rests on them.
pub(crate) fn deregister(world: &mut World, input: &DeregisterImage) -> Answer {
    let image = world.find::<Image>(&input.image_id)?.clone();
    if !image.is_own(world) {
        let why = format!("Not authorized for image:{}", image.id);
        return Err(AwsError::new("AuthFailure", why).with_status(400));
    }
    world.ec2.images.remove(&image.id);
    let mut results = Vec::new();
    let snapshots = image.block_devices.into_iter().filter_map(|disk| disk.snapshot_id);
    for id in snapshots.filter(|_| input.delete_associated_snapshots) {
        let code = if world.blockers(&id).is_empty() {
            world.ec2.snapshots.remove(&id);
            "success"
        } else {
            "skipped"
        };
        results.push(Xml::new().text("snapshotId", id).text("returnCode", code));
    }
    Ok(Xml::done().list("deleteSnapshotResultSet", results))
}

/// The tags of a copy: those given, and those of the source where they are asked for.
pub(super) fn merged(own: Tags, source: Option<&Tags>) -> Tags {
    let inherited = source.into_iter().flatten().filter(|(key, _)| !key.starts_with("aws:"));
    let mut tags: Tags = inherited.map(|(key, value)| (key.clone(), value.clone())).collect();
    tags.extend(own);
    tags
}
