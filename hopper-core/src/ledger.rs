//! [`Ledger`]: what a journal says, folded into what is known about each step.

use crate::journal::{
    Data, Edges, Entry, FORMAT, INPUTS, OUTPUT, Record, RunRecord, Started, Updating, note,
};
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

/// What inputs of earlier are called among the values of a step.
pub(crate) const WAS: &str = "was ";

/// What is known about one step.
#[derive(Clone, Debug)]
pub struct Account {
    /// How it was started last.
    pub started: Started,
    /// When it was started last, in milliseconds since 1970.
    pub at: u64,
    /// Where it stands.
    pub state: State,
    /// What it gave, if it is done, its secrets sealed or withheld once it was read back.
    pub output: Option<Data>,
    /// What it noted, by key.
    pub notes: BTreeMap<String, Data>,
    /// Why it failed, or why undoing it failed.
    pub error: Option<crate::StepError>,
    /// While a change in place is not known to be finished: what may still be as it was before,
    /// the oldest first.
    pub was: Vec<Was>,
}

/// What a step was before a change in place that is not known to be finished.
#[derive(Clone, Debug, PartialEq)]
pub struct Was {
    /// Its inputs.
    pub inputs: Data,
    /// The steps it rested on.
    pub needs: Vec<Arc<str>>,
}

impl Account {
    /// Whether all of it was made, though it may be half-way to what it is to be now.
    #[must_use]
    pub fn is_made(&self) -> bool {
        matches!(self.state, State::Done | State::Updating)
    }

    /// The steps it rests on, or may still rest on.
    pub(crate) fn rests_on(&self) -> impl Iterator<Item = &Arc<str>> {
        self.started.needs.iter().chain(self.was.iter().flat_map(|was| &was.needs))
    }

    /// Has it undone in another order.
    fn rewire(&mut self, edges: &Edges) {
        self.started.needs.clone_from(&edges.needs);
        self.started.undo_before.clone_from(&edges.undo_before);
        self.started.class.clone_from(&edges.class);
    }
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was started, and nothing more is known.
    Started,
    /// It is done.
    Done,
    /// It was done, and a change in place began that is not known to be finished.
    Updating,
    /// It failed, and certainly left nothing.
    Failed,
    /// It failed, and may have left something.
    Unknown,
    /// It, or something inside it, is being undone, or undoing it failed: it cannot be relied on.
    Undoing,
    /// It was undone.
    Undone,
}

impl Account {
    /// Hands over every value of the step's, with its name.
    pub(crate) fn each_value(&mut self, f: &mut dyn FnMut(&str, &mut Data)) {
        f(INPUTS, &mut self.started.inputs);
        self.output.iter_mut().for_each(|output| f(OUTPUT, output));
        self.notes.iter_mut().for_each(|(key, value)| f(&note(key), value));
        let was = self.was.iter_mut().enumerate();
        was.for_each(|(i, was)| f(&format!("{WAS}{i}"), &mut was.inputs));
    }
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

    /// The record that has to be written before any other to a journal of an older format: an
    /// older program is going to refuse it by this.
    pub(crate) fn in_new_format(&self) -> Option<Record> {
        let run = self.run.clone().filter(|run| run.format < FORMAT)?;
        Some(Record::Run(RunRecord { format: FORMAT, ..run }))
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

    pub(crate) fn steps_mut(&mut self) -> &mut [Account] {
        &mut self.steps
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
                    was: Vec::new(),
                };
                match self.by_name.get(&started.step) {
                    Some(&i) => self.steps[i] = account,
                    None => {
                        self.by_name.insert(started.step.clone(), self.steps.len());
                        self.steps.push(account);
                    }
                }
            }
            Record::Updating(Updating { inputs, edges }) => {
                self.unwinding = false;
                if let Some(a) = self.step(&edges.step) {
                    let was =
                        Was { inputs: a.started.inputs.clone(), needs: a.started.needs.clone() };
                    if was.inputs != *inputs || was.needs != edges.needs {
                        a.was.push(was);
                    }
                    (a.state, a.error) = (State::Updating, None);
                    a.started.inputs = inputs.clone();
                    a.rewire(edges);
                }
            }
            Record::Edges(edges) => {
                if let Some(a) = self.step(&edges.step) {
                    a.rewire(edges);
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
                    a.was.clear();
                }
            }
            Record::Failed { step, error, clean } => {
                if let Some(a) = self.step(step) {
                    a.state = match (clean, a.state) {
                        // What was made is there, whatever became of the change.
                        (_, State::Updating) => State::Updating,
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
            Record::Resealed { step, values } => {
                if let Some(a) = self.step(step) {
                    a.each_value(&mut |name, data| {
                        if let Some(value) = values.get(name) {
                            *data = value.clone();
                        }
                    });
                }
            }
            Record::Undone { step } | Record::Forgotten { step } => {
                if let Some(a) = self.step(step) {
                    (a.state, a.output, a.error) = (State::Undone, None, None);
                    a.notes.clear();
                    a.was.clear();
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
}
