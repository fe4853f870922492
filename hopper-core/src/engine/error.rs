//! [`EngineError`]: why a run could not go on at all.

use super::Change;
use crate::JournalError;

/// Why a run could not begin, or could not go on.
///
/// That a step failed is no such error: the [`Report`](crate::Report) tells it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal belongs to another workflow.
    #[error(
        "the journal belongs to workflow `{journal}`, and the plan is of `{plan}`; give another \
         journal, or take the other one down first"
    )]
    OtherWorkflow {
        /// The journal's.
        journal: String,
        /// The plan's.
        plan: String,
    },
    /// Steps need an environment that was not given. Nothing has run.
    #[error("no environment was given for: {}", .0.join(", "))]
    MissingEnv(Vec<String>),
    /// The journal holds steps of kinds that the registry does not know. Nothing has run.
    #[error("the registry does not know: {}; add these steps to it", .0.join(", "))]
    UnknownKind(Vec<String>),
    /// The plan is not the one that the journal's steps were made from. Nothing has run.
    #[error(
        "the recipe has changed since the journal was written:\n{}\ntake the run down first, or \
         go back to the old recipe",
        .0.iter().map(|c| format!("  {c}")).collect::<Vec<_>>().join("\n")
    )]
    Changed(Vec<Change>),
    /// What was said of a step cannot be. Nothing was written.
    #[error("step `{step}`: {why}")]
    Verdict {
        /// The step.
        step: String,
        /// Why not.
        why: String,
    },
    /// There is no run in the journal.
    #[error("there is no run in the journal")]
    NoRun,
}
