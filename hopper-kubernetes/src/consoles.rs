//! [`Consoles`]: what machines say where nobody logs in.

use async_trait::async_trait;
use std::collections::BTreeMap;

/// What machines say where nobody logs in: for errors about machines that did not come up.
#[async_trait]
pub trait Consoles: Send + Sync {
    /// What the machines of a group have said so far, by their ids, as far as that can be found
    /// out.
    async fn of_group(&self, group: &str) -> BTreeMap<String, String>;
}

/// How many of the last lines are told.
const LAST: usize = 12;

/// The last lines of each.
pub(crate) fn last_words(consoles: &BTreeMap<String, String>) -> String {
    let mut told = String::new();
    for (id, text) in consoles {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        told.push_str(&format!("\nthe console of {id}:"));
        for line in &lines[lines.len().saturating_sub(LAST)..] {
            told.push_str(&format!("\n  | {line}"));
        }
    }
    told
}
