//! `AttachNetworkInterface` and `DetachNetworkInterface`, and what instances use of them.

use serde::Deserialize;

use super::{Attachment, NetworkInterface, check_address_limit};
use crate::ec2::instance_type::{self, InstanceType};
use crate::ec2::{Instance, route};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Transition, World};

/// What EC2 calls the ids of attachments.
const ATTACHMENT: Kind = Kind {
    name: "network-interface-attachment",
    prefix: "eni-attach",
    noun: "attachment ID",
    malformed: "InvalidNetworkInterfaceAttachmentId.Malformed",
    missing: "InvalidAttachmentID.NotFound",
};

/// Hangs an interface on an instance, and gives the id of the attachment. It is `attaching` first.
pub(crate) fn attach(
    world: &mut World,
    id: &str,
    instance_id: &str,
    device_index: u32,
    delete_on_termination: bool,
) -> String {
    let attachment = Attachment {
        id: world.new_part_id(ATTACHMENT.prefix),
        instance_id: Some(instance_id.to_owned()),
        instance_owner_id: world.account.clone(),
        device_index,
        status: "attaching".to_owned(),
        attach_time: world.now,
        delete_on_termination,
    };
    let attachment_id = attachment.id.clone();
    if let Some(interface) = world.ec2.network_interfaces.get_mut(id) {
        "in-use".clone_into(&mut interface.status);
        interface.attachment = Some(attachment);
    }
    route::refresh(world);
    let after = world.settings().latencies.network_interface_attached;
    world.schedule(after, Transition::NetworkInterfaceAttached(attachment_id.clone()));
    attachment_id
}

/// The interfaces of an instance, the primary one first.
pub(crate) fn of_instance<'a>(world: &'a World, instance_id: &str) -> Vec<&'a NetworkInterface> {
    let interfaces = world.ec2.network_interfaces.values();
    let mut own: Vec<_> = interfaces.filter(|interface| interface.is_on(instance_id)).collect();
    own.sort_by_key(|interface| interface.attachment.as_ref().map(|held| held.device_index));
    own
}

/// The interface an instance was started with.
pub(crate) fn primary_of<'a>(world: &'a World, instance_id: &str) -> Option<&'a NetworkInterface> {
    of_instance(world, instance_id).first().copied()
}

fn attachment_mut<'a>(world: &'a mut World, id: &str) -> Option<&'a mut Attachment> {
    let interfaces = world.ec2.network_interfaces.values_mut();
    interfaces.filter_map(|interface| interface.attachment.as_mut()).find(|held| held.id == id)
}

/// The interface hangs.
pub(crate) fn attached(world: &mut World, attachment_id: &str) {
    if let Some(attachment) = attachment_mut(world, attachment_id)
        && attachment.status == "attaching"
    {
        "attached".clone_into(&mut attachment.status);
    }
}

/// The interface hangs on nothing any more.
pub(crate) fn detached(world: &mut World, attachment_id: &str) {
    let interfaces = world.ec2.network_interfaces.values_mut();
    for interface in interfaces {
        if interface.attachment.as_ref().is_some_and(|held| held.id == attachment_id) {
            interface.attachment = None;
            "available".clone_into(&mut interface.status);
        }
    }
    route::refresh(world);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AttachNetworkInterface {
    network_interface_id: String,
    instance_id: String,
    device_index: u32,
    #[serde(default)]
    network_card_index: u32,
}

/// Hangs a free interface on an instance as one more. It may be of another VPC, but not of another
/// zone ("Multi-VPC network interfaces", EC2 user guide).
pub(crate) fn attach_operation(world: &mut World, input: &AttachNetworkInterface) -> Answer {
    let interface: &NetworkInterface = world.find(&input.network_interface_id)?;
    let instance: &Instance = world.find(&input.instance_id)?;
    interface.check_free("InvalidNetworkInterface.InUse")?;
    if !instance.state.has_disks_to_change() {
        let (id, state) = (&instance.id, instance.state.name());
        let why = format!("Instance '{id}' is '{state}': it must be 'running' or 'stopped'.");
        return Err(AwsError::new("IncorrectInstanceState", why));
    }
    if interface.availability_zone != instance.availability_zone {
        let why = "The interface and the instance are in different availability zones";
        return Err(AwsError::new("InvalidParameterCombination", why));
    }
    if input.network_card_index != 0 {
        let why = "The instance type has one network card, 0.";
        return Err(AwsError::invalid_value("networkCardIndex", input.network_card_index, why));
    }
    let others = of_instance(world, &instance.id);
    let is_taken = |other: &&NetworkInterface| {
        other.attachment.as_ref().is_some_and(|held| held.device_index == input.device_index)
    };
    if let Some(other) = others.iter().find(|other| is_taken(other)) {
        return Err(AwsError::new(
            "InvalidParameterValue",
            format!(
                "Instance '{}' already has an interface attached at device index '{}'.",
                instance.id, input.device_index
            ),
        )
        .blocked_by([other.id.clone()]));
    }
    let instance_type = instance_type::named(&instance.instance_type)?;
    check_interface_limit(instance_type, others.len() + 1)?;
    check_address_limit(instance_type, interface.addresses.len())?;
    let (id, instance_id) = (interface.id.clone(), instance.id.clone());
    let attachment_id = attach(world, &id, &instance_id, input.device_index, false);
    Ok(Xml::new().text("attachmentId", attachment_id).text("networkCardIndex", 0))
}

/// Refuses more interfaces than a type allows.
pub(crate) fn check_interface_limit(
    instance_type: InstanceType,
    n_interfaces: usize,
) -> Result<(), AwsError> {
    if n_interfaces <= instance_type.interfaces {
        return Ok(());
    }
    let why =
        format!("Interface count {n_interfaces} exceeds the limit for {}", instance_type.name);
    Err(AwsError::new("AttachmentLimitExceeded", why))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DetachNetworkInterface {
    attachment_id: String,
    /// The simulator's machines let go at once, forced or not.
    #[serde(default, rename = "Force")]
    _force: bool,
}

/// Takes an interface off its instance; not the one it was started with.
pub(crate) fn detach_operation(world: &mut World, input: &DetachNetworkInterface) -> Answer {
    let id = input.attachment_id.as_str();
    if !id.starts_with("ela-attach-") {
        ATTACHMENT.check(id)?;
    }
    let attachment = attachment_mut(world, id).ok_or_else(|| ATTACHMENT.not_found(id))?;
    if attachment.instance_id.is_none() {
        let why = "You are not allowed to manage 'ela-attach' attachments.";
        return Err(AwsError::new("OperationNotPermitted", why));
    }
    if attachment.device_index == 0 {
        let why = "The network interface at device index 0 cannot be detached.";
        let holder = attachment.instance_id.clone();
        return Err(AwsError::new("OperationNotPermitted", why).blocked_by(holder));
    }
    if attachment.status != "detaching" {
        "detaching".clone_into(&mut attachment.status);
        let after = world.settings().latencies.network_interface_detached;
        world.schedule(after, Transition::NetworkInterfaceDetached(id.to_owned()));
    }
    Ok(Xml::done())
}
