//! [`Failure`]: why a command ended without having done its work, and [`code`]s to exit with.

use hopper_aws::preflight::Preflight;
use hopper_core::{EngineError, Journal, JournalError, Ledger};
use std::{fmt::Display, io::ErrorKind};

/// What the program exits with.
pub mod code {
    /// Done.
    pub const DONE: u8 = 0;
    /// It failed, and everything was undone.
    pub const FAILED: u8 = 1;
    /// Wrong usage: nothing was begun.
    pub const USAGE: u8 = 2;
    /// It failed, and something is left.
    pub const LEFT: u8 = 3;
    /// Reality differs from the record.
    pub const DRIFT: u8 = 4;
    /// Interrupted.
    pub const INTERRUPTED: u8 = 130;
}

/// Why a command ended without having done its work.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What to exit with.
    pub code: u8,
    /// What to say: what happened, and what to do.
    pub message: String,
}

impl Failure {
    /// The user has to ask for something else.
    pub fn usage(message: impl Display) -> Self {
        Self { code: code::USAGE, message: message.to_string() }
    }

    /// Something is in the way of what was asked for: all of it.
    pub fn before_anything(ledger: &Ledger, found: &Preflight) -> Self {
        let begun = match ledger.left().count() {
            0 => "nothing was begun",
            _ => "nothing more was begun",
        };
        Self::usage(format_args!(
            "{begun}, since it would fail: {found}\n--no-preflight begins all the same"
        ))
    }

    /// It did not work.
    pub fn failed(message: impl Display) -> Self {
        Self { code: code::FAILED, message: message.to_string() }
    }

    /// Somebody has asked it to stop, and it has.
    pub fn interrupted(message: impl Display) -> Self {
        Self { code: code::INTERRUPTED, message: message.to_string() }
    }

    /// It did not work, and what the journal speaks of is still there.
    pub fn before(ledger: &Ledger, message: impl Display) -> Self {
        let left = ledger.left().count() != 0;
        let code = if left { code::LEFT } else { code::FAILED };
        Self { code, message: message.to_string() }
    }

    /// The engine could not begin, or could not go on.
    pub async fn of(journal: &dyn Journal, error: EngineError) -> Self {
        match error {
            EngineError::Changed(steps) => {
                let names: Vec<_> =
                    steps.iter().map(|step| format!("--replace {}", step.step)).collect();
                let names = names.join(" ");
                let error = EngineError::Changed(steps);
                Self::usage(format_args!("{error}\n(to allow it: `hopper up {names}`)"))
            }
            EngineError::Journal(JournalError::Damaged { .. } | JournalError::Format { .. })
            | EngineError::OtherWorkflow { .. }
            | EngineError::NoSuchStep(_)
            | EngineError::UnknownKind(_)
            | EngineError::Verdict { .. }
            | EngineError::NoRun => Self::usage(error),
            // The file was taken away, or is not what it was: what it would say now is not true.
            EngineError::Journal(JournalError::Io { action: "append", ref source, .. })
                if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) =>
            {
                Self { code: code::LEFT, message: error.to_string() }
            }
            error => match journal.read().await {
                Ok(entries) => Self::before(&Ledger::of(&entries), error),
                Err(_) => Self { code: code::LEFT, message: error.to_string() },
            },
        }
    }
}

/// A journal that cannot be read is the wrong one, or in the wrong place.
impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::usage(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}
