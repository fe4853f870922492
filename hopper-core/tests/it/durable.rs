//! The engine on a journal in a file, and on one that breaks.

use async_trait::async_trait;
use hopper_core::{
    Clock, Engine, EngineError, Entry, FileJournal, Journal, JournalError, Lease, Ledger,
    MemoryJournal, Outcome, Owner, Plan, Record, Registry,
    prelude::*,
    testing::{Make, Shelf},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

fn engine(journal: impl Journal + 'static, shelf: &Shelf) -> Engine {
    Engine::new(journal).env(shelf.clone()).registry(Registry::new().with::<Make>()).seed(7)
}

/// `n` things, each of which rests on the one before.
fn chain(n: usize) -> Plan {
    let w = Workflow::new("chain");
    let mut last = w.step(0).does(Make::new("first"));
    for i in 1..n {
        last = w.step(i).after(&last).does(Make::new("next"));
    }
    w.plan().unwrap()
}

/// Run, undo by another process that has the file and a registry only, and run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_carries_a_run_from_process_to_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hopper.journal");
    let shelf = Shelf::default();
    let plan = chain(20);
    let report = engine(FileJournal::new(&path), &shelf).run(&plan).await.unwrap();
    assert_eq!((report.outcome, shelf.things().len()), (Outcome::Done, 20));
    let ledger = Ledger::of(&FileJournal::new(&path).read().await.unwrap());
    assert_eq!((ledger.left().count(), ledger.run().unwrap().workflow.as_str()), (20, "chain"));
    let report = engine(FileJournal::new(&path), &shelf).undo().await.unwrap();
    assert_eq!((report.outcome, shelf.is_empty()), (Outcome::Undone, true));
    let report = engine(FileJournal::new(&path), &shelf).run(&plan).await.unwrap();
    assert_eq!((report.outcome, shelf.things().len()), (Outcome::Done, 20));
}

#[tokio::test(start_paused = true)]
async fn a_second_engine_is_told_who_holds_the_journal() {
    let journal = MemoryJournal::default();
    let shelf = Shelf::default();
    let w = Workflow::new("w");
    w.step("slow").does(Make::new("slow").taking(Duration::from_secs(300)));
    let plan = w.plan().unwrap();
    let clock = Clock::fixed();
    let first = engine(journal.clone(), &shelf).owner("alice@laptop").clock(clock.clone());
    let second = engine(journal.clone(), &shelf).owner("bob").clock(clock);
    let (ran, refused) = tokio::join!(first.run(&plan), async {
        // Longer than a lease lasts without a sign of life.
        tokio::time::sleep(Duration::from_secs(200)).await;
        second.run(&plan).await
    });
    assert_eq!(ran.unwrap().outcome, Outcome::Done);
    let refused = refused.unwrap_err();
    assert!(matches!(&refused, EngineError::Journal(JournalError::Busy { .. })), "{refused}");
    assert!(refused.to_string().contains("alice@laptop"), "{refused}");
    assert_eq!(shelf.things().len(), 1);
}

/// A journal whose disk is full after `room` records.
#[derive(Clone, Debug)]
struct Full {
    inner: MemoryJournal,
    room: Arc<AtomicUsize>,
}

impl Full {
    fn after(room: usize) -> Self {
        Self { inner: MemoryJournal::default(), room: Arc::new(AtomicUsize::new(room)) }
    }
}

#[async_trait]
impl Journal for Full {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.inner.acquire(owner, at).await
    }
    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.inner.read().await
    }
    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        if self.room.load(Ordering::SeqCst) < self.inner.len() + batch.len() {
            return Err(JournalError::Io {
                path: Path::new("full.journal").to_owned(),
                action: "append",
                source: std::io::Error::from(std::io::ErrorKind::StorageFull),
            });
        }
        self.inner.append(lease, at, batch).await
    }
    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.inner.release(lease, at).await
    }
}

/// Whenever the disk fills up: nothing is started whose intent is not written, and with room
/// again the next run goes on, and the next undo leaves nothing.
#[tokio::test(start_paused = true)]
async fn a_full_disk_stops_new_work_before_it_starts() {
    let plan = chain(5);
    for room in 1..12 {
        let (journal, shelf) = (Full::after(room), Shelf::default());
        let error = engine(journal.clone(), &shelf).run(&plan).await.unwrap_err();
        assert!(error.to_string().contains("full.journal: cannot append"), "{error}");
        let ledger = Ledger::of(&journal.inner.entries());
        let intents = ledger.steps().len();
        assert!(shelf.things().len() <= intents, "{room}: {:?}", shelf.things());
        // The process is gone; another finds what it left.
        let journal = journal.inner.fork(journal.inner.len());
        let report = engine(journal.clone(), &shelf).run(&plan).await.unwrap();
        assert_eq!((report.outcome, shelf.things().len()), (Outcome::Done, 5), "{room}");
        engine(journal, &shelf).undo().await.unwrap();
        assert!(shelf.is_empty(), "{room}: {:?}", shelf.things());
    }
}

/// Someone who took over while we were stopped: what we append is refused, and we stop.
#[tokio::test(start_paused = true)]
async fn an_owner_that_lost_its_lease_starts_nothing_more() {
    #[derive(Clone, Debug)]
    struct Stolen(MemoryJournal, Arc<AtomicUsize>);
    #[async_trait]
    impl Journal for Stolen {
        async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
            self.0.acquire(owner, at).await
        }
        async fn read(&self) -> Result<Vec<Entry>, JournalError> {
            self.0.read().await
        }
        async fn append(&self, lease: &Lease, at: u64, b: &[Record]) -> Result<(), JournalError> {
            if self.1.fetch_add(1, Ordering::SeqCst) == 3 {
                let thief = Owner::new("thief");
                let later = at + 10 * u64::try_from(Lease::DURATION.as_millis()).unwrap();
                let _lease = self.0.acquire(&thief, later).await?;
            }
            self.0.append(lease, at, b).await
        }
        async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
            self.0.release(lease, at).await
        }
    }
    let shelf = Shelf::default();
    let journal = Stolen(MemoryJournal::default(), Arc::default());
    let error = engine(journal, &shelf).run(&chain(10)).await.unwrap_err();
    assert!(matches!(error, EngineError::Journal(JournalError::Fenced { .. })), "{error}");
    assert!(shelf.things().len() <= 3, "{:?}", shelf.things());
}
