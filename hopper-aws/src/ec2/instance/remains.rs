//! What an instance leaves behind: disks and interfaces that somebody has told to stay.

use crate::{
    Aws,
    blockers::Blocked,
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource as _, marked},
};
use aws_sdk_ec2::types;
use hopper_core::{Cx, StepError};
use std::time::Duration;

/// A disk is let go soon after its instance is gone, and deleted within seconds (estimates).
const RELEASED: Pace = Pace::secs(1, 5, 300);

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
        let id = volume.id();
        if !volume.is_husk() {
            let call = aws.ec2().delete_volume().volume_id(id);
            let removal = Removal {
                passing: &["VolumeInUse"],
                pace: RELEASED,
                ..Removal::new("DeleteVolume", id, Blocked::Volume(id))
            };
            remove(aws, cx, removal, || call.clone().send()).await?;
        }
        until(aws, cx, id, RELEASED, Duration::ZERO, deleted).await?;
    }
    for interface in marked::<types::NetworkInterface>(aws, cx).await? {
        let id = interface.id();
        let call = aws.ec2().delete_network_interface().network_interface_id(id);
        let removal = Removal {
            // AWS documents both for an interface that is in use.
            passing: &["InvalidNetworkInterface.InUse", "InvalidParameterValue"],
            pace: RELEASED,
            ..Removal::new("DeleteNetworkInterface", id, Blocked::NetworkInterface(id))
        };
        remove(aws, cx, removal, || call.clone().send()).await?;
    }
    Ok(())
}

fn deleted(volume: Option<&types::Volume>) -> Verdict<()> {
    match volume.and_then(types::Volume::state) {
        None | Some(types::VolumeState::Deleted) => Verdict::Ready(()),
        Some(state) => Verdict::NotYet(state.to_string()),
    }
}
