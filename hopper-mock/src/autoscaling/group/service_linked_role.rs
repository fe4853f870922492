//! The role in whose name a group acts.

use crate::autoscaling::error::validation;
use crate::iam::ensure_service_linked_role;
use crate::wire::AwsError;
use crate::world::World;

const SERVICE: &str = "autoscaling.amazonaws.com";

/// The ARN of the role a request names, or of the usual one.
///
/// # Errors
/// A role that is not there, or not linked to Auto Scaling.
pub(super) fn read(world: &World, arn: Option<&str>) -> Result<String, AwsError> {
    let usual = format!(
        "arn:aws:iam::{}:role/aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling",
        world.account
    );
    let Some(arn) = arn.filter(|arn| *arn != usual) else { return Ok(usual) };
    let mut roles = world.iam.roles.values();
    let is_linked = |service: &Option<String>| service.as_deref() == Some(SERVICE);
    if roles.any(|role| role.arn == arn && is_linked(&role.linked_service)) {
        return Ok(arn.to_owned());
    }
    Err(validation(format!("ARN specified for Service-Linked Role does not exist: {arn}")))
}

/// The first group makes the usual role, if nobody has.
pub(super) fn ensure(world: &mut World) {
    ensure_service_linked_role(world, SERVICE);
}
