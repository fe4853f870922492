//! [`Leftover`]: what somebody would have to delete.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::World;

/// A thing that was not part of the fresh account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leftover {
    /// The resource type as tags name it, such as `vpc` or `natgateway`.
    pub kind: &'static str,
    /// Its id or name.
    pub id: String,
    /// Its `Name` tag.
    pub name: Option<String>,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)?;
        match &self.name {
            None => Ok(()),
            Some(name) => write!(f, " ({name})"),
        }
    }
}

impl World {
    /// The tags of the thing with this id or name, if there is one and it has tags.
    pub fn tags_of(&self, id: &str) -> Option<&BTreeMap<String, String>> {
        self.entries().find(|entry| entry.id == id).map(|entry| entry.tags)
    }

    /// What exists that was not part of the fresh account.
    ///
    /// What goes by itself together with its owner is not listed, nor what is terminated or
    /// deleted and only still shown.
    pub fn leftovers(&self) -> Vec<Leftover> {
        self.entries()
            .filter(|entry| entry.is_leftover)
            .map(|entry| Leftover {
                kind: entry.kind,
                id: entry.id.to_owned(),
                name: entry.tags.get("Name").cloned(),
            })
            .collect()
    }
}
