//! [`Ledger`]: what a journal says, folded into what is known about each step.

use crate::journal::{Data, Entry, Record, RunRecord, Started};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// What is known about each step of a run.
///
/// A pure fold over the journal's records: the engine keeps one while it runs, and reading a
/// journal gives the same one again.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    run: Option<RunRecord>,
    unwinding: bool,
    steps: Vec<Account>,
    by_name: HashMap<Arc<str>, usize>,
    /// One of each, for many steps share it.
    kinds: BTreeSet<Arc<str>>,
}

/// What is known about one step.
#[derive(Clone, Debug)]
pub struct Account {
    /// How it was started last.
    pub started: Started,
    /// When it was started last, in milliseconds since 1970.
    pub at: u64,
    /// Where it stands.
    pub state: State,
    /// What it gave, if it is done, without secrets once it was read back.
    pub output: Option<Data>,
    /// What it noted, by key.
    pub notes: BTreeMap<String, Data>,
    /// Why it failed, or why undoing it failed.
    pub error: Option<crate::StepError>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was started, and nothing more is known.
    Started,
    /// It is done.
    Done,
    /// It failed, and certainly left nothing.
    Failed,
    /// It failed, and may have left something.
    Unknown,
    /// It, or something inside it, is being undone, or undoing it failed: it cannot be relied on.
    Undoing,
    /// It was undone.
    Undone,
}

impl State {
    /// Whether there is, or may be, something to undo.
    #[must_use]
    pub fn is_left(self) -> bool {
        !matches!(self, Self::Failed | Self::Undone)
    }
}

impl Ledger {
    /// Folds a journal.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        let mut ledger = Self::default();
        for e in entries {
            ledger.apply(e.at, &e.record);
        }
        ledger
    }

    /// How the run began; `None` before it did.
    #[must_use]
    pub fn run(&self) -> Option<&RunRecord> {
        self.run.as_ref()
    }

    /// Whether the run is being taken back.
    #[must_use]
    pub fn is_unwinding(&self) -> bool {
        self.unwinding
    }

    /// Every step that was ever started, in the order of their first start.
    #[must_use]
    pub fn steps(&self) -> &[Account] {
        &self.steps
    }

    /// What is known about a step.
    #[must_use]
    pub fn get(&self, step: &str) -> Option<&Account> {
        self.by_name.get(step).and_then(|&i| self.steps.get(i))
    }

    /// The steps of which something is, or may be, left.
    pub fn left(&self) -> impl Iterator<Item = &Account> {
        self.steps.iter().filter(|a| a.state.is_left())
    }

    fn step(&mut self, step: &str) -> Option<&mut Account> {
        self.by_name.get(step).and_then(|&i| self.steps.get_mut(i))
    }

    fn kind(&mut self, kind: &Arc<str>) -> Arc<str> {
        match self.kinds.get(kind) {
            Some(known) => known.clone(),
            None => {
                self.kinds.insert(kind.clone());
                kind.clone()
            }
        }
    }

    /// Folds one record in.
    pub(crate) fn apply(&mut self, at: u64, record: &Record) {
        match record {
            Record::Run(run) => self.run = Some(run.clone()),
            Record::Lease { .. } | Record::Release {} => (),
            Record::Unwinding { .. } => self.unwinding = true,
            Record::Started(started) => {
                self.unwinding = false;
                let kind = self.kind(&started.kind);
                let account = Account {
                    started: Started { kind, ..started.clone() },
                    at,
                    state: State::Started,
                    output: None,
                    notes: BTreeMap::new(),
                    error: None,
                };
                match self.by_name.get(&started.step) {
                    Some(&i) => self.steps[i] = account,
                    None => {
                        self.by_name.insert(started.step.clone(), self.steps.len());
                        self.steps.push(account);
                    }
                }
            }
            Record::Note { step, key, value } => {
                if let Some(a) = self.step(step) {
                    a.notes.insert(key.clone(), value.clone());
                }
            }
            Record::Done { step, output } | Record::MarkedDone { step, output } => {
                if let Some(a) = self.step(step) {
                    (a.state, a.output, a.error) = (State::Done, Some(output.clone()), None);
                }
            }
            Record::Failed { step, error, clean } => {
                if let Some(a) = self.step(step) {
                    a.state = match (clean, a.state) {
                        (true, _) => State::Failed,
                        // Half undone is no better for the failure of what undid it.
                        (false, State::Undoing) => State::Undoing,
                        (false, _) => State::Unknown,
                    };
                    a.error = Some(error.clone());
                }
            }
            Record::Undoing { step } => {
                // A step that was done rests on what was done inside it.
                let mut next = Some(step.clone());
                while let Some(a) = next.and_then(|step| self.step(&step)) {
                    a.state = State::Undoing;
                    let outer = a.started.parent.clone();
                    next = outer.filter(|o| self.get(o).is_some_and(|a| a.state == State::Done));
                }
            }
            Record::Undone { step } | Record::Forgotten { step } => {
                if let Some(a) = self.step(step) {
                    (a.state, a.output, a.error) = (State::Undone, None, None);
                    a.notes.clear();
                }
            }
            Record::UndoFailed { step, error } => {
                if let Some(a) = self.step(step) {
                    a.state = State::Undoing;
                    a.error = Some(error.clone());
                }
            }
        }
    }

    /// Puts the unredacted output of a step that has just ended in the place of the journaled
    /// one, for the steps that use it in this process.
    pub(crate) fn reveal(&mut self, step: &str, output: Data) {
        if let Some(a) = self.step(step) {
            a.output = Some(output);
        }
    }
}
