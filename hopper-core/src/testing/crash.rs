//! Crash after every record, and resume.

use super::{
    harness::assert_undone,
    lab::{Lab, on_paused_time},
};
use crate::{
    Engine, Entry, Journal, JournalError, Lease, MemoryJournal, Outcome, Owner, Plan, Record,
    Report,
};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::Notify;

/// What [`crash_after_every_record`] tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crashes {
    /// Crashes while running.
    pub running: usize,
    /// Crashes while undoing.
    pub undoing: usize,
}

/// Crashes after every record of a run, then resumes and undoes, in another world undoes at once,
/// and in a third crashes again while resuming and then undoes; crashes after every record of an undo, then undoes, and in another world runs again and
/// undoes. Asserts that a resumed run leads to the same [picture](Lab::picture) as one that was
/// not interrupted, and that in the end nothing is left.
///
/// A crash lets the records up to it become durable, and drops everything in flight.
///
/// # Panics
///
/// If any of that does not hold.
pub fn crash_after_every_record<L: Lab>(lab: &L) -> Crashes {
    let plan = lab.plan();
    let (world, journal) = (lab.world(), MemoryJournal::default());
    assert_done(&up(lab, &world, &journal, &plan), "uninterrupted");
    let (picture, n_up) = (lab.picture(&world), journal.len());
    assert_undone(lab, &world, &down(lab, &world, &journal, &plan), "uninterrupted");
    let n_down = journal.len();

    for n in 0..n_up {
        let what = format!("crash after {n} of {n_up} records");
        let crashed = || {
            let (world, journal) = (lab.world(), MemoryJournal::default());
            let left = crash(lab, &world, &journal, n, async |e: &Engine| e.run(&plan).await);
            (world, left)
        };
        let (world, journal) = crashed();
        assert_done(&up(lab, &world, &journal, &plan), &what);
        let resumed = lab.picture(&world);
        assert_eq!(resumed, picture, "{what}: the resumed run made another world");
        assert_undone(lab, &world, &down(lab, &world, &journal, &plan), &what);

        let (world, journal) = crashed();
        if has_begun(&journal) {
            assert_undone(lab, &world, &down(lab, &world, &journal, &plan), &what);
        }

        // Once more while resuming, some records later.
        let (world, journal) = crashed();
        let again = n + 1 + 7 * n % 13;
        let journal = crash(lab, &world, &journal, again, async |e: &Engine| e.run(&plan).await);
        if has_begun(&journal) {
            let what = format!("{what}, and again after {again}");
            assert_undone(lab, &world, &down(lab, &world, &journal, &plan), &what);
        }
    }
    for n in n_up..n_down {
        let what = format!("crash in the undo after {n} of {n_down} records");
        let crashed = || {
            let (world, journal) = (lab.world(), MemoryJournal::default());
            assert_done(&up(lab, &world, &journal, &plan), &what);
            let registry = plan.registry();
            let left = crash(lab, &world, &journal, n, async |e: &Engine| {
                e.clone().registry(registry.clone()).undo().await
            });
            (world, left)
        };
        let (world, journal) = crashed();
        assert_undone(lab, &world, &down(lab, &world, &journal, &plan), &what);

        let (world, journal) = crashed();
        assert_done(&up(lab, &world, &journal, &plan), &what);
        let resumed = lab.picture(&world);
        assert_eq!(resumed, picture, "{what}: running again made another world");
        assert_undone(lab, &world, &down(lab, &world, &journal, &plan), &what);
    }
    Crashes { running: n_up, undoing: n_down - n_up }
}

/// Whether there is a run to undo.
pub(super) fn has_begun(journal: &MemoryJournal) -> bool {
    journal.entries().iter().any(|e| matches!(e.record, Record::Run(_)))
}

pub(super) fn up<L: Lab>(
    lab: &L,
    world: &L::World,
    journal: &MemoryJournal,
    plan: &Plan,
) -> Report {
    let report = on_paused_time(async { lab.engine(world, journal.clone()).run(plan).await });
    expect(report, "the run could not begin")
}

fn down<L: Lab>(lab: &L, world: &L::World, journal: &MemoryJournal, plan: &Plan) -> Report {
    let report = on_paused_time(async {
        lab.engine(world, journal.clone()).registry(plan.registry()).undo().await
    });
    expect(report, "the undo could not begin")
}

/// Crashes once the journal holds `n` records, and returns what the next process finds.
pub(super) fn crash<L: Lab>(
    lab: &L,
    world: &L::World,
    journal: &MemoryJournal,
    n: usize,
    act: impl AsyncFnOnce(&Engine) -> Result<Report, crate::EngineError>,
) -> MemoryJournal {
    let crashed = Arc::new(Notify::new());
    let journal = Crashing { journal: journal.clone(), n, crashed: crashed.clone() };
    let memory = journal.journal.clone();
    on_paused_time(async {
        let engine = lab.engine(world, memory.clone()).with_journal(journal);
        tokio::select! {
            biased;
            () = crashed.notified() => (),
            _ = act(&engine) => (),
        }
    });
    memory.fork(n)
}

/// A journal that keeps `n` records, and then never answers.
#[derive(Debug)]
struct Crashing {
    journal: MemoryJournal,
    n: usize,
    crashed: Arc<Notify>,
}

impl Crashing {
    async fn crash<T>(&self) -> T {
        self.crashed.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl Journal for Crashing {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        let lease = self.journal.acquire(owner, at).await?;
        if self.n <= self.journal.len() {
            return self.crash().await;
        }
        Ok(lease)
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.journal.read().await
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        let room = self.n.saturating_sub(self.journal.len());
        if batch.len() < room {
            return self.journal.append(lease, at, batch).await;
        }
        self.journal.append(lease, at, &batch[..room]).await?;
        self.crash().await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        if self.n <= self.journal.len() {
            return self.crash().await;
        }
        self.journal.release(lease, at).await
    }
}

#[expect(clippy::panic, reason = "a harness asserts")]
pub(super) fn assert_done(report: &Report, what: &str) {
    if report.outcome != Outcome::Done {
        panic!("{what}: the run failed:\n{report}");
    }
}

#[expect(clippy::panic, reason = "a harness asserts")]
pub(super) fn expect(report: Result<Report, crate::EngineError>, what: &str) -> Report {
    report.unwrap_or_else(|error| panic!("{what}: {error}"))
}
