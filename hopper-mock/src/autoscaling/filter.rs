//! [`Filter`]: the filters of describes. Unlike those of EC2 they know no wildcards.

use serde::Deserialize;

use super::error::validation;
use crate::wire::AwsError;

/// Keeps what has one of the values under a name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Filter {
    pub(super) name: String,
    #[serde(default)]
    values: Vec<String>,
}

impl Filter {
    /// Refuses names that are not among these; `tag:` stands for `tag:KEY`.
    pub(super) fn check(filters: &[Self], known: &[&str]) -> Result<(), AwsError> {
        let is_known = |name: &str| {
            known.iter().any(|known| *known == name || *known == "tag:" && name.starts_with(known))
        };
        match filters.iter().find(|filter| !is_known(&filter.name)) {
            None => Ok(()),
            Some(Self { name, .. }) => Err(validation(format!(
                "Filter type {name} is not correct. Allowed Filter types are: {}",
                known.join(" ")
            ))),
        }
    }

    /// Whether it keeps what has this value.
    pub(super) fn has(&self, value: &str) -> bool {
        self.values.iter().any(|wanted| wanted == value)
    }
}
