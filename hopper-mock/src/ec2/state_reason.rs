//! [`StateReason`]: why a thing is in the state it is in.

use serde::{Deserialize, Serialize};

use crate::wire::Xml;

/// A code and a text, such as `Client.UserInitiatedShutdown`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateReason {
    /// The code, which begins with `Client.` or `Server.`.
    pub code: String,
    /// The text.
    pub message: String,
}

impl StateReason {
    /// AWS repeats the code in the text.
    pub(super) fn new(code: &str, text: &str) -> Self {
        Self { code: code.to_owned(), message: format!("{code}: {text}") }
    }

    pub(super) fn show(&self) -> Xml {
        Xml::new().text("code", &self.code).text("message", &self.message)
    }
}
