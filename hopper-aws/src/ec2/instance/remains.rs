//! What an instance leaves behind: disks and interfaces that somebody has told to stay.

use crate::{
    Aws,
    ec2::{network_interface, volume},
    resource::{Resource as _, marked},
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, StepError};

/// Whether all that was launched with an instance goes with it.
pub(super) fn goes_whole(instance: &types::Instance) -> bool {
    let (disks, interfaces) = (instance.block_device_mappings(), instance.network_interfaces());
    let has_root = disks.iter().any(|disk| disk.device_name() == instance.root_device_name());
    let goes = |flag: Option<bool>| flag == Some(true);
    has_root
        && !interfaces.is_empty()
        && disks.iter().all(|disk| goes(disk.ebs().and_then(|ebs| ebs.delete_on_termination())))
        && interfaces.iter().all(|i| goes(i.attachment().and_then(|a| a.delete_on_termination())))
}

/// Takes away the disks and interfaces that were launched with this step's instance and are still
/// there.
pub(super) async fn take(aws: &Aws, cx: &Cx) -> Result<(), StepError> {
    for volume in marked::<types::Volume>(aws, cx).await? {
        volume::delete(aws, cx, &volume).await?;
    }
    for interface in marked::<types::NetworkInterface>(aws, cx).await? {
        network_interface::delete(aws, cx, interface.id()).await?;
    }
    Ok(())
}
