//! `ModifyInstanceAttribute`.

use serde::Deserialize;

use super::attribute::Attribute;
use super::prepare::{check_architecture, check_user_data};
use super::{Instance, InstanceState};
use crate::ec2::launch_template::ShutdownBehavior;
use crate::ec2::network_interface::check_groups;
use crate::ec2::vpc_attribute::Flag;
use crate::ec2::{Subnet, Volume, VolumeAttachment, instance_type, volume};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyInstanceAttribute {
    instance_id: String,
    attribute: Option<Attribute>,
    value: Option<String>,
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

/// A change a request asks for.
#[derive(Clone, Copy, Debug)]
enum Change<'a> {
    SourceDestCheck(bool),
    DisableApiStop(bool),
    DisableApiTermination(bool),
    EbsOptimized(bool),
    InstanceType(&'a str),
    UserData(&'a str),
    ShutdownBehavior(ShutdownBehavior),
    Groups(&'a [String]),
    Disks(&'a [Mapping]),
}

impl ModifyInstanceAttribute {
    fn changes(&self) -> Result<Vec<Change<'_>>, AwsError> {
        let flag = |flag: &Option<Flag>| flag.as_ref().map(|flag| flag.value);
        let behavior = self.instance_initiated_shutdown_behavior.as_ref();
        if self.attribute.is_none() && self.value.is_some() {
            return Err(AwsError::missing("Attribute"));
        }
        let generic = self.attribute.map(|attribute| self.generic(attribute)).transpose()?;
        let given = [
            flag(&self.source_dest_check).map(Change::SourceDestCheck),
            flag(&self.disable_api_stop).map(Change::DisableApiStop),
            flag(&self.disable_api_termination).map(Change::DisableApiTermination),
            flag(&self.ebs_optimized).map(Change::EbsOptimized),
            self.instance_type.as_ref().map(|text| Change::InstanceType(&text.value)),
            self.user_data.as_ref().map(|text| Change::UserData(&text.value)),
            behavior.map(|behavior| Change::ShutdownBehavior(behavior.value)),
            (!self.group_ids.is_empty()).then_some(Change::Groups(&self.group_ids)),
            (!self.mappings.is_empty()).then_some(Change::Disks(&self.mappings)),
            generic,
        ];
        Ok(given.into_iter().flatten().collect())
    }

    /// The change as the parameters `Attribute` and `Value` spell it.
    fn generic(&self, attribute: Attribute) -> Result<Change<'_>, AwsError> {
        let value = self.value.as_deref().ok_or_else(|| AwsError::missing("Value"))?;
        let invalid = |why| AwsError::invalid_value("value", value, why);
        let flag = || value.parse::<bool>().map_err(|_| invalid("It must be true or false."));
        Ok(match attribute {
            Attribute::SourceDestCheck => Change::SourceDestCheck(flag()?),
            Attribute::DisableApiStop => Change::DisableApiStop(flag()?),
            Attribute::DisableApiTermination => Change::DisableApiTermination(flag()?),
            Attribute::EbsOptimized => Change::EbsOptimized(flag()?),
            Attribute::InstanceType => Change::InstanceType(value),
            Attribute::UserData => Change::UserData(value),
            Attribute::InstanceInitiatedShutdownBehavior => match value {
                "stop" => Change::ShutdownBehavior(ShutdownBehavior::Stop),
                "terminate" => Change::ShutdownBehavior(ShutdownBehavior::Terminate),
                _ => return Err(invalid("It must be stop or terminate.")),
            },
            _ => return Err(invalid("The attribute cannot be changed by its name.")),
        })
    }
}

/// Changes one attribute; a call with more is refused.
pub(crate) fn modify(world: &mut World, input: &ModifyInstanceAttribute) -> Answer {
    let changes = input.changes()?;
    let [change] = changes.as_slice() else {
        let (code, why) = match changes.len() {
            0 => ("MissingParameter", "The request must name an attribute"),
            _ => ("InvalidParameterCombination", "Fields for multiple attribute types specified"),
        };
        return Err(AwsError::new(code, why));
    };
    let id = input.instance_id.as_str();
    let instance = world.find_mut::<Instance>(id)?;
    if instance.state.is_ending() {
        let why = format!("The instance '{id}' is {}.", instance.state.name());
        return Err(AwsError::new("IncorrectInstanceState", why));
    }
    match *change {
        Change::DisableApiStop(value) => instance.disable_api_stop = value,
        Change::DisableApiTermination(value) => instance.disable_api_termination = value,
        Change::EbsOptimized(value) => {
            instance.check_state(InstanceState::Stopped)?;
            instance.ebs_optimized = value;
        }
        Change::ShutdownBehavior(behavior) => instance.shutdown_behavior = behavior.name(),
        Change::UserData(text) => set_user_data(world, id, text)?,
        Change::InstanceType(name) => set_type(world, id, name)?,
        Change::SourceDestCheck(value) => set_source_dest_check(world, id, value)?,
        Change::Groups(group_ids) => set_groups(world, id, group_ids)?,
        Change::Disks(mappings) => set_disks(world, id, mappings)?,
    }
    Ok(Xml::done())
}

fn set_user_data(world: &mut World, id: &str, text: &str) -> Result<(), AwsError> {
    world.find::<Instance>(id)?.check_state(InstanceState::Stopped)?;
    check_user_data(world, Some(text))?;
    let user_data = Some(text.to_owned()).filter(|text| !text.is_empty());
    world.find_mut::<Instance>(id)?.user_data = user_data;
    Ok(())
}

fn set_type(world: &mut World, id: &str, name: &str) -> Result<(), AwsError> {
    let instance = world.find::<Instance>(id)?;
    instance.check_state(InstanceState::Stopped)?;
    let wanted = instance_type::named(name)?;
    check_architecture(wanted, &instance.architecture)?;
    let is_burstable = wanted.is_burstable();
    let instance = world.find_mut::<Instance>(id)?;
    name.clone_into(&mut instance.instance_type);
    instance.cpu_options = None;
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
