//! Names, paths and texts: what IAM takes for each, from its service model.

use crate::wire::AwsError;

/// `ValidationError`, worded as IAM does.
pub(super) fn invalid(parameter: &str, value: &str, constraint: &str) -> AwsError {
    AwsError::new(
        "ValidationError",
        format!(
            "1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy \
             constraint: {constraint}"
        ),
    )
}

/// Refuses a text that is too short or too long.
pub(super) fn check_length(
    parameter: &str,
    value: &str,
    (min, max): (usize, usize),
) -> Result<(), AwsError> {
    let length = value.chars().count();
    if length < min {
        let why = format!("Member must have length greater than or equal to {min}");
        return Err(invalid(parameter, value, &why));
    }
    if max < length {
        let why = format!("Member must have length less than or equal to {max}");
        return Err(invalid(parameter, value, &why));
    }
    Ok(())
}

/// Refuses what cannot be a name.
pub(super) fn check_name(parameter: &str, value: &str, max: usize) -> Result<(), AwsError> {
    check_length(parameter, value, (1, max))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if value.chars().all(fits) {
        return Ok(());
    }
    Err(AwsError::new(
        "ValidationError",
        format!(
            "The specified value for {parameter} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        ),
    ))
}

/// Refuses what cannot be a path: it begins and ends with a slash.
pub(super) fn check_path(value: &str) -> Result<(), AwsError> {
    check_length("path", value, (1, 512))?;
    let is_visible = value.chars().all(|c| ('!'..='~').contains(&c));
    if is_visible && value.starts_with('/') && value.ends_with('/') {
        return Ok(());
    }
    Err(AwsError::new(
        "ValidationError",
        "The specified value for path is invalid. It must begin and end with / and contain only \
         alphanumeric characters and/or / characters.",
    ))
}

/// Refuses what cannot be the beginning of a path.
pub(super) fn check_path_prefix(value: &str) -> Result<(), AwsError> {
    check_length("pathPrefix", value, (1, 512))?;
    if value.starts_with('/') && value.chars().all(|c| ('!'..='\u{7f}').contains(&c)) {
        return Ok(());
    }
    Err(invalid(
        "pathPrefix",
        value,
        r"Member must satisfy regular expression pattern: \u002F[\u0021-\u007F]*",
    ))
}

/// Refuses what cannot be the description of a role.
pub(super) fn check_description(value: &str) -> Result<(), AwsError> {
    check_length("description", value, (0, 1000))?;
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    if value.chars().all(fits) {
        return Ok(());
    }
    Err(invalid("description", value, "Member must have characters of Latin-1 only"))
}
