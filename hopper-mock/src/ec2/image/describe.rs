//! `DescribeImages`.

use serde::Deserialize;

use super::Image;
use crate::ec2::BlockDevice;
use crate::ec2::describe::{Describe, page};
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::ec2::owner::check_owners;
use crate::ec2::tag_specification::tag_set;
use crate::wire::{Answer, Xml};
use crate::world::World;

impl Image {
    fn of_disks(&self, value: impl Fn(&BlockDevice) -> String) -> Vec<String> {
        self.block_devices.iter().map(value).collect()
    }

    fn is_owned_by(&self, owner: &str, world: &World) -> bool {
        match owner {
            "self" => self.is_own(world),
            _ => self.owner_id == owner || self.owner_alias.as_deref() == Some(owner),
        }
    }

    /// Whether this user, or `self`, or `all`, may start machines from it by a permission.
    fn is_executable_by(&self, user: &str, world: &World) -> bool {
        match user {
            "all" => self.is_public,
            "self" => self.is_own(world),
            _ => self.owner_id == user,
        }
    }

    fn is_deprecated(&self, world: &World) -> bool {
        self.deprecation_time.is_some_and(|time| time <= world.now)
    }
}

impl Describe for Image {
    const IDS: &'static str = "ImageId";
    const SET: &'static str = "imagesSet";
    const PAGE: std::ops::RangeInclusive<usize> = 1..=1000;
    const FILTERS: &'static [Attribute<Self>] = &[
        ("architecture", |image, _| one(&image.architecture)),
        ("block-device-mapping.delete-on-termination", |image, _| {
            image.of_disks(|disk| disk.delete_on_termination.to_string())
        }),
        ("block-device-mapping.device-name", |image, _| {
            image.of_disks(|disk| disk.device_name.clone())
        }),
        ("block-device-mapping.encrypted", |image, _| {
            image.of_disks(|disk| disk.encrypted.to_string())
        }),
        ("block-device-mapping.snapshot-id", |image, _| {
            image.of_disks(|disk| disk.snapshot_id.clone().unwrap_or_default())
        }),
        ("block-device-mapping.volume-size", |image, _| {
            image.of_disks(|disk| disk.volume_size.to_string())
        }),
        ("block-device-mapping.volume-type", |image, _| {
            image.of_disks(|disk| disk.volume_type.clone())
        }),
        ("boot-mode", |image, _| image.boot_mode.iter().cloned().collect()),
        ("creation-date", |image, _| one(&image.creation_date)),
        ("description", |image, _| image.description.iter().cloned().collect()),
        ("ena-support", |_, _| one(&true)),
        ("hypervisor", |_, _| one("xen")),
        ("image-id", |image, _| one(&image.id)),
        ("image-type", |_, _| one("machine")),
        ("imds-support", |image, _| image.imds_support.iter().cloned().collect()),
        ("is-public", |image, _| one(&image.is_public)),
        ("kernel-id", |_, _| Vec::new()),
        ("manifest-location", |image, _| one(&image.location())),
        ("name", |image, _| one(&image.name)),
        ("owner-alias", |image, _| image.owner_alias.iter().cloned().collect()),
        ("owner-id", |image, _| one(&image.owner_id)),
        ("platform", |_, _| Vec::new()),
        ("product-code", |_, _| Vec::new()),
        ("product-code.type", |_, _| Vec::new()),
        ("ramdisk-id", |_, _| Vec::new()),
        ("root-device-name", |image, _| one(&image.root_device_name)),
        ("root-device-type", |_, _| one("ebs")),
        ("source-image-id", |image, _| {
            image.source_image.iter().map(|(id, _)| id.clone()).collect()
        }),
        ("source-image-region", |image, _| {
            image.source_image.iter().map(|(_, region)| region.clone()).collect()
        }),
        ("source-instance-id", |image, _| image.source_instance_id.iter().cloned().collect()),
        ("sriov-net-support", |_, _| one("simple")),
        ("state", |image, _| one(&image.state)),
        ("state-reason-code", |image, _| {
            image.state_reason.iter().map(|reason| reason.code.clone()).collect()
        }),
        ("state-reason-message", |image, _| {
            image.state_reason.iter().map(|reason| reason.message.clone()).collect()
        }),
        ("virtualization-type", |_, _| one("hvm")),
    ];

    fn show(&self, _world: &World) -> Xml {
        let disks = self.block_devices.iter().map(BlockDevice::show);
        let (source_id, source_region) = self.source_image.clone().unzip();
        Xml::new()
            .text("imageId", &self.id)
            .text("imageLocation", self.location())
            .text("imageState", &self.state)
            .opt_node("stateReason", self.state_reason.as_ref().map(|reason| reason.show()))
            .text("imageOwnerId", &self.owner_id)
            .opt("imageOwnerAlias", self.owner_alias.as_ref())
            .text("creationDate", self.creation_date)
            .opt("deprecationTime", self.deprecation_time)
            .text("isPublic", self.is_public)
            .text("architecture", &self.architecture)
            .text("imageType", "machine")
            .text("sriovNetSupport", "simple")
            .text("name", &self.name)
            .opt("description", self.description.as_ref())
            .text("rootDeviceType", "ebs")
            .text("rootDeviceName", &self.root_device_name)
            .list("blockDeviceMapping", disks)
            .text("virtualizationType", "hvm")
            .text("hypervisor", "xen")
            .text("enaSupport", true)
            .opt("bootMode", self.boot_mode.as_ref())
            .opt("imdsSupport", self.imds_support.as_ref())
            .text("platformDetails", "Linux/UNIX")
            .text("usageOperation", "RunInstances")
            .opt("sourceInstanceId", self.source_instance_id.as_ref())
            .opt("sourceImageId", source_id)
            .opt("sourceImageRegion", source_region)
            .text("deregistrationProtection", "disabled")
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeImages {
    #[serde(default, rename = "ExecutableBy")]
    executable_by: Vec<String>,
    #[serde(default, rename = "ImageId")]
    ids: Vec<String>,
    #[serde(default, rename = "Owner")]
    owners: Vec<String>,
    #[serde(default)]
    include_deprecated: bool,
    /// No image can be disabled here.
    #[serde(default, rename = "IncludeDisabled")]
    _include_disabled: bool,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists images: all that are named by id, or all public and own ones.
pub(crate) fn describe(world: &mut World, input: &DescribeImages) -> Answer {
    check_owners(&input.owners, &["self", "amazon", "aws-marketplace", "aws-backup-vault"])?;
    check_owners(&input.executable_by, &["self", "all"])?;
    filter::check(&input.filters, Image::FILTERS, true)?;
    let mut images: Vec<&Image> = if input.ids.is_empty() {
        let all = world.ec2.images.values().filter(|image| world.sees(&image.id));
        all.filter(|image| {
            input.include_deprecated || image.is_own(world) || !image.is_deprecated(world)
        })
        .collect()
    } else {
        input.ids.iter().map(|id| world.find(id)).collect::<Result<_, _>>()?
    };
    let any = |names: &[String], fits: &dyn Fn(&str) -> bool| {
        names.is_empty() || names.iter().any(|name| fits(name))
    };
    images.retain(|image| {
        any(&input.owners, &|owner| image.is_owned_by(owner, world))
            && any(&input.executable_by, &|user| image.is_executable_by(user, world))
            && filter::passes(world, *image, Some(&image.tags), &input.filters, Image::FILTERS)
    });
    images.sort_by_key(|image| &image.id);
    images.dedup_by_key(|image| &image.id);
    let token = input.next_token.as_deref();
    let (images, next_token) =
        page(images, |image| &image.id, &Image::PAGE, input.max_results, token)?;
    let items = images.into_iter().map(|image| image.show(world));
    Ok(Xml::new().list("imagesSet", items).opt("nextToken", next_token))
}
