//! The end of a machine.

use super::{record::terminated, step::TERMINATED};
use crate::{
    Aws,
    blockers::Blocked,
    poll::until,
    removal::{Removal, remove},
};
use futures_util::future::try_join_all;
use hopper_core::{Cx, StepError};
use std::{collections::BTreeSet, time::Duration};

/// Terminates an instance; it takes a while until it is.
pub(crate) async fn terminate(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().terminate_instances().instance_ids(id);
    let removal = Removal::new("TerminateInstances", id, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Waits until instances are terminated.
pub(crate) async fn until_terminated(
    aws: &Aws,
    cx: &Cx,
    ids: BTreeSet<String>,
) -> Result<(), StepError> {
    let waits = ids.iter().map(|id| until(aws, cx, id, TERMINATED, Duration::ZERO, terminated));
    try_join_all(waits).await.map(drop)
}
