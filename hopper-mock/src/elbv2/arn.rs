//! The ARNs of load balancers, target groups and listeners.

use crate::wire::AwsError;
use crate::world::{Resource, World};

/// What all of them begin with.
fn start(world: &World) -> String {
    format!("arn:aws:elasticloadbalancing:{}:{}", world.region, world.account)
}

/// The number at the end of an ARN, drawn anew.
fn number(world: &mut World) -> String {
    format!("{:016x}", world.machinery.ids.draw("elbv2"))
}

/// The ARN of a new load balancer, and the part of it that its interfaces and names show:
/// `net/NAME/NUMBER`.
pub(super) fn of_load_balancer(world: &mut World, name: &str) -> (String, String) {
    let path = format!("net/{name}/{}", number(world));
    (format!("{}:loadbalancer/{path}", start(world)), path)
}

/// The ARN of a new target group.
pub(super) fn of_target_group(world: &mut World, name: &str) -> String {
    let number = number(world);
    format!("{}:targetgroup/{name}/{number}", start(world))
}

/// The ARN of a new listener.
pub(super) fn of_listener(world: &mut World, load_balancer_arn: &str) -> String {
    let number = number(world);
    format!("{}/{number}", load_balancer_arn.replacen(":loadbalancer/", ":listener/", 1))
}

/// The thing an ARN names.
///
/// # Errors
/// `ValidationError` for what is no ARN of such a thing, or the code of what is not there.
pub(super) fn find<'a, R: Resource>(world: &'a World, arn: &str) -> Result<&'a R, AwsError> {
    check::<R>(arn)?;
    R::table(world).get(arn).filter(|_| world.sees(arn)).ok_or_else(|| R::KIND.not_found(arn))
}

/// The same, to change.
pub(super) fn find_mut<'a, R: Resource>(
    world: &'a mut World,
    arn: &str,
) -> Result<&'a mut R, AwsError> {
    find::<R>(world, arn)?;
    R::table_mut(world).get_mut(arn).ok_or_else(|| R::KIND.not_found(arn))
}

/// Refuses what is no ARN of such a thing.
pub(super) fn check<R: Resource>(arn: &str) -> Result<(), AwsError> {
    let path = arn
        .strip_prefix("arn:aws:elasticloadbalancing:")
        .and_then(|rest| rest.splitn(3, ':').nth(2))
        .and_then(|path| path.strip_prefix(R::KIND.name))
        .is_some_and(|rest| rest.starts_with('/'));
    if path {
        return Ok(());
    }
    let why = format!("'{arn}' is not a valid {} ARN", R::KIND.noun);
    Err(AwsError::new(R::KIND.malformed, why))
}
