//! [`Script`]: what runs once, whatever happens to the connection.

use crate::{Redact, quote::quoted};
use std::fmt;

/// A shell script that runs once for its token, apart from the connection that starts it.
///
/// On the host it has a folder of its own, `~/.hopper/TOKEN`, that only its user can read: with
/// the script, what it prints, and the code it exited with. Whoever comes again with the token
/// finds the one that runs, or how it ended.
#[derive(Clone)]
pub struct Script {
    token: String,
    text: String,
    input: Vec<u8>,
    redact: Redact,
}

impl Script {
    /// A script for `/bin/sh`, or for what its first line names after `#!`. The token tells it
    /// from all others on the host; of it letters, digits, `-`, `_` and `.` are kept.
    pub fn new(token: impl AsRef<str>, text: impl Into<String>) -> Self {
        let legal = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let token = token.as_ref().chars().filter(|c| legal(*c)).collect();
        Self { token, text: text.into(), input: Vec::new(), redact: Redact::default() }
    }

    /// With this for it to read from its standard input: where its secrets belong.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// With these secrets blotted out of what it prints.
    #[must_use]
    pub fn redact(mut self, redact: Redact) -> Self {
        self.redact = redact;
        self
    }

    /// Its token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn given(&self) -> &[u8] {
        &self.input
    }

    pub(crate) fn redacted(&self) -> &Redact {
        &self.redact
    }

    /// Its folder, as a word for the host's shell.
    pub(crate) fn folder(&self) -> String {
        format!("\"$HOME\"/.hopper/{}", quoted(&self.token))
    }

    /// Makes its folder, and says where it is.
    pub(crate) fn prepare(&self) -> String {
        let folder = self.folder();
        format!("umask 077 && mkdir -p {folder} && cd {folder} && pwd")
    }

    /// Starts it, unless somebody has. Of two that try at once one makes the folder `started`.
    ///
    /// The end is written under another name first, so that it is there whole or not at all.
    pub(crate) fn start(&self) -> String {
        let body =
            "./script <input >output 2>&1; echo $? >code.part; rm -f input; mv code.part code";
        format!(
            "umask 077 && cd {} && if mkdir started 2>/dev/null; then \
             cat /proc/sys/kernel/random/boot_id >boot && \
             {{ setsid sh -c 'echo $$ >pid; {body}' </dev/null >/dev/null 2>&1 & }}; fi",
            self.folder()
        )
    }

    /// Prints what it has printed from a byte on, until it has ended.
    pub(crate) fn follow(&self, from: u64) -> String {
        format!(
            "cd {} && for i in 1 2 3 4 5; do [ -s pid ] && [ -e output ] && break; sleep 1; done; \
             touch output; if [ -e code ]; then tail -c +{first} output; \
             else tail -c +{first} -f -s 0.2 --pid=\"$(cat pid)\" output; fi",
            self.folder(),
            first = from + 1
        )
    }

    /// Prints the code it exited with, or `running`, or `broken` if nobody will ever write one.
    pub(crate) fn outcome(&self) -> String {
        format!(
            "cd {} && if [ -e code ]; then cat code; \
             elif [ \"$(cat boot)\" = \"$(cat /proc/sys/kernel/random/boot_id)\" ] && \
             [ -s pid ] && kill -0 \"$(cat pid)\" 2>/dev/null; then echo running; \
             else sleep 1; if [ -e code ]; then cat code; else echo broken; fi; fi",
            self.folder()
        )
    }

    /// Takes its folder away.
    pub(crate) fn forget(&self) -> String {
        format!("rm -rf {}", self.folder())
    }
}

/// Shows neither text nor input.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({})", self.token)
    }
}
