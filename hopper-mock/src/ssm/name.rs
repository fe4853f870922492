//! The names of parameters: what they may be, and what may follow them.

use super::call::invalid;
use crate::wire::AwsError;

/// A name with the version or label asked for: `/hopper/token:3`.
#[derive(Debug)]
pub(super) struct Reference<'a> {
    pub(super) name: &'a str,
    pub(super) selector: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reads what a request names.
    ///
    /// # Errors
    /// `ValidationException` for what cannot be a name.
    pub(super) fn read(text: &'a str) -> Result<Self, AwsError> {
        let (name, selector) = match text.split_once(':') {
            None => (text, None),
            Some((name, selector)) => (name, Some(selector)),
        };
        let is_label = |selector: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
            (1..=100).contains(&selector.len()) && selector.chars().all(allowed)
        };
        if selector.is_some_and(|selector| !is_label(selector)) {
            return Err(invalid(format!("The version or label of {text} cannot be one")));
        }
        check(name)?;
        Ok(Self { name, selector })
    }
}

/// Refuses what cannot be a name: AWS takes letters, digits and `.-_` in up to 1011 characters,
/// with slashes where it is a path, which has to begin with one.
pub(super) fn check(name: &str) -> Result<(), AwsError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_/".contains(c);
    let why = if name.is_empty() || 1011 < name.len() {
        "a name has 1 to 1011 characters"
    } else if !name.chars().all(allowed) {
        "a name has letters, digits and the characters .-_ only, and slashes in a path"
    } else if name.contains('/') && !name.starts_with('/') {
        "a path has to begin with a slash"
    } else if name.ends_with('/') || name.contains("//") {
        "a part of the path is empty"
    } else {
        return Ok(());
    };
    Err(invalid(format!("Parameter name {name}: {why}")))
}

/// Refuses names for new parameters that are reserved or too deep.
pub(super) fn check_new(name: &str) -> Result<(), AwsError> {
    check(name)?;
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    if first.starts_with("aws") || first.starts_with("ssm") {
        let why = format!("Parameter name {name}: names that begin with aws or ssm are reserved");
        return Err(invalid(why));
    }
    if 15 < name.split('/').filter(|part| !part.is_empty()).count() {
        let why = "A parameter hierarchy has at most 15 levels";
        return Err(AwsError::new("HierarchyLevelLimitExceededException", why));
    }
    Ok(())
}
