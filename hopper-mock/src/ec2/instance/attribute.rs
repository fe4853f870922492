//! `DescribeInstanceAttribute`.

use serde::Deserialize;

use super::Instance;
use crate::wire::{Answer, Xml};
use crate::world::World;

/// The attributes there are. Those of paravirtual machines have no value.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Attribute {
    InstanceType,
    Kernel,
    Ramdisk,
    UserData,
    DisableApiTermination,
    DisableApiStop,
    InstanceInitiatedShutdownBehavior,
    RootDeviceName,
    BlockDeviceMapping,
    ProductCodes,
    SourceDestCheck,
    GroupSet,
    EbsOptimized,
    SriovNetSupport,
    EnaSupport,
    EnclaveOptions,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceAttribute {
    instance_id: String,
    attribute: Attribute,
}

/// Shows one attribute.
pub(crate) fn describe(world: &mut World, input: &DescribeInstanceAttribute) -> Answer {
    let instance = world.find::<Instance>(&input.instance_id)?;
    let answer = Xml::new().text("instanceId", &instance.id);
    Ok(answer.and(match input.attribute {
        Attribute::InstanceType => value("instanceType", Some(&instance.instance_type)),
        Attribute::Kernel => value("kernel", None::<bool>),
        Attribute::Ramdisk => value("ramdisk", None::<bool>),
        Attribute::UserData => value("userData", instance.user_data.as_ref()),
        Attribute::DisableApiTermination => {
            value("disableApiTermination", Some(instance.disable_api_termination))
        }
        Attribute::DisableApiStop => value("disableApiStop", Some(instance.disable_api_stop)),
        Attribute::InstanceInitiatedShutdownBehavior => {
            value("instanceInitiatedShutdownBehavior", Some(&instance.shutdown_behavior))
        }
        Attribute::RootDeviceName => value("rootDeviceName", Some(&instance.root_device_name)),
        Attribute::BlockDeviceMapping => {
            Xml::new().list("blockDeviceMapping", instance.show_disks(world))
        }
        Attribute::ProductCodes => Xml::new().list("productCodes", []),
        Attribute::SourceDestCheck => {
            let primary = instance.primary(world);
            value("sourceDestCheck", primary.map(|interface| interface.source_dest_check))
        }
        Attribute::GroupSet => Xml::new().list("groupSet", instance.show_groups(world)),
        Attribute::EbsOptimized => value("ebsOptimized", Some(instance.ebs_optimized)),
        Attribute::SriovNetSupport => value("sriovNetSupport", None::<bool>),
        Attribute::EnaSupport => value("enaSupport", Some(true)),
        Attribute::EnclaveOptions => {
            Xml::new().node("enclaveOptions", Xml::new().text("enabled", instance.has_enclaves))
        }
    }))
}

fn value(name: &'static str, value: Option<impl ToString>) -> Xml {
    Xml::new().node(name, Xml::new().opt("value", value))
}
