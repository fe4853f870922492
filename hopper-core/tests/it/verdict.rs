//! What a person decides when an engine cannot: try again, skip, forget, mark as done.

use crate::{
    flaky::{Act, Flaky, Script},
    tricks::{Crew, Thing, Trick, World, stop, thing},
};
use hopper_core::{
    Clock, EngineError, Entry, Ledger, MemoryJournal, Outcome, Record, Report, State,
    prelude::*,
    testing::{Make, Shelf, on_paused_time},
};
use std::time::Duration;

fn engine(journal: &MemoryJournal, shelf: &Shelf, script: &Script) -> Engine {
    let steps = Registry::new().with::<Make>().with::<Flaky>();
    Engine::new(journal.clone()).env(shelf.clone()).env(script.clone()).registry(steps).seed(7)
}

/// `stuck` keeps `base`, and with it `ground`; `other` has nothing to do with them.
fn plan() -> Plan {
    let w = Workflow::new("w");
    let ground = w.step("ground").does(Make::new("ground"));
    let base = w.step("base").does(Make::new(ground));
    w.step("other").does(Make::new("other"));
    let stuck = w.step("stuck").after(&base).does(Flaky::default());
    w.step("top").after(&stuck).does(Make::new("top"));
    w.plan().unwrap()
}

fn left(report: &Report) -> Vec<&str> {
    report.left.iter().map(|l| &*l.name).collect()
}

/// A run whose undo stopped at `stuck`.
async fn parked() -> (MemoryJournal, Shelf, Script, Engine) {
    let (journal, shelf, script) =
        (MemoryJournal::default(), Shelf::default(), Script::new([Act::Work]));
    let e = engine(&journal, &shelf, &script);
    assert_eq!(e.run(&plan()).await.unwrap().outcome, Outcome::Done);
    script.fail_undo(1);
    let report = e.undo().await.unwrap();
    assert_eq!(report.outcome, Outcome::Stuck);
    assert_eq!(left(&report), ["ground", "base", "stuck"], "the others finish");
    assert_eq!(shelf.things().len(), 2);
    (journal, shelf, script, e)
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_can_be_tried_again() {
    let (_, shelf, script, e) = parked().await;
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
    assert!(shelf.is_empty() && script.made() == 0);
}

/// What is skipped stays, and is told; what it holds back is tried, in its place in the order.
#[tokio::test(start_paused = true)]
async fn what_is_skipped_holds_nothing_back() {
    let (_, shelf, script, e) = parked().await;
    let log = shelf.log().len();
    let report = e.clone().skip("stuck").undo().await.unwrap();
    assert_eq!((report.outcome, left(&report)), (Outcome::Stuck, vec!["stuck"]));
    assert_eq!(report.left[0].why, "left alone, as asked");
    assert_eq!(shelf.log()[log..], ["-ground#1#3", "-ground#1"]);
    assert_eq!(script.made(), 1, "it was left alone");
    // It is still known, and goes when it is asked to.
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
    assert_eq!(script.made(), 0);
}

/// The order holds across what is skipped: with the middle of a chain left alone, its ends do
/// not go at once.
#[tokio::test(start_paused = true)]
async fn the_order_holds_across_what_is_skipped() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let second = Duration::from_secs(1);
    let low = w.step("low").does(Make::new("low").taking(second));
    let mid = w.step("mid").after(&low).does(Make::new("mid").taking(second));
    w.step("high").after(&mid).does(Make::new("high").taking(3 * second));
    let e = engine(&journal, &shelf, &Script::default()).skip("mid");
    e.run(&w.plan().unwrap()).await.unwrap();
    e.undo().await.unwrap();
    assert_eq!(shelf.log()[3..], ["-high#3", "-low#1"]);
    assert_eq!(shelf.things(), ["mid#2"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_not_asked_again() {
    let (journal, shelf, script, e) = parked().await;
    e.forget("stuck").await.unwrap();
    assert_eq!(Ledger::of(&journal.entries()).get("stuck").unwrap().state, State::Undone);
    let report = e.undo().await.unwrap();
    assert_eq!((report.outcome, left(&report).len()), (Outcome::Undone, 0));
    assert!(shelf.is_empty());
    assert_eq!(script.made(), 1, "no call was made for it");
    // A run makes it anew.
    assert_eq!(e.run(&plan()).await.unwrap().outcome, Outcome::Done);
    assert_eq!(script.made(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_over_what_is_forgotten_and_what_is_marked_as_done() {
    let (_, shelf, script, e) = parked().await;
    e.mark_done("stuck", "by hand").await.unwrap();
    let report = e.run(&plan()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    let stuck = report.steps.iter().find(|s| s.name == "stuck").unwrap();
    assert_eq!(stuck.output.as_ref().unwrap().text(), "\"by hand\"");
    assert_eq!((script.made(), shelf.things().len()), (1, 4));
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
    assert!(shelf.is_empty() && script.made() == 0);
}

/// Nobody can know whether it was made but a person; both answers lead on.
#[test]
fn an_outcome_that_nobody_can_look_for_is_decided_by_a_person() {
    for made in [true, false] {
        let world = World::with([("a", Trick::Hang)]);
        let w = Workflow::new("attack");
        let a = w.step("a").does(stop("a"));
        w.step("b").does(thing(a));
        let (plan, journal) = (w.plan().unwrap(), MemoryJournal::default());
        let engine = |journal: &MemoryJournal| {
            let steps = Registry::new().with::<Thing<true>>().with::<Thing<false>>();
            let engine = Engine::new(journal.clone()).env(world.clone()).registry(steps);
            engine.seed(7).clock(Clock::fixed())
        };
        on_paused_time(async {
            let (engine, second) = (engine(&journal), Duration::from_secs(1));
            assert!(tokio::time::timeout(second, engine.run(&plan)).await.is_err());
        });
        let journal = journal.fork(journal.len());
        on_paused_time(async {
            let e = engine(&journal);
            let report = e.clone().on_failure(OnFailure::Keep).run(&plan).await.unwrap();
            assert_eq!(report.outcome, Outcome::Kept);
            let why = &report.left[0].why;
            assert!(why.contains("Engine::forget") && why.contains("Engine::mark_done"), "{why}");
            if made {
                e.mark_done("a", "a.1").await.unwrap();
            } else {
                world.remove("a");
                e.forget("a").await.unwrap();
            }
            assert_eq!(e.run(&plan).await.unwrap().outcome, Outcome::Done);
            let mut things = world.things();
            things.sort();
            assert_eq!(things, if made { ["a", "a.1"] } else { ["a", "a.2"] });
            assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
            assert!(world.things().is_empty());
        });
    }
}

#[tokio::test(start_paused = true)]
async fn skipping_a_step_skips_what_ran_inside_it() {
    let (world, journal) = (World::default(), MemoryJournal::default());
    let w = Workflow::new("attack");
    w.step("crew").does(Crew { size: 2 });
    let steps = Registry::new().with::<Crew>().with::<Thing<false>>();
    let e = Engine::new(journal).env(world.clone()).registry(steps).seed(7);
    e.run(&w.plan().unwrap()).await.unwrap();
    let all = world.things();
    let report = e.clone().skip("crew").undo().await.unwrap();
    assert_eq!((report.outcome, report.left.len()), (Outcome::Stuck, 4));
    assert_eq!(world.things(), all);
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
    assert!(world.things().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_verdict_that_makes_no_sense_is_refused_and_writes_nothing() {
    let (journal, _, _, e) = parked().await;
    let verdicts = |entries: &[Entry]| {
        let is =
            |e: &&Entry| matches!(e.record, Record::Forgotten { .. } | Record::MarkedDone { .. });
        entries.iter().filter(is).count()
    };
    for (refused, why) in [
        (e.forget("nothing").await, "step `nothing`: is not in the journal"),
        (e.forget("other").await, "step `other`: nothing of it is left"),
        (e.mark_done("other", "x").await, "step `other`: nothing of it is left"),
        (e.mark_done("base", "x").await, "step `base`: is done already"),
        (e.mark_done("stuck", &[1]).await, "step `stuck`: cannot decode the step's output"),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, EngineError::Verdict { .. }), "{error}");
        assert!(error.to_string().starts_with(why), "{error}");
    }
    let error = e.clone().skip("nothing").undo().await.unwrap_err();
    assert!(error.to_string().contains("is not in the journal"), "{error}");
    assert_eq!(verdicts(&journal.entries()), 0);
    // And while another owner is at work it has the say.
    let blank = Engine::new(journal.clone());
    let error = blank.mark_done("stuck", "x").await.unwrap_err();
    assert!(matches!(error, EngineError::UnknownKind(_)), "{error}");
    blank.forget("stuck").await.unwrap();
    assert_eq!(verdicts(&journal.entries()), 1);
}
