//! [`Filter`]: one engine for the filters of every describe.

use serde::Deserialize;

use crate::wire::AwsError;
use crate::world::{Tags, World};

/// A filter of a request: it keeps what has one of the values.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Filter {
    name: String,
    #[serde(default, rename = "Value")]
    values: Vec<String>,
}

/// A name to filter by, and the values a thing has under it.
pub(crate) type Attribute<T> = (&'static str, fn(&T, &World) -> Vec<String>);

/// A value a thing always has.
pub(crate) fn one<T: ToString + ?Sized>(value: &T) -> Vec<String> {
    vec![value.to_string()]
}

/// Refuses filters whose names are not among the attributes. `tag:KEY` and `tag-key` are names
/// for what has tags.
pub(crate) fn check<T>(
    filters: &[Filter],
    attributes: &[Attribute<T>],
    has_tags: bool,
) -> Result<(), AwsError> {
    for filter in filters {
        let name = filter.name.as_str();
        let is_tag = has_tags && (name == "tag-key" || name.starts_with("tag:"));
        if !is_tag && !attributes.iter().any(|(known, _)| *known == name) {
            return Err(AwsError::new(
                "InvalidParameterValue",
                format!("The filter '{name}' is invalid"),
            ));
        }
        if filter.values.is_empty() {
            return Err(AwsError::invalid_value(name, "", "A filter needs a value."));
        }
    }
    Ok(())
}

/// Whether a thing passes all the filters, which [`check`] has accepted.
pub(crate) fn passes<T>(
    world: &World,
    thing: &T,
    tags: Option<&Tags>,
    filters: &[Filter],
    attributes: &[Attribute<T>],
) -> bool {
    filters.iter().all(|filter| {
        let is_among = |value: &str| filter.values.iter().any(|pattern| fits(pattern, value));
        let name = filter.name.as_str();
        match (tags, name.strip_prefix("tag:")) {
            (Some(tags), Some(key)) => tags.get(key).is_some_and(|value| is_among(value)),
            (Some(tags), None) if name == "tag-key" => tags.keys().any(|key| is_among(key)),
            _ => attributes
                .iter()
                .filter(|(known, _)| *known == name)
                .any(|(_, values)| values(thing, world).iter().any(|value| is_among(value))),
        }
    })
}

/// Whether a value fits a pattern: `*` is any text, `?` any one character, `\` takes the next
/// character as it is. Case matters.
fn fits(pattern: &str, value: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => value.is_empty(),
        Some('*') => {
            let rest = rest.as_str();
            value.char_indices().any(|(at, _)| fits(rest, &value[at..])) || fits(rest, "")
        }
        Some(first) => {
            let mut remaining = value.chars();
            let Some(actual) = remaining.next() else { return false };
            let is_same = match first {
                '?' => true,
                '\\' => rest.next().is_some_and(|literal| literal == actual),
                literal => literal == actual,
            };
            is_same && fits(rest.as_str(), remaining.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // [D] Wildcards in filters; a backslash takes the next character literally.
    #[test]
    fn patterns_fit_as_the_guide_says() {
        for (pattern, value, expected) in [
            ("vpc", "vpc", true),
            ("vpc", "VPC", false),
            ("*", "", true),
            ("v*c", "vpc", true),
            ("v*c", "vpcx", false),
            ("*amazon*", "an amazonian", true),
            ("v?c", "vpc", true),
            ("v?c", "vc", false),
            (r"\*", "*", true),
            (r"\*", "x", false),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern, value), expected, "{pattern} and {value}");
        }
    }
}
