//! How Auto Scaling words its refusals. Most are `ValidationError`, told apart by their texts.

use crate::wire::AwsError;

/// A refusal for what is in the request.
pub(super) fn validation(message: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", message)
}

/// The refusal of a value that a constraint of the API excludes.
pub(super) fn constraint(value: impl std::fmt::Display, member: &str, must: &str) -> AwsError {
    validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
         {must}"
    ))
}

/// The refusal of a group's name that nothing has.
pub(super) fn no_group(name: &str) -> AwsError {
    validation(format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found"))
}

/// The refusal of a launch configuration's name that nothing has.
pub(super) fn no_launch_configuration(name: &str) -> AwsError {
    validation(format!(
        "Launch configuration name not found - A launch configuration with the name: {name} does \
         not exist"
    ))
}

/// Refuses a name that cannot be one: 1 to 255 characters, and no colon.
pub(super) fn check_name(name: &str, member: &str) -> Result<(), AwsError> {
    let length = name.chars().count();
    if !(1..=255).contains(&length) {
        let must = "Member must have length between 1 and 255, inclusive";
        return Err(constraint(name, member, must));
    }
    if name.contains(':') || name.chars().any(char::is_control) {
        return Err(constraint(name, member, "Member must not contain a colon (:)"));
    }
    Ok(())
}
