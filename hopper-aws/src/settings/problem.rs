//! [`Problem`]: a setting that cannot be right.

use std::{fmt, path::PathBuf};

/// A setting that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which one, e.g. `network.public_cidr`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no TOML, or has a setting that does not exist or is of another type.
    #[error("the settings cannot be understood: {0}")]
    Malformed(#[from] toml::de::Error),
    /// Settings that cannot be right: all of them.
    #[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Problem>),
}

/// Collects problems.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// Something is wrong unless `right`.
    pub(super) fn check(&mut self, right: bool, field: &str, message: impl fmt::Display) {
        if !right {
            self.0.push(Problem { field: field.to_owned(), message: message.to_string() });
        }
    }
}
