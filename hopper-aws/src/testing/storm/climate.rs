//! [`Climate`]: what a recipe does in calm weather, so that storms strike where it hurts.

use super::super::Stage;
use hopper_core::{
    EngineError, MemoryJournal, Outcome, Report,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Call;
use std::{collections::BTreeMap, time::Duration};

/// The calls of a calm run and of its undo.
#[derive(Debug)]
pub(super) struct Climate {
    /// Every call in its order: the operation (`ec2:CreateVpc`), and how many of it came before.
    pub(super) calls: Vec<(String, u32)>,
    /// How many calls belong to the run; the others are of the undo.
    pub(super) n_up: usize,
    /// How often each operation is called, by its bare name.
    pub(super) count: BTreeMap<String, u32>,
    /// The picture of the world when the run is complete.
    pub(super) picture: String,
    /// How long the run takes, and how long its undo.
    pub(super) took: (Duration, Duration),
}

impl Climate {
    /// Plays a recipe in calm weather.
    ///
    /// # Panics
    ///
    /// If even that fails.
    pub(super) fn of(stage: &Stage) -> Self {
        let mock = stage.world();
        let n_before = mock.calls().len();
        let play = on_paused_time(async {
            let engine = stage.play(&mock, MemoryJournal::default());
            let up = came_to(engine.run(&stage.plan()).await, Outcome::Done);
            let picture = stage.picture(&mock);
            let n_up = mock.calls().len();
            let down = came_to(engine.undo().await, Outcome::Undone);
            (up.took, down.took, picture, n_up)
        });
        let (up, down, picture, n_up) = play;
        let all = mock.calls();
        let mut count = BTreeMap::<String, u32>::new();
        let mut of_kind = BTreeMap::<String, u32>::new();
        let mut calls = Vec::new();
        for call in all.iter().skip(n_before) {
            *count.entry(call.operation.clone()).or_default() += 1;
            let name = name(call);
            let n = of_kind.entry(name.clone()).or_default();
            calls.push((name, *n));
            *n += 1;
        }
        Self { calls, n_up: n_up - n_before, count, picture, took: (up, down) }
    }

    /// How often an operation is called.
    pub(super) fn n(&self, operation: &str) -> u32 {
        self.count.get(operation).copied().unwrap_or_default()
    }

    /// The calls that change something, of the run or of the undo, whose operations the other one
    /// does not call.
    pub(super) fn changes(&self, of_undo: bool) -> Vec<&(String, u32)> {
        let (up, down) = self.calls.split_at(self.n_up);
        let (own, other) = if of_undo { (down, up) } else { (up, down) };
        let is_own = |call: &&(String, u32)| {
            !is_read(&call.0) && other.iter().all(|(operation, _)| *operation != call.0)
        };
        own.iter().filter(is_own).collect()
    }
}

fn name(call: &Call) -> String {
    format!("{}:{}", call.service, call.operation)
}

fn is_read(operation: &str) -> bool {
    let bare = operation.split_once(':').map_or(operation, |(_, bare)| bare);
    ["Describe", "Get", "List"].iter().any(|read| bare.starts_with(read))
}

#[expect(clippy::panic, reason = "a test cannot go on")]
fn came_to(report: Result<Report, EngineError>, outcome: Outcome) -> Report {
    match report {
        Ok(report) if report.outcome == outcome => report,
        Ok(report) => panic!("in calm weather:\n{report}"),
        Err(error) => panic!("in calm weather: {error}"),
    }
}
