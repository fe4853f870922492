//! Attacks on the promise: whatever fails, and whenever the process dies, what was made is either
//! recorded and usable, or gone.

use crate::tricks::{Crew, Key, Lock, Outer, Thing, Trick, Unreadable, World, stop, thing};
use async_trait::async_trait;
use hopper_core::{
    Cancel, Clock, Engine, EngineError, Entry, Event, Journal, JournalError, Lease, Ledger,
    MemoryJournal, OnFailure, Outcome, Owner, Plan, Record, Registry, State,
    prelude::*,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use std::{
    panic::AssertUnwindSafe,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

fn engine(journal: impl Journal + 'static, world: &World) -> Engine {
    let steps = Registry::new().with::<Thing<false>>().with::<Thing<true>>().with::<Key>();
    Engine::new(journal)
        .env(world.clone())
        .registry(steps.with::<Crew>().with::<Lock>().with::<Outer>().with::<Unreadable>())
        .clock(Clock::fixed())
        .seed(7)
}

fn plan(recipe: impl FnOnce(&Workflow)) -> Plan {
    let w = Workflow::new("attack");
    recipe(&w);
    w.plan().unwrap()
}

/// Runs for a second and dies; returns what the next process finds.
fn dies(journal: &MemoryJournal, world: &World, plan: &Plan) -> MemoryJournal {
    on_paused_time(async {
        let engine = engine(journal.clone(), world);
        let ran = tokio::time::timeout(Duration::from_secs(1), engine.run(plan)).await;
        assert!(ran.is_err(), "it should hang");
    });
    journal.fork(journal.len())
}

async fn outcome(run: impl Future<Output = Result<hopper_core::Report, EngineError>>) -> Outcome {
    run.await.unwrap().outcome
}

/// An undo that had to stop is no knowledge of what was made: the step is not run again.
#[test]
fn what_can_be_neither_found_nor_repeated_is_not_repeated_after_an_undo() {
    let (world, plan) =
        (World::with([("a", Trick::Hang)]), plan(|w| drop(w.step("a").does(stop("a")))));
    let journal = dies(&MemoryJournal::default(), &world, &plan);
    on_paused_time(async {
        assert_eq!(outcome(engine(journal.clone(), &world).undo()).await, Outcome::Stuck);
        assert_eq!(outcome(engine(journal.clone(), &world).run(&plan)).await, Outcome::Stuck);
    });
    assert_eq!((world.runs(), world.things().len()), (1, 1));
}

/// What was undone in part, twice, is not adopted as whole by the run after that.
#[tokio::test(start_paused = true)]
async fn what_is_half_undone_is_never_adopted() {
    let world = World::with([("a", Trick::HalfUndo), ("a", Trick::HalfUndo)]);
    let plan = plan(|w| drop(w.step("a").does(thing("a"))));
    let e = engine(MemoryJournal::default(), &world).on_failure(OnFailure::Keep);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Done);
    assert_eq!(outcome(e.undo()).await, Outcome::Stuck);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Kept);
    assert_eq!(world.things(), ["half undone"]);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Done);
    assert_eq!(world.things(), ["a"]);
    assert_eq!(outcome(e.undo()).await, Outcome::Undone);
    assert!(world.things().is_empty());
}

/// Nor what a try took back in part before the next one, whatever a shallow look says.
#[tokio::test(start_paused = true)]
async fn what_a_try_took_back_in_part_is_never_adopted() {
    let world = World::with([("a", Trick::Half), ("a", Trick::HalfUndo)]);
    let plan = plan(|w| drop(w.step("a").does(thing("a"))));
    let e = engine(MemoryJournal::default(), &world).on_failure(OnFailure::Keep);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Kept, "it made a half");
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Kept, "the half was undone in part");
    assert_eq!(world.things(), ["half undone"]);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Done);
    assert_eq!(world.things(), ["a"]);
}

/// That an inner step never began says nothing about what the outer one has made.
#[tokio::test(start_paused = true)]
async fn an_inner_step_that_never_began_does_not_hide_what_the_outer_made() {
    let (world, plan) = (World::default(), plan(|w| drop(w.step("outer").does(Outer {}))));
    let report = engine(MemoryJournal::default(), &world).run(&plan).await.unwrap();
    assert!(report.errors[0].1.to_string().contains("not like this"), "{report}");
    assert_eq!((report.outcome, world.things().len()), (Outcome::Undone, 0));
}

/// A key that is lost with its process is made again, and so is every lock it opened: those that
/// are done, and those of which nobody knows.
#[test]
fn no_lock_outlives_its_key() {
    for trick in [("front", Trick::Hang), ("back", Trick::Hang), ("shed", Trick::Hang)] {
        let world = World::with([trick.clone()]);
        let plan = plan(|w| {
            let key = w.step("key").does(Key {});
            let front = w.step("front").does(Lock { key: key.clone() });
            w.step("back").after(&front).does(Lock { key: key.clone() });
            let bell = w.step("bell").after(&front).does(thing("bell"));
            w.step("shed").after(&bell).does(Lock { key });
        });
        let journal = dies(&MemoryJournal::default(), &world, &plan);
        on_paused_time(async {
            let e = engine(journal.clone(), &world);
            assert_eq!(outcome(e.run(&plan)).await, Outcome::Done, "{trick:?}");
            let mut things = world.things();
            things.sort();
            let key = things.iter().find(|t| t.starts_with("key")).unwrap();
            let lock = format!("lock of {key}");
            assert_eq!(things, ["bell", key, &lock, &lock, &lock], "{trick:?}");
            assert_eq!(outcome(e.undo()).await, Outcome::Undone);
        });
        assert!(world.things().is_empty());
    }
}

/// A secret, locks that rest on it, sub-steps and notes.
struct House;

impl Lab for House {
    type World = World;
    fn world(&self) -> World {
        World::default()
    }
    fn plan(&self) -> Plan {
        plan(|w| {
            let key = w.step("key").does(Key {});
            let crew = w.step("crew").does(Crew { size: 2 });
            let front = w.step("front").after(&crew).does(Lock { key: key.clone() });
            let bell = w.step("bell").after(&front).does(thing(crew.at(2)));
            w.step("back").after(&bell).undo_before(&crew).does(Lock { key });
        })
    }
    fn engine(&self, world: &World, journal: MemoryJournal) -> Engine {
        engine(journal, world)
    }
    fn leftovers(&self, world: &World) -> Vec<String> {
        world.things()
    }
    /// What stands there, and which locks the key opens.
    fn picture(&self, world: &World) -> String {
        let mut things = world.things();
        let key = things.iter().find(|t| t.starts_with("key")).cloned().unwrap_or_default();
        for thing in &mut things {
            *thing = thing.replace(&key, "the key");
            if thing.starts_with("part 0.") {
                thing.retain(|c| !c.is_ascii_digit());
            }
        }
        things.sort();
        things.join(", ")
    }
}

#[test]
fn a_house_with_secrets_and_sub_steps_withstands_everything() {
    assert_eq!(fail_at_every_step(&House), 10);
    run_every_step_twice(&House);
    undo_every_step_twice(&House);
    let crashes = crash_after_every_record(&House);
    assert!(20 < crashes.running && 15 < crashes.undoing, "{crashes:?}");
}

/// A listener's panic neither drops calls nor keeps the lease; it comes out in the end.
#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_spoils_nothing() {
    let (world, journal) = (World::default(), MemoryJournal::default());
    let plan = plan(|w| {
        let a = w.step("a").does(thing("a"));
        w.step("b").does(thing(a));
    });
    let e = engine(journal.clone(), &world);
    let loud = e.clone().observe(|_: Duration, event: &Event| {
        assert!(!matches!(event, Event::Done { .. }), "out of paper");
    });
    let run = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(loud.run(&plan)));
    assert!(run.await.is_err(), "the panic is told");
    let ledger = Ledger::of(&journal.entries());
    assert!(ledger.steps().len() == 2 && ledger.steps().iter().all(|a| a.state == State::Done));
    assert_eq!(outcome(e.undo()).await, Outcome::Undone);
    assert!(world.things().is_empty());
}

/// A journal that cannot be written from record `from` on, for `times` appends.
#[derive(Clone, Debug)]
struct Failing(MemoryJournal, usize, Arc<AtomicUsize>);

#[async_trait]
impl Journal for Failing {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.0.acquire(owner, at).await
    }
    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.0.read().await
    }
    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        let left = self.2.load(Ordering::SeqCst);
        if self.1 < self.0.len() + batch.len() && 0 < left {
            self.2.store(left - 1, Ordering::SeqCst);
            let (path, source) = (Path::new("x").to_owned(), std::io::Error::other("full"));
            return Err(JournalError::Io { path, action: "append", source });
        }
        self.0.append(lease, at, batch).await
    }
    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.0.release(lease, at).await
    }
}

/// Wherever the journal fails for a while: once it works again the same process can go on at
/// once, and no step that never acted looks as if it might have.
#[tokio::test(start_paused = true)]
async fn a_journal_that_recovers_is_gone_on_with() {
    let plan = plan(|w| {
        let a = w.step("a").does(stop("a"));
        let b = w.step("b").after(&a).does(stop("b"));
        w.step("c").after(&b).does(stop("c"));
    });
    for from in 1..8 {
        for times in 1..4 {
            let world = World::default();
            let left = Arc::new(AtomicUsize::new(times));
            let e = engine(Failing(MemoryJournal::default(), from, left.clone()), &world);
            let error = e.run(&plan).await.unwrap_err();
            assert!(matches!(error, EngineError::Journal(JournalError::Io { .. })), "{error}");
            left.store(0, Ordering::SeqCst);
            let what = format!("{times} from {from}");
            let again = e.clone().on_failure(OnFailure::Keep).run(&plan).await;
            let again = again.unwrap_or_else(|error| panic!("{what}: {error}"));
            // What acted and could not be recorded is the one thing nobody can know.
            let mut unknown = again.left.iter().filter(|l| l.why.contains("it is unknown"));
            if let Some(step) = unknown.next() {
                assert!(world.things().contains(&step.name), "{what}: {again}");
                assert!(1 < times, "{what}: a second try would have recorded it");
                continue;
            }
            assert_eq!((again.outcome, world.runs()), (Outcome::Done, 3), "{what}: {again}");
            assert_eq!(outcome(e.undo()).await, Outcome::Undone, "{what}");
            assert!(world.things().is_empty(), "{what}");
        }
    }
}

/// A second cancellation loses no outcome that is known.
#[tokio::test(start_paused = true)]
async fn an_outcome_that_comes_with_the_second_cancel_is_recorded() {
    let cancel = Cancel::default();
    let world = World::with([("a", Trick::CancelTwice(cancel.clone()))]);
    let plan = plan(|w| {
        let a = w.step("a").does(stop("a"));
        w.step("b").after(&a).does(stop("b"));
    });
    let e = engine(MemoryJournal::default(), &world);
    let report = e.clone().cancel(cancel.clone()).run(&plan).await.unwrap();
    assert_eq!((report.outcome, report.steps[0].state), (Outcome::Abandoned, State::Done));
    // Nothing is started that would have to be dropped at once.
    assert_eq!(outcome(e.clone().cancel(cancel).undo()).await, Outcome::Abandoned);
    assert_eq!(outcome(e.run(&plan)).await, Outcome::Done);
    assert_eq!(world.runs(), 2);
}

/// Many steps on several threads, cancelled at any moment, and undone with the same impatience:
/// the records always tell all that is there.
#[test]
fn whenever_it_is_cancelled_on_several_threads_the_records_tell_what_is_there() {
    let plan = plan(|w| {
        let mut row: Vec<_> = (0..8).map(|i| w.step(format!("0-{i}")).does(thing("x"))).collect();
        for r in 1..12 {
            row = (0..8)
                .map(|i| w.step(format!("{r}-{i}")).does(thing(row[(i + r) % 8].clone())))
                .collect();
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for n in 0..60u64 {
            let world = World::with([("5-3", Trick::Half)]);
            let e = engine(MemoryJournal::default(), &world);
            let hasty = |twice: bool| {
                let cancel = Cancel::default();
                let hasty = e.clone().cancel(cancel.clone());
                let hurry = tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_micros(n * 40)).await;
                    cancel.cancel();
                    if twice {
                        cancel.cancel();
                    }
                });
                (hasty, hurry)
            };
            let (run, hurry) = hasty(n % 2 == 0);
            run.run(&plan).await.unwrap();
            hurry.await.unwrap();
            let (undo, hurry) = hasty(true);
            undo.undo().await.unwrap();
            hurry.await.unwrap();
            world.behave();
            assert_eq!(outcome(e.run(&plan)).await, Outcome::Done, "{n}");
            assert_eq!(world.things().len(), 96, "{n}");
            assert_eq!(outcome(e.undo()).await, Outcome::Undone, "{n}");
            assert!(world.things().is_empty(), "{n}");
        }
    });
}
