//! The instances of a group that is gone.

use crate::{
    Aws,
    ec2::instance::{is_ending, terminate, until_terminated},
    resource::{Resource as _, marked},
};
use aws_sdk_ec2::types::Instance;
use hopper_core::{Cx, StepError};
use std::collections::BTreeSet;

/// Waits until all instances of a group are terminated, so that their network interfaces and
/// volumes are gone: those that are known, and those that carry the group's mark.
///
/// One that carries the mark and is not ending was detached from the group: it is terminated.
pub(super) async fn clear(aws: &Aws, cx: &Cx, known: BTreeSet<String>) -> Result<(), StepError> {
    let marked = marked::<Instance>(aws, cx).await?;
    let marked: Vec<_> = marked.into_iter().filter(|instance| !instance.is_husk()).collect();
    for instance in marked.iter().filter(|instance| !is_ending(instance)) {
        terminate(aws, cx, instance.id()).await?;
    }
    let ids = known.into_iter().chain(marked.iter().map(|instance| instance.id().to_owned()));
    until_terminated(aws, cx, ids.collect()).await
}
