//! [`Source`]: settings that are read from TOML, and checked as a whole.

use super::problem::{Problem, SettingsError};
use serde::de::DeserializeOwned;
use std::{fs, path::Path};

/// Settings of a recipe: read from TOML, and checked as a whole.
pub(super) trait Source: DeserializeOwned {
    /// Everything that cannot be right.
    fn mistakes(&self) -> Vec<Problem>;

    /// What a text says; what is left out keeps its default.
    fn of_text(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text)?;
        settings.without_mistakes()?;
        Ok(settings)
    }

    /// What a file says.
    fn of_file(path: &Path) -> Result<Self, SettingsError> {
        let text = fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        Self::of_text(&text)
    }

    /// Whether all of them can be right.
    fn without_mistakes(&self) -> Result<(), SettingsError> {
        let problems = self.mistakes();
        match problems.is_empty() {
            true => Ok(()),
            false => Err(SettingsError::Wrong(problems)),
        }
    }
}
