//! [`Memory`]: what an entry of ours remembers, so that it can be taken out again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Where entries may carry what others than kubectl want to remember ("kubeconfig (v1)", Kubernetes
/// reference: `extensions`).
const EXTENSION: &str = "hopper";

/// What an entry of ours remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// Whose it is.
    pub(super) mark: String,
    /// Which context was current before ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    /// The [sum] of the file as it was, which is kept; none if there was no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kept: Option<String>,
}

impl Memory {
    /// What a cluster, a user or a context remembers, if it is one of ours.
    pub(super) fn of(part: &Value) -> Option<Self> {
        let all = part["extensions"].as_array()?;
        let own = all.iter().find(|one| one["name"] == EXTENSION)?;
        Self::deserialize(&own["extension"]).ok()
    }

    /// As the extensions of a cluster, a user or a context.
    pub(super) fn extensions(&self) -> Value {
        json!([{ "name": EXTENSION, "extension": self }])
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn sum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
