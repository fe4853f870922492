//! `hopper status`: what the journal says.

use crate::{
    args::{Format, Of},
    failure::Failure,
    journal,
    out::say,
    summary::ways_on,
};
use hopper_core::{Account, Ledger, State};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, path::Path};

/// Prints what the journal says. Nobody is asked.
///
/// # Errors
///
/// When the journal cannot be read, or has no run.
pub fn status(args: &Of) -> Result<u8, Failure> {
    let (ledger, _) = journal::run(args)?;
    let status = Status::of(&ledger, &args.journal);
    match args.format {
        Format::Text => say(status),
        Format::Json => say(serde_json::to_string_pretty(&status).map_err(Failure::failed)?),
    }
    Ok(0)
}

/// What a journal says.
#[derive(Debug, Serialize)]
struct Status {
    workflow: String,
    run: String,
    meta: BTreeMap<String, String>,
    /// Whether it is being taken back.
    unwinding: bool,
    counts: BTreeMap<&'static str, usize>,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    name: String,
    kind: String,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    notes: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// How to go on with it, if it could not be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    ways_on: Option<String>,
}

impl Status {
    fn of(ledger: &Ledger, journal: &Path) -> Self {
        let mut counts = BTreeMap::new();
        for account in ledger.steps() {
            *counts.entry(word(account.state)).or_default() += 1;
        }
        let run = ledger.run();
        Self {
            workflow: run.map(|run| run.workflow.clone()).unwrap_or_default(),
            run: run.map(|run| run.run.clone()).unwrap_or_default(),
            meta: run.map(|run| run.meta.clone()).unwrap_or_default(),
            unwinding: ledger.is_unwinding(),
            counts,
            steps: ledger.steps().iter().map(|account| Step::of(account, journal)).collect(),
        }
    }
}

impl Step {
    fn of(account: &Account, journal: &Path) -> Self {
        let json = |data: &hopper_core::Data| {
            serde_json::from_str(data.shown().text()).unwrap_or_default()
        };
        Self {
            name: account.started.step.to_string(),
            kind: account.started.kind.to_string(),
            state: account.state,
            output: account.output.as_ref().map(json),
            notes: account.notes.iter().map(|(key, note)| (key.clone(), json(note))).collect(),
            error: account.error.as_ref().map(ToString::to_string),
            ways_on: (account.state == State::Undoing && account.error.is_some())
                .then(|| ways_on(&account.started.step, journal).trim_end().to_owned()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (run {}", self.workflow, self.run)?;
        self.meta.iter().try_for_each(|(key, value)| write!(f, ", {key} {value}"))?;
        writeln!(f, ")")?;
        let width = |of: fn(&Step) -> usize| self.steps.iter().map(of).max().unwrap_or(0);
        let (name, kind) = (width(|step| step.name.len()), width(|step| step.kind.len()));
        for step in &self.steps {
            let state = word(step.state);
            write!(f, "  {:<name$}  {:<kind$}  {state:<7}", step.name, step.kind)?;
            match &step.output {
                Some(output) => write!(f, "  {output}")?,
                None => step.notes.iter().try_for_each(|(key, n)| write!(f, "  {key} {n}"))?,
            }
            if let Some(error) = &step.error {
                write!(f, "  {error}")?;
            }
            writeln!(f)?;
        }
        self.steps
            .iter()
            .filter_map(|s| s.ways_on.as_ref())
            .try_for_each(|w| writeln!(f, "{w}"))?;
        let counts: Vec<_> = self.counts.iter().map(|(state, n)| format!("{n} {state}")).collect();
        let unwinding = if self.unwinding { "; it is being, or was, taken back" } else { "" };
        writeln!(f, "{} steps: {}{unwinding}", self.steps.len(), counts.join(", "))
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Started => "started",
        State::Done => "done",
        State::Updating => "updating",
        State::Failed => "failed",
        State::Unknown => "unknown",
        State::Undoing => "undoing",
        State::Undone => "undone",
    }
}
