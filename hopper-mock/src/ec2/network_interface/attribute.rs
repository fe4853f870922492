//! `ModifyNetworkInterfaceAttribute`.

use serde::Deserialize;

use super::{NetworkInterface, check_groups};
use crate::ec2::Subnet;
use crate::ec2::text::check_description;
use crate::ec2::vpc_attribute::Flag;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyNetworkInterfaceAttribute {
    network_interface_id: String,
    description: Option<Text>,
    #[serde(default, rename = "SecurityGroupId")]
    group_ids: Vec<String>,
    source_dest_check: Option<Flag>,
    attachment: Option<AttachmentChanges>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Text {
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AttachmentChanges {
    attachment_id: String,
    delete_on_termination: bool,
}

/// Changes one attribute; a call with more is refused.
pub(crate) fn modify(world: &mut World, input: &ModifyNetworkInterfaceAttribute) -> Answer {
    let ModifyNetworkInterfaceAttribute {
        network_interface_id,
        description,
        group_ids,
        source_dest_check,
        attachment,
    } = input;
    let n_given = usize::from(description.is_some())
        + usize::from(!group_ids.is_empty())
        + usize::from(source_dest_check.is_some())
        + usize::from(attachment.is_some());
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
    check_description(description.as_ref().map_or("", |text| &text.value))?;
    let interface: &NetworkInterface = world.find(network_interface_id)?;
    interface.check_own()?;
    let groups = match group_ids.is_empty() {
        true => interface.group_ids.clone(),
        false => check_groups(world, world.find::<Subnet>(&interface.subnet_id)?, group_ids)?,
    };
    let interface = world.find_mut::<NetworkInterface>(network_interface_id)?;
    if let Some(changes) = attachment {
        let held = interface.attachment.as_mut();
        let held = held.filter(|held| held.id == changes.attachment_id).ok_or_else(|| {
            let why = format!("The attachment ID '{}' does not exist", changes.attachment_id);
            AwsError::new("InvalidAttachmentID.NotFound", why)
        })?;
        held.delete_on_termination = changes.delete_on_termination;
    }
    interface.group_ids = groups;
    if let Some(flag) = source_dest_check {
        interface.source_dest_check = flag.value;
    }
    if let Some(text) = description {
        interface.description.clone_from(&text.value);
    }
    Ok(Xml::done())
}
