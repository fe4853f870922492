//! [`Record`] and [`Entry`]: what a journal holds.

use super::{Data, Lease};
use crate::StepError;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The version of the format written here: 2.
///
/// What changed in which version:
///
/// 1. [`Run`](Record::Run), [`Lease`](Record::Lease), [`Release`](Record::Release),
///    [`Started`](Record::Started), [`Note`](Record::Note), [`Done`](Record::Done),
///    [`Failed`](Record::Failed), [`Unwinding`](Record::Unwinding), [`Undoing`](Record::Undoing),
///    [`Undone`](Record::Undone), [`UndoFailed`](Record::UndoFailed).
/// 2. [`Updating`](Record::Updating), [`Edges`](Record::Edges),
///    [`Forgotten`](Record::Forgotten), [`MarkedDone`](Record::MarkedDone),
///    [`Resealed`](Record::Resealed); and [sealed](crate::Engine::seal) secrets in any.
///
/// A journal of an older format is read as it is, and gone on with: before anything else is
/// written to it, the run's first record is written once more, with the new format, so that an
/// older program refuses it by its format instead of stumbling over a record it does not know.
pub const FORMAT: u32 = 2;

/// One record of a journal: what happened, when, and by which owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The epoch of the lease under which it was written; it rises with every owner.
    pub epoch: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z, by the engine's clock.
    pub at: u64,
    /// What happened.
    pub record: Record,
}

/// What happened.
///
/// Written before and after every effect; [`Ledger`](crate::Ledger) folds them into what is
/// known about each step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// A run began. Always the first record but for leases; written again, with nothing but its
    /// format changed, when a newer program goes on.
    Run(RunRecord),
    /// An owner took the lease, or still holds it.
    Lease {
        /// Who.
        owner: Owner,
    },
    /// The owner gave the lease back.
    Release {},
    /// A step is about to act. Nothing acts before this is durable.
    Started(Started),
    /// A step that is done is about to be changed in place. From format 2 on.
    Updating(Updating),
    /// A step that is done is undone in another order from now on. From format 2 on.
    Edges(Edges),
    /// Something a step wants to be remembered before it goes on.
    Note {
        /// The step.
        step: Arc<str>,
        /// What it is, e.g. `id`.
        key: String,
        /// Its value.
        value: Data,
    },
    /// A step acted.
    Done {
        /// The step.
        step: Arc<str>,
        /// What it gave, its secrets sealed or withheld.
        output: Data,
    },
    /// A step gave up.
    Failed {
        /// The step.
        step: Arc<str>,
        /// Why.
        error: StepError,
        /// Whether it is certain that it left nothing.
        clean: bool,
    },
    /// The run is being taken back.
    Unwinding {
        /// Why.
        why: String,
    },
    /// A step is about to be undone.
    Undoing {
        /// The step.
        step: Arc<str>,
    },
    /// The secrets of a step were sealed with another key. From format 2 on.
    Resealed {
        /// The step.
        step: Arc<str>,
        /// Its values that hold secrets: `inputs`, `output`, `note KEY`, and `was N` for the
        /// inputs it had before changes in place that are not known to be finished.
        values: BTreeMap<String, Data>,
    },
    /// A step was undone, or there was nothing to undo.
    Undone {
        /// The step.
        step: Arc<str>,
    },
    /// Undoing a step failed; it is left as it is until the next try.
    UndoFailed {
        /// The step.
        step: Arc<str>,
        /// Why.
        error: StepError,
    },
    /// Somebody said that what a step made is gone, or is no longer ours.
    Forgotten {
        /// The step.
        step: Arc<str>,
    },
    /// Somebody said that a step is done.
    MarkedDone {
        /// The step.
        step: Arc<str>,
        /// What it gives, its secrets sealed or withheld.
        output: Data,
    },
}

impl Record {
    /// Hands over every value of a step's in it, with a name that is the step's own.
    pub(crate) fn each_value(&mut self, f: &mut dyn FnMut(&Arc<str>, &str, &mut Data)) {
        match self {
            Self::Started(Started { step, inputs, .. })
            | Self::Updating(Updating { inputs, edges: Edges { step, .. } }) => {
                f(step, INPUTS, inputs);
            }
            Self::Note { step, key, value } => f(step, &note(key), value),
            Self::Done { step, output } | Self::MarkedDone { step, output } => {
                f(step, OUTPUT, output);
            }
            Self::Resealed { step, values } => {
                values.iter_mut().for_each(|(name, value)| f(step, name, value));
            }
            _ => (),
        }
    }
}

/// What a step's inputs are called among its values.
pub(crate) const INPUTS: &str = "inputs";
/// What its output is called.
pub(crate) const OUTPUT: &str = "output";

/// What a note of its is called.
pub(crate) fn note(key: &str) -> String {
    format!("note {key}")
}

/// How a run began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The version of the format, [`FORMAT`].
    pub format: u32,
    /// The workflow's name.
    pub workflow: String,
    /// The run's id: part of every token and of every mark.
    pub run: String,
    /// What the caller wants remembered, e.g. region and endpoint.
    #[serde(default)]
    pub meta: BTreeMap<String, String>,
}

/// A step that is about to act, with all that undoing it may need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// The step's full name.
    pub step: Arc<str>,
    /// Its kind: the key of the [`Registry`](crate::Registry).
    pub kind: Arc<str>,
    /// How often it was started anew, from 1.
    pub generation: u32,
    /// Its idempotency token.
    pub token: Arc<str>,
    /// Its fields, with all inputs filled in, their secrets sealed or withheld.
    pub inputs: Data,
    /// The steps it rests on: undone after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Arc<str>>,
    /// The steps before which it is to be undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo_before: Vec<Arc<str>>,
    /// The step inside which it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<str>>,
    /// The class of limits it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Arc<str>>,
}

/// A step that is about to be changed in place. Kind, generation, token and output stay as they
/// are; what it had before may be in place until it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Updating {
    /// Its fields from now on, as in [`Started`].
    pub inputs: Data,
    /// How it is undone from now on.
    #[serde(flatten)]
    pub edges: Edges,
}

/// How a step is undone from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edges {
    /// The step's full name.
    pub step: Arc<str>,
    /// The steps it rests on: undone after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Arc<str>>,
    /// The steps before which it is to be undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo_before: Vec<Arc<str>>,
    /// The class of limits it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Arc<str>>,
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// A name people recognise, e.g. `alice@laptop, process 4711`.
    pub name: String,
    /// How long its lease lasts, in milliseconds, unless that is [`Lease::DURATION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease: Option<u64>,
}

impl Owner {
    /// An owner of this name, whose lease lasts [`Lease::DURATION`].
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), lease: None }
    }

    /// The same with a lease that lasts this long, at least a second.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        let lease = lease.max(Duration::from_secs(1));
        self.lease = (lease != Lease::DURATION)
            .then(|| u64::try_from(lease.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// How long its lease lasts after its last record.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.lease.map_or(Lease::DURATION, Duration::from_millis)
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z; a time before that is 0.
pub(crate) fn millis(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
}
