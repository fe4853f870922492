//! The instances of a group that is gone.

use crate::{
    Aws,
    blockers::Blocked,
    ec2::instance::{TERMINATED, is_ending, terminated},
    poll::until,
    removal::{Removal, remove},
    resource::{Resource as _, marked},
};
use aws_sdk_ec2::types::Instance;
use futures_util::future::try_join_all;
use hopper_core::{Cx, StepError};
use std::{collections::BTreeSet, time::Duration};

/// Waits until all instances of a group are terminated, so that their network interfaces and
/// volumes are gone: those that are known, and those that carry the group's mark.
///
/// One that carries the mark and is not ending was detached from the group: it is terminated.
pub(super) async fn clear(aws: &Aws, cx: &Cx, known: BTreeSet<String>) -> Result<(), StepError> {
    let marked = marked::<Instance>(aws, cx).await?;
    let marked: Vec<_> = marked.into_iter().filter(|instance| !instance.is_husk()).collect();
    for instance in marked.iter().filter(|instance| !is_ending(instance)) {
        let call = aws.ec2().terminate_instances().instance_ids(instance.id());
        let removal = Removal::new("TerminateInstances", instance.id(), Blocked::Unknown);
        remove(aws, cx, removal, || call.clone().send()).await?;
    }
    let ids = known.into_iter().chain(marked.iter().map(|instance| instance.id().to_owned()));
    let ids: BTreeSet<String> = ids.collect();
    let waits = ids.iter().map(|id| until(aws, cx, id, TERMINATED, Duration::ZERO, terminated));
    try_join_all(waits).await.map(drop)
}
