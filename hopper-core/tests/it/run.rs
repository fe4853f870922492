//! Running, failing, retrying, resuming, undoing.

use crate::flaky::{Act, Flaky, Script};
use hopper_core::{
    Cancel, Clock, Engine, EngineError, Entry, Envs, Event, MemoryJournal, OnFailure, Outcome,
    Plan, Record, Registry, Retry, Secret, State,
    prelude::*,
    testing::{Make, Shelf},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

fn engine(journal: &MemoryJournal, shelf: &Shelf, script: &Script) -> Engine {
    Engine::new(journal.clone())
        .envs(Envs::default().with(shelf.clone()).with(script.clone()))
        .registry(Registry::new().with::<Make>().with::<Flaky>())
        .clock(Clock::fixed())
        .seed(7)
}

/// Two arms from one root, joined again.
fn diamond() -> Plan {
    let w = Workflow::new("diamond");
    let root = w.step("root").does(Make::new("root").taking(Duration::from_secs(1)));
    let arm = |name: &str, secs| {
        w.step(name).does(Make::new(text!("{}", root)).taking(Duration::from_secs(secs)))
    };
    let (left, right) = (arm("left", 10), arm("right", 4));
    w.step("tip").does(Make::new(text!("{} {}", left, right)).taking(Duration::from_secs(2)));
    w.plan().unwrap()
}

fn records(journal: &MemoryJournal) -> Vec<String> {
    let name = |e: &Entry| match &e.record {
        Record::Run(_) => "run".to_owned(),
        Record::Started(s) => format!("started {}:{}", s.step, s.generation),
        Record::Note { step, key, .. } => format!("note {step} {key}"),
        Record::Done { step, .. } => format!("done {step}"),
        Record::Failed { step, clean, .. } => {
            format!("failed {step}{}", if *clean { "" } else { " (unknown)" })
        }
        Record::Unwinding { .. } => "unwinding".to_owned(),
        Record::Undoing { step } => format!("undoing {step}"),
        Record::Undone { step } => format!("undone {step}"),
        Record::UndoFailed { step, .. } => format!("undo failed {step}"),
        other => format!("{other:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
    };
    journal.entries().iter().map(name).filter(|n| n != "Lease" && n != "Release").collect()
}

#[tokio::test(start_paused = true)]
async fn runs_in_parallel_and_takes_the_critical_path() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let report = engine(&journal, &shelf, &Script::default()).run(&diamond()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(report.took, Duration::from_secs(13));
    assert_eq!(report.critical.as_ref().unwrap().steps, ["root", "left", "tip"]);
    insta::assert_snapshot!(report);
    let report = engine(&journal, &shelf, &Script::default()).undo().await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert!(shelf.is_empty());
    assert_eq!(shelf.log().last().unwrap(), "-root#1");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_and_the_next_intent_share_an_append() {
    let journal = MemoryJournal::default();
    engine(&journal, &Shelf::default(), &Script::default()).run(&diamond()).await.unwrap();
    insta::assert_debug_snapshot!(records(&journal));
}

#[tokio::test(start_paused = true)]
async fn a_second_run_acts_no_more() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    engine(&journal, &shelf, &Script::default()).run(&diamond()).await.unwrap();
    let before = shelf.log();
    let report = engine(&journal, &shelf, &Script::default()).run(&diamond()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(shelf.log(), before);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_bytes() {
    let run = async || {
        let journal = MemoryJournal::default();
        let script = Script::new([Act::Refuse, Act::Lose, Act::Work]);
        let w = Workflow::new("bytes");
        let a = w.step("a").does(Flaky::default());
        w.step("b").does(Make::new(text!("{}", a)));
        let report = engine(&journal, &Shelf::default(), &script).run(&w.plan().unwrap()).await;
        (journal.to_string(), report.unwrap().to_string())
    };
    let first = run().await;
    for _ in 0..10 {
        assert_eq!(run().await, first);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_undone_and_told() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    w.step("b").after(&a).does(Flaky::default());
    let script = Script::new([Act::Deny]);
    let report = engine(&journal, &shelf, &script).run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert!(shelf.is_empty() && report.left.is_empty());
    insta::assert_debug_snapshot!((report.errors, records(&journal), script.log()));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_kept_when_asked_and_the_run_goes_on_later() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    w.step("b").after(&a).does(Flaky::default());
    let plan = w.plan().unwrap();
    let script = Script::new([Act::Deny, Act::Work]);
    let keep = engine(&journal, &shelf, &script).on_failure(OnFailure::Keep);
    let report = keep.run(&plan).await.unwrap();
    assert_eq!(report.outcome, Outcome::Kept);
    assert_eq!(report.left.len(), 1);
    assert_eq!(keep.run(&plan).await.unwrap().outcome, Outcome::Done);
    assert_eq!(shelf.log(), ["+a#1"]);
}

/// Refused tries are repeated under new tokens; a lost reply is looked for, and adopted.
#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_found_and_not_repeated() {
    let journal = MemoryJournal::default();
    let script = Script::new([Act::Refuse, Act::Lose]);
    let w = Workflow::new("w");
    w.step("a").does(Flaky::default());
    let plan = w.plan().unwrap();
    let report = engine(&journal, &Shelf::default(), &script).run(&plan).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(script.made(), 1);
    insta::assert_debug_snapshot!(script.log());
}

/// A connection that broke before the call arrived: the same token again.
#[tokio::test(start_paused = true)]
async fn what_was_not_made_is_tried_again_under_the_same_token() {
    let script = Script::new([Act::Drop, Act::Work]);
    let w = Workflow::new("w");
    w.step("a").does(Flaky::default());
    let journal = MemoryJournal::default();
    let report = engine(&journal, &Shelf::default(), &script).run(&w.plan().unwrap()).await;
    assert_eq!(report.unwrap().outcome, Outcome::Done);
    assert_eq!(script.log(), ["run 1", "find 1", "run 1"]);
}

/// A step that is not atomic may have made something with an earlier call.
#[tokio::test(start_paused = true)]
async fn a_refusal_is_trusted_only_from_an_atomic_step() {
    let script = Script::new([Act::Refuse, Act::Work]);
    let w = Workflow::new("w");
    w.step("token").does(Token {});
    w.step("a").does(Use { token: Secret::new("x".to_owned()).into() });
    let journal = MemoryJournal::default();
    let e = engine(&journal, &Shelf::default(), &script);
    assert_eq!(e.run(&w.plan().unwrap()).await.unwrap().outcome, Outcome::Done);
    let records = records(&journal);
    assert_eq!(records.iter().filter(|r| r.starts_with("started a")).count(), 1, "{records:?}");
}

/// A run that is cancelled before it begins does nothing.
#[tokio::test(start_paused = true)]
async fn a_cancelled_run_starts_nothing() {
    let (shelf, cancel) = (Shelf::default(), Cancel::default());
    cancel.cancel();
    let e = engine(&MemoryJournal::default(), &shelf, &Script::default()).cancel(cancel);
    assert_eq!(e.run(&diamond()).await.unwrap().outcome, Outcome::Undone);
    assert!(shelf.log().is_empty());
}

/// Something half made is taken back before another try.
#[tokio::test(start_paused = true)]
async fn what_was_made_in_part_is_undone_first() {
    let script = Script::new([Act::Half, Act::Work]);
    let w = Workflow::new("w");
    w.step("a").does(Flaky::default());
    let journal = MemoryJournal::default();
    let report = engine(&journal, &Shelf::default(), &script).run(&w.plan().unwrap()).await;
    assert_eq!(report.unwrap().outcome, Outcome::Done);
    assert_eq!(script.log(), ["run 1", "find 1", "undo 1", "run 2"]);
    assert_eq!(script.made(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_with_unknown_outcome_and_is_undone() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    w.step("b").after(&a).does(Flaky::default());
    let script = Script::new([Act::Panic]);
    let report = engine(&journal, &shelf, &script).run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert_eq!((shelf.is_empty(), script.made()), (true, 0));
    assert_eq!(script.log(), ["run 1", "find 1", "undo 1"]);
    assert!(report.errors[0].1.to_string().contains("panicked: on purpose"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_never_drops_a_call() {
    let script = Script::new([Act::Slow(Duration::from_secs(30))]);
    let w = Workflow::new("w");
    w.step("a").timeout(Duration::from_secs(5)).does(Flaky::default());
    let journal = MemoryJournal::default();
    let report = engine(&journal, &Shelf::default(), &script).run(&w.plan().unwrap()).await;
    // The call took longer than it should, and its result counts all the same.
    assert_eq!(report.unwrap().outcome, Outcome::Done);
    assert_eq!(script.made(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_a_wait() {
    let script = Script::new([Act::Wait]);
    let w = Workflow::new("w");
    w.step("a").timeout(Duration::from_secs(5)).retry(Retry::never()).does(Flaky::default());
    let journal = MemoryJournal::default();
    let report =
        engine(&journal, &Shelf::default(), &script).run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert_eq!(report.took, Duration::from_secs(5));
    assert!(report.errors[0].1.to_string().contains("longer than its timeout"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_fails_blocks_only_what_it_must_and_can_go_on() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let base = w.step("base").does(Make::new("base"));
    w.step("other").does(Make::new("other"));
    w.step("stuck").after(&base).does(Flaky::default());
    let plan = w.plan().unwrap();
    let script = Script::new([Act::Work]);
    let e = engine(&journal, &shelf, &script);
    assert_eq!(e.run(&plan).await.unwrap().outcome, Outcome::Done);
    script.fail_undo(1);
    let report = e.undo().await.unwrap();
    assert_eq!(report.outcome, Outcome::Stuck);
    let left: Vec<&str> = report.left.iter().map(|l| &*l.name).collect();
    assert_eq!(left, ["base", "stuck"]);
    assert_eq!(shelf.things(), ["base#1"]);
    insta::assert_snapshot!(report);
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
    assert!(shelf.is_empty());
}

#[tokio::test(start_paused = true)]
async fn undo_edges_order_undoing_and_nothing_else() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let second = Duration::from_secs(1);
    let gateway = w.step("gateway").does(Make::new("gateway").taking(second));
    let gate = w.step("gate").does(Make::new("gate").taking(second));
    let input: Input<String> = Input::from("host").once(&gate);
    w.step("host").undo_before(&gateway).does(Make::new(input).taking(3 * second));
    let e = engine(&journal, &shelf, &Script::default());
    e.run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(shelf.log(), ["+gateway#1", "+gate#2", "+host#3"]);
    e.undo().await.unwrap();
    assert_eq!(shelf.log()[3..], ["-gate#2", "-host#3", "-gateway#1"]);
}

/// What is written earlier can be ordered by what is written later, and the other way round.
#[tokio::test(start_paused = true)]
async fn undo_edges_may_lead_either_way() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let second = Duration::from_secs(1);
    let sweep = w.step("sweep").does(Make::new("sweep").taking(3 * second));
    let policy = w.step("policy").does(Make::new("policy").taking(second));
    let profile: Input<String> = Input::from("profile").once(&policy);
    w.step("group").undo_after(&sweep).does(Make::new("group").taking(second));
    w.step("host").undo_before(&sweep).undo_before(&profile).does(Make::new("host").taking(second));
    let e = engine(&journal, &shelf, &Script::default());
    e.run(&w.plan().unwrap()).await.unwrap();
    e.undo().await.unwrap();
    let order: Vec<String> = shelf
        .log()
        .iter()
        .filter_map(|l| l.strip_prefix('-'))
        .map(|thing| thing.split('#').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(order, ["host", "policy", "sweep", "group"]);
}

fn machine_and_image() -> Plan {
    let w = Workflow::new("w");
    let second = Duration::from_secs(1);
    let machine = w.step("machine").does(Make::new("machine").taking(second));
    let image = text!("image of {}", machine);
    let image = w.step("image").outlives(&machine).does(Make::new(image).taking(3 * second));
    w.step("host").does(Make::new(text!("host from {}", image)).taking(second));
    w.plan().unwrap()
}

/// The image needs the machine to be made, and not to be there.
#[tokio::test(start_paused = true)]
async fn what_outlives_another_step_does_not_keep_it() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let e = engine(&journal, &shelf, &Script::default());
    let report = e.run(&machine_and_image()).await.unwrap();
    assert_eq!(report.took, Duration::from_secs(5));
    let report = e.undo().await.unwrap();
    assert_eq!((report.outcome, report.took), (Outcome::Undone, Duration::from_secs(4)));
    assert!(shelf.is_empty());
}

/// A run that was half undone goes on: what outlived a machine is made anew with it.
#[tokio::test(start_paused = true)]
async fn what_outlived_another_step_is_made_anew_with_it() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let plan = machine_and_image();
    engine(&journal, &shelf, &Script::default()).run(&plan).await.unwrap();
    let cancel = Cancel::default();
    let e = engine(&journal, &shelf, &Script::default()).cancel(cancel.clone());
    let (report, ()) = tokio::join!(e.undo(), async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        cancel.cancel();
        cancel.cancel();
    });
    assert!(!report.unwrap().left.is_empty());
    let report = engine(&journal, &shelf, &Script::default()).run(&plan).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(shelf.things().len(), 3, "{:?}", shelf.things());
    let report = engine(&journal, &shelf, &Script::default()).undo().await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert!(shelf.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_first_cancel_lets_calls_finish_and_undoes() {
    let (journal, shelf, cancel) = (MemoryJournal::default(), Shelf::default(), Cancel::default());
    let e = engine(&journal, &shelf, &Script::default()).cancel(cancel.clone());
    let plan = diamond();
    let (report, ()) = tokio::join!(e.run(&plan), async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        cancel.cancel();
    });
    let report = report.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    // Both arms were on their way, and were not dropped.
    assert_eq!(shelf.log().len(), 6);
    assert!(shelf.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_second_cancel_stops_at_once_and_the_journal_goes_on() {
    let (journal, shelf, cancel) = (MemoryJournal::default(), Shelf::default(), Cancel::default());
    let e = engine(&journal, &shelf, &Script::default()).cancel(cancel.clone());
    let plan = diamond();
    let (report, ()) = tokio::join!(e.run(&plan), async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        cancel.cancel();
        cancel.cancel();
    });
    let report = report.unwrap();
    assert_eq!((report.outcome, report.took), (Outcome::Abandoned, Duration::from_secs(3)));
    let e = engine(&journal, &shelf, &Script::default());
    assert_eq!(e.run(&plan).await.unwrap().outcome, Outcome::Done);
    assert_eq!(shelf.things().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_said_before_anything_runs() {
    let journal = MemoryJournal::default();
    let plan = diamond();
    let missing = Engine::new(journal.clone()).run(&plan).await.unwrap_err();
    assert!(matches!(&missing, EngineError::MissingEnv(m) if m[0].contains("Shelf")), "{missing}");
    assert!(matches!(Engine::new(journal.clone()).undo().await.unwrap_err(), EngineError::NoRun));

    let shelf = Shelf::default();
    engine(&journal, &shelf, &Script::default()).run(&plan).await.unwrap();
    let unknown = Engine::new(journal.clone()).env(shelf.clone()).undo().await.unwrap_err();
    assert!(matches!(&unknown, EngineError::UnknownKind(k) if *k == ["testing.make"]));

    let other = Workflow::new("other");
    other.step("x").does(Make::new("x"));
    let e = engine(&journal, &shelf, &Script::default());
    let wrong = e.run(&other.plan().unwrap()).await.unwrap_err();
    assert!(matches!(wrong, EngineError::OtherWorkflow { .. }));

    let changed = Workflow::new("diamond");
    changed.step("root").does(Make::new("another root"));
    insta::assert_snapshot!(e.run(&changed.plan().unwrap()).await.unwrap_err());
    assert_eq!(shelf.things().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn check_names_what_differs() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let e = engine(&journal, &shelf, &Script::default());
    e.run(&diamond()).await.unwrap();
    assert_eq!(e.check().await.unwrap(), []);
    shelf.replace("root#1", "something else");
    let drift = e.check().await.unwrap();
    assert_eq!(drift.len(), 1);
    assert_eq!(
        drift[0].to_string(),
        "root (testing.make)\n  thing: recorded root#1, actual something else"
    );
}

#[tokio::test(start_paused = true)]
async fn events_tell_of_everything_in_order() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = told.clone();
    let journal = MemoryJournal::default();
    let script = Script::new([Act::Refuse, Act::Work]);
    let w = Workflow::new("w");
    w.step("a").does(Flaky::default());
    let e = engine(&journal, &Shelf::default(), &script).observe(move |at: Duration, e: &Event| {
        listener.lock().unwrap().push(format!("{:.1} {e}", at.as_secs_f64()));
    });
    e.run(&w.plan().unwrap()).await.unwrap();
    e.undo().await.unwrap();
    insta::assert_debug_snapshot!(told.lock().unwrap());
}

/// As many as another step says, known only while running.
#[derive(serde::Serialize, serde::Deserialize)]
struct Many {
    n: Input<usize>,
}

impl hopper_core::Step for Many {
    const KIND: &'static str = "test.many";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Shelf;
    type Output = Vec<String>;
    async fn run(&self, _: &Shelf, cx: &Cx) -> Result<Vec<String>, StepError> {
        let mut made = Vec::new();
        for i in 0..*cx.get(&self.n) {
            made.push(cx.step(i, Make::new("one of many")).await?);
        }
        Ok(made)
    }
    async fn find(&self, _: &Shelf, _: &Cx) -> Result<Found<Vec<String>>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Shelf, _: &Cx, _: Made<'_, Vec<String>>) -> Result<(), StepError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn sub_steps_are_journaled_and_undone_before_what_they_rest_on() {
    let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
    let w = Workflow::new("w");
    let base = w.step("base").does(Make::new("base"));
    let many = w.step("many").after(&base).does(Many { n: 3usize.into() });
    w.step("user").does(Make::new(text!("user of {}", many.at(1))));
    let e = engine(&journal, &shelf, &Script::default()).registry(Registry::new().with::<Many>());
    let report = e.run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(report.get(&many).unwrap().len(), 3);
    e.undo().await.unwrap();
    insta::assert_debug_snapshot!((shelf.log(), records(&journal)));
}

#[tokio::test(start_paused = true)]
async fn a_step_that_cannot_start_says_why() {
    let shelf = Shelf::default();
    let w = Workflow::new("w");
    let many = w.step("many").does(Many { n: 2usize.into() });
    w.step("short").does(Make::new(many.at(5)));
    let e = engine(&MemoryJournal::default(), &shelf, &Script::default());
    let report = e.registry(Registry::new().with::<Many>()).run(&w.plan().unwrap()).await.unwrap();
    assert_eq!((report.outcome, shelf.is_empty()), (Outcome::Undone, true));
    assert_eq!(report.errors.len(), 1);
    assert_eq!(report.errors[0].0, "short");
    assert!(report.to_string().contains("${many[5]} has no value"), "{report}");
}

/// Inputs that are not what the step expects: it never began, so nothing is left.
#[tokio::test(start_paused = true)]
async fn inputs_that_cannot_be_read_leave_nothing() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Picky {
        #[serde(deserialize_with = "refuse")]
        value: u8,
    }
    fn refuse<'de, D: serde::Deserializer<'de>>(_: D) -> Result<u8, D::Error> {
        Err(serde::de::Error::custom("not like this"))
    }
    impl Step for Picky {
        const KIND: &'static str = "test.picky";
        type Env = ();
        type Output = ();
        async fn run(&self, _: &(), _: &Cx) -> Result<(), StepError> {
            Ok(())
        }
        async fn find(&self, _: &(), _: &Cx) -> Result<Found<()>, StepError> {
            Ok(Found::Absent)
        }
        async fn undo(&self, _: &(), _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
            Ok(())
        }
    }
    let w = Workflow::new("w");
    w.step("picky").does(Picky { value: 1 });
    let e = engine(&MemoryJournal::default(), &Shelf::default(), &Script::default());
    let report = e.run(&w.plan().unwrap()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert!(report.to_string().contains("not like this"), "{report}");
}

/// Makes a secret, and something of it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Token {}

impl hopper_core::Step for Token {
    const KIND: &'static str = "test.token";
    type Env = Script;
    type Output = Secret<String>;
    async fn run(&self, script: &Script, cx: &Cx) -> Result<Secret<String>, StepError> {
        script.say(format!("token {}", cx.generation()));
        Ok(format!("hunter2-{}", cx.generation()).into())
    }
    async fn find(&self, _: &Script, _: &Cx) -> Result<Found<Secret<String>>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(
        &self,
        script: &Script,
        cx: &Cx,
        _: Made<'_, Secret<String>>,
    ) -> Result<(), StepError> {
        script.say(format!("no token {}", cx.generation()));
        Ok(())
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Use {
    token: Input<Secret<String>>,
}

impl hopper_core::Step for Use {
    const KIND: &'static str = "test.use";
    type Env = Script;
    type Output = ();
    async fn run(&self, script: &Script, cx: &Cx) -> Result<(), StepError> {
        script.say(format!("use {}", cx.get(&self.token).expose()?.len()));
        script.act(cx).await.map(|_| ())
    }
    async fn find(&self, _: &Script, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Script, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_travels_in_memory_only_and_is_made_again() {
    let journal = MemoryJournal::default();
    let script = Script::new([Act::Deny, Act::Work]);
    let w = Workflow::new("w");
    let token = w.step("token").does(Token {});
    w.step("use").does(Use { token: token.clone() });
    let plan = w.plan().unwrap();
    let told = Arc::new(Mutex::new(String::new()));
    let listener = told.clone();
    let e = engine(&journal, &Shelf::default(), &script)
        .on_failure(OnFailure::Keep)
        .registry(Registry::new().with::<Token>().with::<Use>())
        .observe(move |_: Duration, e: &Event| {
            use std::fmt::Write as _;
            write!(listener.lock().unwrap(), "{e:?}").unwrap();
        });
    let first = e.run(&plan).await.unwrap();
    assert_eq!(first.outcome, Outcome::Kept);
    let second = e.run(&plan).await.unwrap();
    assert_eq!(second.outcome, Outcome::Done);
    assert_eq!(
        script.log(),
        ["token 1", "use 9", "run 1", "no token 1", "token 2", "use 9", "run 2"]
    );
    assert_eq!(second.get(&token).unwrap().expose().unwrap(), "hunter2-2");
    let seen = format!(
        "{journal} {:?} {first} {second} {second:?} {plan} {} {}",
        journal.entries(),
        serde_json::to_string(&second).unwrap(),
        told.lock().unwrap()
    );
    assert!(!seen.contains("hunter2"), "{seen}");
    assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
}

#[test]
fn a_long_chain_and_a_tall_ladder_need_no_stack() {
    let w = Workflow::new("long");
    let mut last = w.step("0").does(Make::new("x"));
    for i in 1..20_000 {
        last = w.step(i).after(&last).does(Make::new("x"));
    }
    for i in 0..30 {
        let a = w.step(format!("a{i}")).after(&last).does(Make::new("x"));
        let b = w.step(format!("b{i}")).after(&last).does(Make::new("x"));
        last = w.step(format!("c{i}")).after(&a).after(&b).does(Make::new("x"));
    }
    let plan = w.plan().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (journal, shelf) = (MemoryJournal::default(), Shelf::default());
        let e = engine(&journal, &shelf, &Script::default());
        assert_eq!(e.run(&plan).await.unwrap().outcome, Outcome::Done);
        assert_eq!(e.undo().await.unwrap().outcome, Outcome::Undone);
        assert!(shelf.is_empty());
        let all = e.run(&plan).await.unwrap();
        assert!(all.steps.iter().all(|s| s.state == State::Done));
    });
}
