//! [`Event`]: what the engine tells while it works.

use crate::{Drift, StepError};
use serde::Serialize;
use std::{fmt, sync::Arc, time::Duration};

/// What the engine tells while it works: its only outward interface besides the journal.
///
/// Progress bars, logs, the report and a timeline are made of these. No event holds a secret.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// A run begins or goes on.
    Running {
        /// The workflow.
        workflow: Arc<str>,
        /// The run's id.
        run: Arc<str>,
        /// Steps in the plan.
        steps: usize,
        /// Steps that are done already.
        done: usize,
    },
    /// The run is taken back.
    Unwinding {
        /// Why.
        why: String,
        /// Steps that are or may be left.
        steps: usize,
    },
    /// The end of the journal was torn by a crash and was cut off.
    Repaired {
        /// The line where it began.
        line: u64,
        /// How many bytes were cut off.
        bytes: u64,
    },
    /// A step starts to act.
    Started {
        /// The step.
        step: Arc<str>,
        /// Its kind.
        kind: Arc<str>,
        /// How often it was started anew, from 1.
        generation: u32,
    },
    /// A step that is done is changed in place.
    Updating {
        /// The step.
        step: Arc<str>,
        /// Its kind.
        kind: Arc<str>,
    },
    /// What a running step is about.
    Progress {
        /// The step.
        step: Arc<str>,
        /// What it says.
        message: String,
    },
    /// A try failed, and another follows.
    Retrying {
        /// The step.
        step: Arc<str>,
        /// Why it failed.
        error: StepError,
        /// The wait before the next try.
        wait: Duration,
    },
    /// A step whose outcome was unknown was looked for.
    Settled {
        /// The step.
        step: Arc<str>,
        /// What was found, in a word or two.
        found: String,
    },
    /// A step is done.
    Done {
        /// The step.
        step: Arc<str>,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: Arc<str>,
        /// Why.
        error: StepError,
    },
    /// A step is being undone.
    Undoing {
        /// The step.
        step: Arc<str>,
        /// Its kind.
        kind: Arc<str>,
    },
    /// A step was undone.
    Undone {
        /// The step.
        step: Arc<str>,
    },
    /// Undoing a step failed.
    UndoFailed {
        /// The step.
        step: Arc<str>,
        /// Why.
        error: StepError,
    },
    /// A step was compared with reality.
    Checked {
        /// The step.
        step: Arc<str>,
        /// How reality differs.
        drift: Vec<Drift>,
    },
    /// The run stops as soon as the calls in flight have ended.
    Stopping {
        /// Why.
        why: String,
    },
}

impl Event {
    /// The step it is about.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Started { step, .. }
            | Self::Updating { step, .. }
            | Self::Progress { step, .. }
            | Self::Retrying { step, .. }
            | Self::Settled { step, .. }
            | Self::Done { step }
            | Self::Failed { step, .. }
            | Self::Undoing { step, .. }
            | Self::Undone { step }
            | Self::UndoFailed { step, .. }
            | Self::Checked { step, .. } => Some(step),
            _ => None,
        }
    }
}

/// One line, for a log.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running { workflow, run, steps, done: 0 } => {
                write!(f, "running {workflow} as {run}: {steps} steps")
            }
            Self::Running { workflow, run, steps, done } => {
                write!(f, "resuming {workflow} as {run}: {done} of {steps} steps done")
            }
            Self::Unwinding { why, steps } => write!(f, "undoing {steps} steps: {why}"),
            Self::Repaired { line, bytes } => {
                write!(f, "the journal's torn end was cut off: {bytes} bytes from line {line}")
            }
            Self::Started { step, kind, generation: 1 } => write!(f, "{step}: started ({kind})"),
            Self::Started { step, kind, generation } => {
                write!(f, "{step}: started ({kind}), generation {generation}")
            }
            Self::Updating { step, kind } => write!(f, "{step}: updating ({kind})"),
            Self::Progress { step, message } => write!(f, "{step}: {message}"),
            Self::Retrying { step, error, wait } => {
                write!(f, "{step}: {error}; again in {:.1} s", wait.as_secs_f64())
            }
            Self::Settled { step, found } => write!(f, "{step}: looked for it: {found}"),
            Self::Done { step } => write!(f, "{step}: done"),
            Self::Failed { step, error } => write!(f, "{step}: failed: {error}"),
            Self::Undoing { step, kind } => write!(f, "{step}: undoing ({kind})"),
            Self::Undone { step } => write!(f, "{step}: undone"),
            Self::UndoFailed { step, error } => write!(f, "{step}: cannot be undone: {error}"),
            Self::Checked { step, drift } if drift.is_empty() => write!(f, "{step}: as recorded"),
            Self::Checked { step, drift } => {
                write!(f, "{step}: differs:")?;
                drift.iter().try_for_each(|d| write!(f, " {d};"))
            }
            Self::Stopping { why } => write!(f, "stopping: {why}"),
        }
    }
}
