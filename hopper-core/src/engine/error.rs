//! [`EngineError`]: why a run could not go on at all.

use crate::{JournalError, StepDiff};

/// Why a run could not begin, or could not go on.
///
/// That a step failed is no such error: the [`Report`](crate::Report) tells it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A secret in the journal cannot be read with the keys that were given. Nothing has run.
    #[error(transparent)]
    Seal(#[from] crate::SealError),
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
    /// Steps have changed in a way that cannot be brought about in place, and must not be
    /// [replaced](crate::Engine::replace). Nothing has run.
    #[error(
        "the recipe has changed since the journal was written, and these steps cannot be changed \
         in place:\n{}allow them to be replaced, together with all that rests on them; go back \
         to the old recipe; or take the run down first",
        .0.iter().map(ToString::to_string).collect::<String>()
    )]
    Changed(Vec<StepDiff>),
    /// What was said of a step cannot be. Nothing was written.
    #[error("step `{step}`: {why}")]
    Verdict {
        /// The step.
        step: String,
        /// Why not.
        why: String,
    },
    /// Steps that may be [replaced](crate::Engine::replace) are in no plan. Nothing has run.
    #[error("may be replaced, and are not in the recipe: {}", .0.join(", "))]
    NoSuchStep(Vec<String>),
    /// There is no run in the journal.
    #[error("there is no run in the journal")]
    NoRun,
}
