//! The harness: fail at every step, run every step twice, undo every step twice.

use super::{
    lab::{Lab, on_paused_time},
    tamper::{INJECTED, Tamper},
};
use crate::{MemoryJournal, Outcome, Plan, Report};

/// Fails at every step in its turn, once before it acts and once after, and asserts that the run
/// was taken back and nothing is left. Returns the number of runs.
///
/// # Panics
///
/// If anything is left, an undo fails, or another step failed than should have.
#[expect(clippy::panic, reason = "a harness asserts")]
pub fn fail_at_every_step<L: Lab>(lab: &L) -> usize {
    let plan = lab.plan();
    let mut n_runs = 0;
    for node in plan.nodes() {
        let name = node.name().to_owned();
        for tamper in [Tamper::Refuse(name.clone()), Tamper::FailAfter(name.clone())] {
            let world = lab.world();
            let report = run(lab, &world, &plan.tampered(&tamper));
            let first = report.errors.first();
            if !first.is_some_and(|(s, e)| *s == name && e.to_string().contains(INJECTED)) {
                panic!("{tamper:?}: another step failed first:\n{report}");
            }
            assert_undone(lab, &world, &report, &format!("{tamper:?}"));
            n_runs += 1;
        }
    }
    n_runs
}

/// Runs every step twice under the same token, and asserts that it makes no difference: one undo
/// leaves nothing.
///
/// # Panics
///
/// If the run fails, or anything is left after the undo.
pub fn run_every_step_twice<L: Lab>(lab: &L) {
    let world = lab.world();
    up_and_down(lab, &world, &lab.plan().tampered(&Tamper::RunTwice), "every step twice");
}

/// Undoes every step twice, and asserts that the second time does no harm.
///
/// # Panics
///
/// If an undo fails, or anything is left.
pub fn undo_every_step_twice<L: Lab>(lab: &L) {
    let world = lab.world();
    up_and_down(lab, &world, &lab.plan().tampered(&Tamper::UndoTwice), "every undo twice");
}

#[expect(clippy::panic, reason = "a harness asserts")]
fn up_and_down<L: Lab>(lab: &L, world: &L::World, plan: &Plan, what: &str) {
    let journal = MemoryJournal::default();
    let up = on_paused_time(async { lab.engine(world, journal.clone()).run(plan).await });
    match up {
        Ok(report) if report.outcome == Outcome::Done => (),
        Ok(report) => panic!("{what}: the run failed:\n{report}"),
        Err(error) => panic!("{what}: the run failed: {error}"),
    }
    let down = on_paused_time(async {
        lab.engine(world, journal.clone()).registry(plan.registry()).undo().await
    });
    match down {
        Ok(report) => assert_undone(lab, world, &report, what),
        Err(error) => panic!("{what}: cannot undo: {error}"),
    }
}

#[expect(clippy::panic, reason = "a harness asserts")]
fn run<L: Lab>(lab: &L, world: &L::World, plan: &Plan) -> Report {
    on_paused_time(async { lab.engine(world, MemoryJournal::default()).run(plan).await })
        .unwrap_or_else(|error| panic!("the run could not begin: {error}"))
}

#[expect(clippy::panic, reason = "a harness asserts")]
pub(super) fn assert_undone<L: Lab>(lab: &L, world: &L::World, report: &Report, what: &str) {
    if report.outcome != Outcome::Undone {
        panic!("{what}: not undone:\n{report}");
    }
    let left = lab.leftovers(world);
    if !left.is_empty() {
        panic!("{what}: left:\n  {}\n{report}", left.join("\n  "));
    }
}
