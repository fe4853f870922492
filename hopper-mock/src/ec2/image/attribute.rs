//! `DescribeImageAttribute`.

use serde::Deserialize;

use super::Image;
use crate::ec2::BlockDevice;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeImageAttribute {
    attribute: Attribute,
    image_id: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Attribute {
    Description,
    Kernel,
    Ramdisk,
    LaunchPermission,
    ProductCodes,
    BlockDeviceMapping,
    SriovNetSupport,
    BootMode,
    TpmSupport,
    UefiData,
    LastLaunchedTime,
    ImdsSupport,
    DeregistrationProtection,
}

/// Shows one attribute, to the owner alone.
pub(crate) fn describe(world: &mut World, input: &DescribeImageAttribute) -> Answer {
    let image = world.find::<Image>(&input.image_id)?;
    if !image.is_own(world) {
        let why = format!("Not authorized for image:{}", image.id);
        return Err(AwsError::new("AuthFailure", why).with_status(400));
    }
    let answer = Xml::new().text("imageId", &image.id);
    let value = |name: &'static str, value: Option<String>| {
        Xml::new().node(name, Xml::new().opt("value", value))
    };
    Ok(answer.and(match input.attribute {
        Attribute::Description => value("description", image.description.clone()),
        Attribute::Kernel => value("kernel", None),
        Attribute::Ramdisk => value("ramdisk", None),
        Attribute::LaunchPermission => Xml::new().list("launchPermission", []),
        Attribute::ProductCodes => Xml::new().list("productCodes", []),
        Attribute::BlockDeviceMapping => {
            let disks = image.block_devices.iter().map(BlockDevice::show);
            Xml::new().list("blockDeviceMapping", disks)
        }
        Attribute::SriovNetSupport => value("sriovNetSupport", Some("simple".to_owned())),
        Attribute::BootMode => value("bootMode", image.boot_mode.clone()),
        Attribute::TpmSupport => value("tpmSupport", None),
        Attribute::UefiData => value("uefiData", None),
        Attribute::LastLaunchedTime => {
            value("lastLaunchedTime", image.last_launched_time.map(|time| time.to_string()))
        }
        Attribute::ImdsSupport => value("imdsSupport", image.imds_support.clone()),
        Attribute::DeregistrationProtection => {
            value("deregistrationProtection", Some("disabled".to_owned()))
        }
    }))
}
