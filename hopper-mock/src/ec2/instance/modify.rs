//! `ModifyInstanceAttribute`.

use serde::Deserialize;

use super::run::{ShutdownBehavior, check_architecture, check_user_data};
use super::{Instance, InstanceState};
use crate::ec2::network_interface::check_groups;
use crate::ec2::vpc_attribute::Flag;
use crate::ec2::{Subnet, Volume, VolumeAttachment, instance_type, volume};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyInstanceAttribute {
    instance_id: String,
    source_dest_check: Option<Flag>,
    disable_api_stop: Option<Flag>,
    disable_api_termination: Option<Flag>,
    ebs_optimized: Option<Flag>,
    instance_type: Option<Text>,
    user_data: Option<Text>,
    instance_initiated_shutdown_behavior: Option<Behavior>,
    #[serde(default, rename = "GroupId")]
    group_ids: Vec<String>,
    #[serde(default, rename = "BlockDeviceMapping")]
    mappings: Vec<Mapping>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Text {
    #[serde(default)]
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Behavior {
    value: ShutdownBehavior,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Mapping {
    device_name: String,
    ebs: Ebs,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Ebs {
    volume_id: Option<String>,
    delete_on_termination: bool,
}

/// Changes one attribute; a call with more is refused.
pub(crate) fn modify(world: &mut World, input: &ModifyInstanceAttribute) -> Answer {
    let flags = [
        &input.source_dest_check,
        &input.disable_api_stop,
        &input.disable_api_termination,
        &input.ebs_optimized,
    ];
    let n_given = flags.iter().filter(|flag| flag.is_some()).count()
        + usize::from(input.instance_type.is_some())
        + usize::from(input.user_data.is_some())
        + usize::from(input.instance_initiated_shutdown_behavior.is_some())
        + usize::from(!input.group_ids.is_empty())
        + usize::from(!input.mappings.is_empty());
    match n_given {
        0 => return Err(AwsError::new("MissingParameter", "The request must name an attribute")),
        1 => {}
        _ => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "Fields for multiple attribute types specified",
            ));
        }
    }
    let id = input.instance_id.as_str();
    let instance = world.find::<Instance>(id)?;
    if instance.state.is_ending() {
        let why = format!("The instance '{id}' is {}.", instance.state.name());
        return Err(AwsError::new("IncorrectInstanceState", why));
    }
    if let Some(text) = &input.instance_type {
        set_type(world, id, &text.value)?;
    } else if let Some(text) = &input.user_data {
        instance.check_state(InstanceState::Stopped)?;
        check_user_data(world, Some(&text.value))?;
        let user_data = Some(text.value.clone()).filter(|value| !value.is_empty());
        world.find_mut::<Instance>(id)?.user_data = user_data;
    } else if let Some(behavior) = &input.instance_initiated_shutdown_behavior {
        world.find_mut::<Instance>(id)?.shutdown_behavior = behavior.value.name();
    } else if !input.group_ids.is_empty() {
        set_groups(world, id, &input.group_ids)?;
    } else if !input.mappings.is_empty() {
        set_disks(world, id, &input.mappings)?;
    } else if let Some(flag) = &input.source_dest_check {
        set_source_dest_check(world, id, flag.value)?;
    } else if let Some(flag) = &input.ebs_optimized {
        instance.check_state(InstanceState::Stopped)?;
        world.find_mut::<Instance>(id)?.ebs_optimized = flag.value;
    } else if let Some(flag) = &input.disable_api_stop {
        world.find_mut::<Instance>(id)?.disable_api_stop = flag.value;
    } else if let Some(flag) = &input.disable_api_termination {
        world.find_mut::<Instance>(id)?.disable_api_termination = flag.value;
    }
    Ok(Xml::done())
}

fn set_type(world: &mut World, id: &str, name: &str) -> Result<(), AwsError> {
    let instance = world.find::<Instance>(id)?;
    instance.check_state(InstanceState::Stopped)?;
    let wanted = instance_type::named(name)?;
    check_architecture(wanted, &instance.architecture)?;
    let is_burstable = wanted.is_burstable();
    let instance = world.find_mut::<Instance>(id)?;
    name.clone_into(&mut instance.instance_type);
    let kept = instance.cpu_credits.take().filter(|_| is_burstable);
    instance.cpu_credits = kept.or_else(|| wanted.default_credits().map(str::to_owned));
    Ok(())
}

fn set_groups(world: &mut World, id: &str, group_ids: &[String]) -> Result<(), AwsError> {
    let instance = world.find::<Instance>(id)?;
    let subnet = world.find::<Subnet>(&instance.subnet_id)?;
    let group_ids = check_groups(world, subnet, group_ids)?;
    let interface_id = only_interface(world, instance)?;
    if let Some(interface) = world.ec2.network_interfaces.get_mut(&interface_id) {
        interface.group_ids = group_ids;
    }
    Ok(())
}

fn set_source_dest_check(world: &mut World, id: &str, value: bool) -> Result<(), AwsError> {
    let interface_id = only_interface(world, world.find::<Instance>(id)?)?;
    if let Some(interface) = world.ec2.network_interfaces.get_mut(&interface_id) {
        interface.source_dest_check = value;
    }
    Ok(())
}

fn only_interface(world: &World, instance: &Instance) -> Result<String, AwsError> {
    match instance.interfaces(world).as_slice() {
        [only] => Ok(only.id.clone()),
        _ => Err(AwsError::new(
            "InvalidInstanceID",
            format!(
                "There are multiple interfaces attached to instance '{}'. Please specify an \
                 interface ID for the operation instead.",
                instance.id
            ),
        )),
    }
}

fn set_disks(world: &mut World, id: &str, mappings: &[Mapping]) -> Result<(), AwsError> {
    let mut changes = Vec::new();
    for mapping in mappings {
        let volumes = volume::of_instance(world, id);
        let is_meant = |volume: &&&Volume| {
            let is_device = |held: &VolumeAttachment| held.device == mapping.device_name;
            volume.attachment.as_ref().is_some_and(is_device)
                && mapping.ebs.volume_id.as_ref().is_none_or(|id| *id == volume.id)
        };
        let Some(volume) = volumes.iter().find(is_meant) else {
            return Err(AwsError::new(
                "InvalidInstanceAttributeValue",
                format!("No device is currently mapped at {}", mapping.device_name),
            ));
        };
        changes.push((volume.id.clone(), mapping.ebs.delete_on_termination));
    }
    for (volume_id, is_deleted) in changes {
        let volume = world.ec2.volumes.get_mut(&volume_id);
        if let Some(attachment) = volume.and_then(|volume| volume.attachment.as_mut()) {
            attachment.delete_on_termination = is_deleted;
        }
    }
    Ok(())
}
