//! The names of load balancers and target groups.

use super::call::invalid;
use crate::wire::AwsError;

/// Refuses what cannot be a name: it has up to 32 letters, digits and hyphens, and no hyphen at
/// either end.
pub(crate) fn check(what: &str, name: &str) -> Result<(), AwsError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let why = if !(1..=32).contains(&name.len()) {
        "has 1 to 32 characters"
    } else if !name.chars().all(is_allowed) {
        "has letters, digits and hyphens only"
    } else if name.starts_with('-') || name.ends_with('-') {
        "begins and ends with a letter or a digit"
    } else {
        return Ok(());
    };
    Err(invalid(format!("The {what} name '{name}' is not valid: it {why}")))
}
