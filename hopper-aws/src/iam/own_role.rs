//! The role a step stands on: is it there, and is it of this run?

use crate::{
    Aws,
    call::read_if_any,
    claim::{is_of_run, maker},
    made::until_some,
};
use aws_sdk_iam::types::Role;
use hopper_core::{Cx, StepError};

/// The role with this name, if it is visible.
pub(crate) async fn get(aws: &Aws, cx: &Cx, name: &str) -> Result<Option<Role>, StepError> {
    let call = aws.iam().get_role().role_name(name);
    Ok(read_if_any(cx, "GetRole", || call.clone().send()).await?.and_then(|reply| reply.role))
}

/// Refuses a role that this run has not made: what is in it is others' business.
///
/// Nothing is asked about a role that this process has made a moment ago. Any other is looked for
/// with patience: a process that has ended may have made it a moment ago.
pub(super) async fn ensure(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    if aws.fresh().age(name).is_some() {
        return Ok(());
    }
    match until_some(cx, || get(aws, cx, name)).await? {
        Some(role) if is_of_run(cx, role.tags()) => Ok(()),
        Some(role) => {
            Err(StepError::permanent(format_args!("role {name} was {}", maker(role.tags())))
                .with_operation("GetRole")
                .with_hint("only roles that the run makes itself are changed: give one of them")
                .refused())
        }
        None => Err(missing(name)),
    }
}

/// Whether the role is there and of this run; looked for with patience.
pub(super) async fn is_there(aws: &Aws, cx: &Cx, name: &str) -> Result<bool, StepError> {
    let role = until_some(cx, || get(aws, cx, name)).await?;
    Ok(role.is_some_and(|role| is_of_run(cx, role.tags())))
}

/// There is no such role.
pub(super) fn missing(name: &str) -> StepError {
    StepError::permanent(format_args!("there is no role {name}"))
        .with_operation("GetRole")
        .refused()
}
