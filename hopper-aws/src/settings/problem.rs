//! [`Problem`]: a setting that cannot be right.

use crate::{PublicKey, Tags};
use std::{
    fmt,
    path::{Path, PathBuf},
};

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

    /// Something is wrong unless it is written as an instance type.
    pub(super) fn check_instance_type(&mut self, field: &str, text: &str) {
        let is_type = text.split_once('.').is_some_and(|(family, size)| {
            let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !family.is_empty() && !size.is_empty() && text.replace('.', "").chars().all(legal)
        });
        let message = format_args!("`{text}` is no instance type, write it as t3.micro");
        self.check(is_type, field, message);
    }

    /// Something is wrong unless it is a name of so many legal letters.
    pub(super) fn check_name(&mut self, field: &str, text: &str, most: usize, others: &str) {
        let legal = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        let is_name = !text.is_empty() && text.len() <= most && text.chars().all(legal);
        let message = format_args!("`{text}` is not 1 to {most} letters, digits and {others}");
        self.check(is_name, field, message);
    }

    /// Something is wrong unless it is a public key as in `~/.ssh/id_ed25519.pub`.
    pub(super) fn check_public_key(&mut self, field: &str, text: &str) {
        if let Err(why) = text.parse::<PublicKey>() {
            self.check(false, field, why);
        }
    }

    /// Something is wrong unless all of the tags may be set by a user.
    pub(super) fn check_tags(&mut self, field: &str, tags: &Tags) {
        for (key, _) in tags.iter() {
            let is_theirs = !key.starts_with("aws:") && !key.starts_with("hopper:");
            let message = format_args!("`{key}` begins with a prefix that is not yours");
            self.check(is_theirs, field, message);
        }
    }

    /// Something is wrong unless it is a SHA-256, as `sha256sum` writes it.
    pub(super) fn check_sha256(&mut self, field: &str, sum: &str) {
        let is_sum = sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
        self.check(is_sum, field, format_args!("`{sum}` is no SHA-256 in hexadecimal"));
    }

    /// Something is wrong unless it is the same file wherever one stands, if there is one.
    pub(super) fn check_absolute(&mut self, field: &str, path: Option<&Path>) {
        if let Some(path) = path {
            let message = format_args!("{} is no absolute path", path.display());
            self.check(path.is_absolute(), field, message);
        }
    }
}
