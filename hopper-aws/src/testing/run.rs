//! [`Run`]: a run of a recipe on the simulated AWS.

use super::{Stage, redacted};
use hopper_core::{Engine, MemoryJournal, Outcome, Plan, Report, StepDrift};
use hopper_mock::Mock;
use std::{fmt::Write as _, future::Future, time::Duration};
use tokio::runtime::Runtime;

/// A run of a recipe on the simulated AWS, on a clock that jumps to whatever comes next.
///
/// It can be asked what happened, changed behind its back, checked, gone on with and undone, each
/// time by a new engine that knows the journal only, as a newly started program would.
#[derive(Debug)]
pub struct Run {
    stage: Stage,
    runtime: Runtime,
    plan: Plan,
    mock: Mock,
    journal: MemoryJournal,
    report: Report,
}

impl Run {
    /// Plays a plan on the stage.
    #[expect(clippy::expect_used, reason = "a test cannot go on")]
    pub(super) fn new(stage: Stage, mock: Mock) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime can be made");
        let (plan, journal) = (stage.plan(), MemoryJournal::default());
        let report = runtime
            .block_on(async { stage.play(&mock, journal.clone()).run(&plan).await })
            .expect("a fresh journal can be run on");
        Self { stage, runtime, plan, mock, journal, report }
    }

    /// What the run came to, or its latest [resumption](Self::resume). `Display` is made for
    /// snapshots: times are the simulator's, and the same every time.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The simulated AWS, to look at its world and its calls, to change what is there, to set
    /// faults, and so on.
    #[must_use]
    pub fn mock(&self) -> &Mock {
        &self.mock
    }

    /// The journal. `Display` shows its records.
    #[must_use]
    pub fn journal(&self) -> &MemoryJournal {
        &self.journal
    }

    /// Every call so far, one to a line: when, which, and what came of it, [`redacted`]. The
    /// parameters are left out; [`calls_in_full`](Self::calls_in_full) has them.
    #[must_use]
    pub fn calls(&self) -> String {
        let mut lines = String::new();
        for call in self.mock.calls().iter() {
            _ = writeln!(lines, "{} {} {}", call.at, call.operation, call.outcome);
        }
        redacted(&lines)
    }

    /// Every call so far with its parameters, [`redacted`].
    #[must_use]
    pub fn calls_in_full(&self) -> String {
        redacted(&self.mock.calls().to_string())
    }

    /// Lets time pass, with everything that happens by itself in it.
    pub fn later(&self, duration: Duration) {
        self.wait(async {
            tokio::time::sleep(duration).await;
            self.mock.world() // what was due has happened
        });
    }

    /// How the world differs from the journal.
    ///
    /// # Panics
    ///
    /// If it cannot be found out.
    #[expect(clippy::expect_used, reason = "a test cannot go on")]
    #[must_use]
    pub fn check(&self) -> Vec<StepDrift> {
        self.wait(async { self.engine().check().await }).expect("the world can be asked")
    }

    /// Goes on with the run, and reports.
    ///
    /// # Panics
    ///
    /// If the journal refuses.
    #[expect(clippy::expect_used, reason = "a test cannot go on")]
    pub fn resume(&mut self) -> &Report {
        let report = self.wait(async { self.engine().run(&self.plan).await });
        self.report = report.expect("the journal can be gone on with");
        &self.report
    }

    /// Undoes the run, from its journal alone, and reports.
    ///
    /// # Panics
    ///
    /// If anything is left of it.
    #[expect(clippy::expect_used, reason = "a test cannot go on")]
    pub fn down(&self) -> Report {
        let report = self.wait(async { self.engine().undo().await });
        let report = report.expect("the journal can be undone");
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        self.assert_nothing_left();
        report
    }

    /// Asserts that the world holds nothing that was not there before the run.
    ///
    /// # Panics
    ///
    /// If anything is left.
    pub fn assert_nothing_left(&self) {
        let left = self.stage.left(&self.mock);
        assert!(left.is_empty(), "left of the run: {left:#?}");
    }

    /// Waits for a future on the run's clock: a client of one's own, say.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn engine(&self) -> Engine {
        self.stage.play(&self.mock, self.journal.clone())
    }
}
