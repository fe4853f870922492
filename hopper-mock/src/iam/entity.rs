//! [`Entity`]: what roles, instance profiles and users have in common.

use super::name::check_path_prefix;
use super::page::{Page, page};
use crate::wire::AwsError;
use crate::world::{Resource, World};

/// A thing with a name under a path. Names are unique in the account, whatever the path.
pub(super) trait Entity: Resource {
    /// The parameter that names it.
    const NAME: &'static str;
    /// How a message that it is missing begins.
    const MISSING: &'static str;
    /// How a message that it is there already begins.
    const EXISTS: &'static str;

    /// Its path.
    fn path(&self) -> &str;
}

/// The thing with this name.
///
/// # Errors
/// `NoSuchEntity`.
pub(super) fn find<'a, E: Entity>(world: &'a World, name: &str) -> Result<&'a E, AwsError> {
    E::table(world).get(name).ok_or_else(|| missing::<E>(name))
}

/// The thing with this name, to change.
///
/// # Errors
/// `NoSuchEntity`.
pub(super) fn find_mut<'a, E: Entity>(
    world: &'a mut World,
    name: &str,
) -> Result<&'a mut E, AwsError> {
    E::table_mut(world).get_mut(name).ok_or_else(|| missing::<E>(name))
}

fn missing<E: Entity>(name: &str) -> AwsError {
    no_such(format!("{} {name} cannot be found.", E::MISSING))
}

/// `NoSuchEntity`.
pub(super) fn no_such(message: impl Into<String>) -> AwsError {
    AwsError::new("NoSuchEntity", message)
}

/// Refuses a name that is taken. Case makes no difference.
///
/// # Errors
/// `EntityAlreadyExists`.
pub(super) fn check_new<E: Entity>(world: &World, name: &str) -> Result<(), AwsError> {
    let mut names = E::table(world).keys();
    match names.find(|taken| taken.eq_ignore_ascii_case(name)) {
        None => Ok(()),
        Some(taken) => {
            let why = format!("{} {name} already exists.", E::EXISTS);
            Err(AwsError::new("EntityAlreadyExists", why).blocked_by([taken.clone()]))
        }
    }
}

/// Refuses one more than a quota allows.
///
/// # Errors
/// `LimitExceeded`.
pub(super) fn check_quota(name: &str, limit: usize, used: usize) -> Result<(), AwsError> {
    if used < limit {
        return Ok(());
    }
    Err(limit_exceeded(format!("Cannot exceed quota for {name}: {limit}")))
}

/// `LimitExceeded`, with the status it has in IAM.
pub(super) fn limit_exceeded(message: impl Into<String>) -> AwsError {
    AwsError::new("LimitExceeded", message).with_status(409)
}

/// `DeleteConflict`, naming what stands in the way.
pub(super) fn conflict(why: &str, blockers: impl IntoIterator<Item = String>) -> AwsError {
    AwsError::new("DeleteConflict", format!("Cannot delete entity, must {why}."))
        .blocked_by(blockers)
}

/// The things whose paths begin so, one page of them.
pub(super) fn list<'a, E: Entity>(
    world: &'a World,
    path_prefix: Option<&str>,
    marker: Option<&str>,
    max_items: Option<usize>,
) -> Result<Page<&'a E>, AwsError> {
    let prefix = path_prefix.unwrap_or("/");
    check_path_prefix(prefix)?;
    let things = E::table(world).values().filter(|thing| thing.path().starts_with(prefix));
    page(things.collect(), |thing| thing.id(), marker, max_items)
}
