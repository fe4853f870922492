//! What the engine aims at, and whether this run met it.

use crate::{
    measure::Subject,
    survey::Row,
    table::{a_step, mib, ratio},
    workload::{Shape, Workload},
};
use std::fmt::Write as _;

/// Every aim, with what was measured.
pub(crate) fn shown(rows: &[(Workload, Row)]) -> String {
    let row = |shape, size| {
        rows.iter().find(|(w, _)| *w == Workload::new(shape, size)).map(|(_, row)| row)
    };
    let memory =
        |shape, size| a_step(Workload::new(shape, size), row(shape, size)?, Subject::Memory);
    let growth = memory(Shape::FanOut, 50_000).zip(memory(Shape::FanOut, 1_000));
    let stages = Workload::new(Shape::Ladder, 24);
    let ladder = memory(Shape::Ladder, 24).map(|us| us * stages.n_steps() as f64 / 1e3);
    let durable = row(Shape::Chain, 1_000).and_then(|r| ratio(r, Subject::File, Subject::Floor));
    // With the journal in memory the peak holds the journal as well.
    let peak = row(Shape::FanOut, 50_000).and_then(|r| mib(r, Subject::File));
    let aims = [
        ("µs a step of a chain of 1,000, journal in memory", memory(Shape::Chain, 1_000), 8.0),
        ("times the floor for a durable chain of 1,000", durable, 1.2),
        ("µs a step of a fan-out of 10,000, journal in memory", memory(Shape::FanOut, 10_000), 6.0),
        ("times the cost a step at 50,000 of that at 1,000", growth.map(|(a, b)| a / b), 2.0),
        ("µs a step to fail and undo 1,000, journal in memory", memory(Shape::Undo, 1_000), 12.0),
        ("ms for a ladder of 24 stages, journal in memory", ladder, 2.0),
        ("MiB at the peak of 50,000 steps, journal in a file", peak, 80.0),
    ];
    let mut list = String::new();
    for (what, measured, most) in aims {
        let Some(measured) = measured else { continue };
        let verdict = if measured <= most { "met" } else { "missed" };
        let _ = writeln!(list, "- {measured:.2} {what}; the aim is at most {most}: {verdict}");
    }
    list
}
