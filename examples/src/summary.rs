//! [`Summary`]: what a run came to, for people and for machines.

use crate::{
    args::Format,
    cloud::Cloud,
    failure::code,
    out::{complain, say},
};
use hopper_core::{Outcome, Report, State};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, fmt, path::Path};

/// What a run came to.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    /// The engine's report.
    pub report: &'a Report,
    /// How many calls there were of each operation, where they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_calls: Option<BTreeMap<String, usize>>,
}

impl<'a> Summary<'a> {
    /// Of a run there, before which there were so many calls.
    #[must_use]
    pub fn of(report: &'a Report, cloud: &Cloud, before: usize) -> Self {
        Self { report, api_calls: cloud.calls(before) }
    }

    /// Prints it. As JSON it is the last line, an event named `report`.
    pub fn print(&self, format: Format) {
        match format {
            Format::Text => say(self),
            Format::Json => say(json!({ "event": "report", "summary": self })),
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.report)?;
        let Some(calls) = &self.api_calls else { return Ok(()) };
        writeln!(f, "API calls: {}", calls.values().sum::<usize>())?;
        let width = calls.keys().map(String::len).max().unwrap_or_default();
        calls.iter().try_for_each(|(operation, n)| writeln!(f, "  {operation:<width$}  {n:>3}"))
    }
}

/// What to exit with after this report, if it was to end in `wanted`.
#[must_use]
pub fn exit_code(report: &Report, wanted: Outcome, interrupted: bool) -> u8 {
    match report.outcome {
        outcome if outcome == wanted => code::DONE,
        _ if interrupted => code::INTERRUPTED,
        _ if report.left.is_empty() => code::FAILED,
        _ => code::LEFT,
    }
}

/// Says how many things are left, and how to go on. Machines read the standard output and find
/// it in the report, so people are told on the other one.
pub fn say_what_next(format: Format, report: &Report, journal: &Path, up_again: bool) {
    match format {
        Format::Text => say(what_next(report, journal, up_again)),
        Format::Json if report.left.is_empty() => (),
        Format::Json => complain(what_next(report, journal, up_again)),
    }
}

fn what_next(report: &Report, journal: &Path, up_again: bool) -> String {
    if report.left.is_empty() {
        return "0 left".to_owned();
    }
    let n = report.left.len();
    let up = if up_again {
        format!("go on with {}, or ", command("up", journal))
    } else {
        String::new()
    };
    let parked: String = report
        .steps
        .iter()
        .filter(|step| report.outcome == Outcome::Stuck && step.state == State::Undoing)
        .map(|step| ways_on(&step.name, journal))
        .collect();
    format!("{parked}{n} left: {up}take it down with {}", command("down", journal))
}

/// The ways to go on with a step that could not be undone, as a line.
#[must_use]
pub fn ways_on(step: &str, journal: &Path) -> String {
    let step = typed(step);
    format!(
        "{step}: try again with {}, leave it with {}, or say with {} that it is gone\n",
        command("down", journal),
        command(&format!("down --skip {step}"), journal),
        command(&format!("resolve {step} --gone"), journal),
    )
}

/// The command as it is to be typed.
#[must_use]
pub fn command(verb: &str, journal: &Path) -> String {
    let journal = match journal.to_str() {
        Some(crate::args::DEFAULT_JOURNAL) => String::new(),
        Some(path) => format!(" --journal {}", typed(path)),
        None => format!(" --journal {journal:?}"),
    };
    format!("`hopper {verb}{journal}`")
}

/// A word as it is to be typed.
#[must_use]
pub fn typed(word: &str) -> String {
    match word.chars().all(|c| c.is_alphanumeric() || "/._-+:".contains(c)) {
        true => word.to_owned(),
        false => format!("{word:?}"),
    }
}
