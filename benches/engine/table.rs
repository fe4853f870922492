//! The tables, as Markdown.

use crate::{
    machine,
    measure::Subject,
    survey::Row,
    workload::{Shape, Workload},
};
use std::{fmt::Write as _, time::Duration};

/// Microseconds a step, and what they are of each other.
pub(crate) fn costs(rows: &[(Workload, Row)]) -> String {
    let mut table = "\
| µs a step | hopper, memory | hopper, file | by hand, not flushed | by hand, flushed | \
flushes | file ÷ by hand | steno 0.5, memory | steno ÷ hopper |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
"
    .to_owned();
    for (workload, row) in rows {
        let _ = writeln!(
            table,
            "| {workload} | {} | {} | {} | {} | {} | {} | {} | {} |",
            shown(a_step(*workload, row, Subject::Memory)),
            shown(a_step(*workload, row, Subject::File)),
            shown(a_step(*workload, row, Subject::Unflushed)),
            shown(a_step(*workload, row, Subject::Floor)),
            flushes(row),
            shown(ratio(row, Subject::File, Subject::Floor)),
            shown(a_step(*workload, row, Subject::Steno)),
            shown(ratio(row, Subject::Steno, Subject::Memory)),
        );
    }
    table
}

/// The most memory a process had that ran the workload once.
pub(crate) fn peaks(rows: &[(Workload, Row)]) -> String {
    let mut table = "\
| peak MiB | hopper, memory | hopper, file | steno 0.5, memory |
|---|--:|--:|--:|
"
    .to_owned();
    for (workload, row) in rows.iter().filter(|(w, _)| w.shape != Shape::Ladder) {
        let _ = writeln!(
            table,
            "| {workload} | {} | {} | {} |",
            shown(mib(row, Subject::Memory)),
            shown(mib(row, Subject::File)),
            shown(mib(row, Subject::Steno)),
        );
    }
    table
}

/// What else there is to say.
pub(crate) fn notes(rows: &[(Workload, Row)], fdatasync: [Duration; 2]) -> String {
    let [before, after] = fdatasync.map(|d| d.as_secs_f64() * 1e6);
    let mut notes = format!(
        "Machine: {}. An fdatasync took {before:.0} µs before and {after:.0} µs after. \
         Medians; \"–\" was not run: it would take minutes.\n",
        machine::processor()
    );
    for (workload, row) in rows {
        if let Some(cost) = a_step(*workload, row, Subject::Threads) {
            let _ = writeln!(notes, "On two threads, {workload}: {cost:.1} µs a step.");
        }
    }
    notes
}

/// Microseconds a step.
pub(crate) fn a_step(workload: Workload, row: &Row, subject: Subject) -> Option<f64> {
    Some(row.get(&subject)?.run.as_secs_f64() * 1e6 / workload.n_steps() as f64)
}

/// How much longer one takes than the other.
pub(crate) fn ratio(row: &Row, one: Subject, other: Subject) -> Option<f64> {
    Some(row.get(&one)?.run.as_secs_f64() / row.get(&other)?.run.as_secs_f64())
}

/// The peak of memory in MiB.
pub(crate) fn mib(row: &Row, subject: Subject) -> Option<f64> {
    Some(row.get(&subject)?.peak_kib? as f64 / 1024.0)
}

/// How many times a durable run flushes the file.
fn flushes(row: &Row) -> String {
    let flushes = row.get(&Subject::Floor).and_then(|sample| sample.flushes);
    flushes.map_or_else(|| "–".to_owned(), |n| n.to_string())
}

fn shown(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(v) if 99.5 <= v => format!("{v:.0}"),
        Some(v) if 9.95 <= v => format!("{v:.1}"),
        Some(v) => format!("{v:.2}"),
    }
}
