//! `AttachVolume` and `DetachVolume`, and what instances use of them.

use serde::Deserialize;

use super::{Volume, VolumeAttachment};
use crate::ec2::Instance;
use crate::ec2::text::is_device_name;
use crate::wire::{Answer, AwsError};
use crate::world::{Transition, World};

/// Attaches a volume to an instance. It is `attaching` first.
pub(crate) fn attach(
    world: &mut World,
    id: &str,
    instance_id: &str,
    device: &str,
    delete_on_termination: bool,
) {
    let now = world.now;
    if let Some(volume) = world.ec2.volumes.get_mut(id) {
        "in-use".clone_into(&mut volume.state);
        volume.attachment = Some(VolumeAttachment {
            instance_id: instance_id.to_owned(),
            device: device.to_owned(),
            state: "attaching".to_owned(),
            attach_time: now,
            delete_on_termination,
        });
    }
    let after = world.settings().latencies.volume_attached;
    world.schedule(after, Transition::VolumeAttached(id.to_owned()));
}

/// The volumes of an instance, in the order of their devices.
pub(crate) fn of_instance<'a>(world: &'a World, instance_id: &str) -> Vec<&'a Volume> {
    let mut volumes: Vec<_> =
        world.ec2.volumes.values().filter(|volume| volume.is_on(instance_id)).collect();
    volumes.sort_by_key(|volume| volume.attachment.as_ref().map(|held| &held.device));
    volumes
}

/// The volume is attached.
pub(crate) fn attached(world: &mut World, id: &str) {
    let volume = world.ec2.volumes.get_mut(id);
    if let Some(attachment) = volume.and_then(|volume| volume.attachment.as_mut())
        && attachment.state == "attaching"
    {
        "attached".clone_into(&mut attachment.state);
    }
}

/// The volume is attached to nothing any more.
pub(crate) fn detached(world: &mut World, id: &str) {
    if let Some(volume) = world.ec2.volumes.get_mut(id)
        && volume.attachment.as_ref().is_some_and(|held| held.state == "detaching")
    {
        volume.attachment = None;
        "available".clone_into(&mut volume.state);
    }
}

/// Takes all volumes off a terminated instance; those that go with it are gone.
pub(crate) fn release(world: &mut World, instance_id: &str) {
    world.ec2.volumes.retain(|_, volume| match &volume.attachment {
        Some(held) if held.instance_id == instance_id => !held.delete_on_termination,
        _ => true,
    });
    for volume in world.ec2.volumes.values_mut().filter(|volume| volume.is_on(instance_id)) {
        volume.attachment = None;
        "available".clone_into(&mut volume.state);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AttachVolume {
    volume_id: String,
    instance_id: String,
    device: String,
}

/// Attaches a free volume to an instance in its zone.
pub(crate) fn attach_operation(world: &mut World, input: &AttachVolume) -> Answer {
    let AttachVolume { volume_id, instance_id, device } = input;
    let volume = world.find::<Volume>(volume_id)?;
    let instance = world.find::<Instance>(instance_id)?;
    if !is_device_name(device) {
        let why = format!("{device} is not a valid EBS device name.");
        return Err(AwsError::invalid_value("device", device, &why));
    }
    if let Some(attachment) = &volume.attachment {
        let why = format!("{volume_id} is already attached to an instance");
        return Err(AwsError::new("VolumeInUse", why).blocked_by([attachment.instance_id.clone()]));
    }
    if volume.state != "available" {
        let why = format!("Volume '{volume_id}' is in the '{}' state.", volume.state);
        return Err(AwsError::new("IncorrectState", why));
    }
    if !instance.state.has_disks_to_change() {
        let why = format!("Instance '{instance_id}' is not 'running'.");
        return Err(AwsError::new("IncorrectState", why));
    }
    if volume.availability_zone != instance.availability_zone {
        return Err(AwsError::new(
            "InvalidVolume.ZoneMismatch",
            format!(
                "The volume '{volume_id}' is not in the same availability zone as instance \
                 '{instance_id}'"
            ),
        ));
    }
    let is_there =
        |other: &&Volume| other.attachment.as_ref().is_some_and(|held| held.device == *device);
    if let Some(other) = of_instance(world, instance_id).into_iter().find(is_there) {
        let why = format!("Attachment point {device} is already in use");
        let refusal = AwsError::invalid_value("device", device, &why);
        return Err(refusal.blocked_by([other.id.clone()]));
    }
    attach(world, volume_id, instance_id, device, false);
    shown(world, volume_id)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DetachVolume {
    volume_id: String,
    instance_id: Option<String>,
    device: Option<String>,
    /// The simulator's machines let go in time, forced or not.
    #[serde(default, rename = "Force")]
    _force: bool,
}

/// Detaches a volume; not the one an instance runs from.
pub(crate) fn detach_operation(world: &mut World, input: &DetachVolume) -> Answer {
    let volume_id = &input.volume_id;
    let volume = world.find::<Volume>(volume_id)?;
    if let Some(instance_id) = &input.instance_id {
        world.find::<Instance>(instance_id)?;
    }
    let Some(held) = &volume.attachment else {
        let why = format!("Volume '{volume_id}' is in the '{}' state.", volume.state);
        return Err(AwsError::new("IncorrectState", why));
    };
    let is_meant = input.instance_id.as_ref().is_none_or(|id| *id == held.instance_id)
        && input.device.as_ref().is_none_or(|device| *device == held.device);
    if !is_meant {
        return Err(AwsError::new(
            "InvalidAttachment.NotFound",
            format!("The volume '{volume_id}' is not attached as the request says."),
        ));
    }
    let instance = world.ec2.instances.get(&held.instance_id);
    if let Some(instance) = instance
        && instance.root_device_name == held.device
        && instance.state.is_running()
    {
        return Err(AwsError::new(
            "OperationNotPermitted",
            format!(
                "Unable to detach root volume '{}' from instance '{}'",
                held.device, instance.id
            ),
        )
        .blocked_by([instance.id.clone()]));
    }
    let attachment = world.ec2.volumes.get_mut(volume_id).and_then(|v| v.attachment.as_mut());
    if let Some(attachment) = attachment
        && attachment.state != "detaching"
    {
        "detaching".clone_into(&mut attachment.state);
        let after = world.settings().latencies.volume_detached;
        world.schedule(after, Transition::VolumeDetached(volume_id.clone()));
    }
    shown(world, volume_id)
}

fn shown(world: &World, volume_id: &str) -> Answer {
    let attachment = world.find::<Volume>(volume_id)?.attachment.as_ref();
    Ok(attachment.map(|held| held.show(volume_id)).unwrap_or_default())
}
