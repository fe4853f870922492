//! Conditions of statements, against the context a simulation is given.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::document::Condition;
use super::evaluation::fits;
use super::name::check_length;
use crate::wire::AwsError;

/// A value of the context in a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Entry {
    context_key_name: String,
    #[serde(default)]
    context_key_values: Vec<String>,
    #[serde(rename = "ContextKeyType")]
    _kind: Option<ContextKeyType>,
}

impl Entry {
    /// Refuses a key that is too short or too long.
    pub(super) fn check(&self) -> Result<(), AwsError> {
        let which = "contextEntries.1.member.contextKeyName";
        check_length(which, &self.context_key_name, (5, 256))
    }
}

/// How a value is written; every condition that is evaluated here compares texts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ContextKeyType {
    String,
    StringList,
    Numeric,
    NumericList,
    Boolean,
    BooleanList,
    Ip,
    IpList,
    Binary,
    BinaryList,
    Date,
    DateList,
}

/// What is known of the request whose permission is asked for.
pub(super) struct Context<'a> {
    /// Values by key in lower case: case makes no difference.
    values: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Context<'a> {
    /// The entries of a request, and the name of the user.
    pub(super) fn new(entries: &'a [Entry], user_name: Option<&'a str>) -> Self {
        let user = user_name.map(|name| ("aws:username".to_owned(), vec![name]));
        let given = entries.iter().map(|entry| {
            let values = entry.context_key_values.iter().map(String::as_str).collect();
            (entry.context_key_name.to_lowercase(), values)
        });
        Self { values: user.into_iter().chain(given).collect() }
    }

    /// What is known of a request that is made.
    pub(super) fn of(pairs: &'a [(String, String)]) -> Self {
        let mut values = BTreeMap::<_, Vec<_>>::new();
        for (key, value) in pairs {
            values.entry(key.to_lowercase()).or_default().push(value.as_str());
        }
        Self { values }
    }

    fn get(&self, key: &str) -> Option<&[&'a str]> {
        self.values.get(&key.to_lowercase()).map(Vec::as_slice)
    }

    /// A pattern with the variables in it, such as `${aws:username}`, filled in.
    pub(super) fn fill_in(&self, pattern: &str) -> String {
        let mut filled = pattern.to_owned();
        for (key, values) in &self.values {
            if let [value] = values.as_slice() {
                filled = filled.replace(&format!("${{{key}}}"), value);
            }
        }
        filled
    }
}

/// Whether a condition is met. A key that the context lacks is noted in `missing`.
///
/// # Errors
/// `InvalidInput` for an operator that is not simulated: those for numbers, dates, addresses and
/// binary values.
pub(super) fn is_met(
    condition: &Condition,
    context: &Context<'_>,
    missing: &mut Vec<String>,
) -> Result<bool, AwsError> {
    let Condition { operator, key, values } = condition;
    let for_all = operator.strip_prefix("ForAllValues:");
    let bare = for_all.or_else(|| operator.strip_prefix("ForAnyValue:")).unwrap_or(operator);
    let if_exists = bare.strip_suffix("IfExists");
    let bare = if_exists.unwrap_or(bare);
    let given = context.get(key);
    if bare == "Null" {
        let is_absent = given.is_none_or(<[_]>::is_empty).to_string();
        return Ok(values.iter().any(|value| value.eq_ignore_ascii_case(&is_absent)));
    }
    let is_negated = bare.contains("Not");
    let compare: fn(&str, &str) -> bool = match bare {
        "StringEquals" | "StringNotEquals" => |expected, actual| expected == actual,
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" | "Bool" => {
            |expected, actual| expected.to_lowercase() == actual.to_lowercase()
        }
        "StringLike" | "StringNotLike" | "ArnEquals" | "ArnNotEquals" | "ArnLike"
        | "ArnNotLike" => fits,
        _ => {
            return Err(AwsError::new(
                "InvalidInput",
                format!("Conditions with {operator} are not simulated"),
            ));
        }
    };
    let Some(given) = given else {
        let is_optional = if_exists.is_some() || is_negated || for_all.is_some();
        if !is_optional {
            missing.push(key.clone());
        }
        return Ok(is_optional);
    };
    let is_among = |actual: &&str| {
        values.iter().any(|expected| compare(&context.fill_in(expected), actual)) != is_negated
    };
    Ok(if for_all.is_some() || is_negated {
        given.iter().all(is_among)
    } else {
        given.iter().any(is_among)
    })
}
