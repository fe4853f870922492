//! A recipe that changes between two runs.

use crate::yard::{Careless, Look, Part, Thing, Yard, plan};
use hopper_core::{
    Cancel, Clock, Diff, Difference, Engine, EngineError, How, Journal as _, Ledger, MemoryJournal,
    Outcome, Plan, Record, Registry, Replace, Report, State,
    prelude::*,
    testing::{Lab, change_everywhere},
};
use std::time::Duration;

fn engine(yard: &Yard, journal: &MemoryJournal) -> Engine {
    let registry = Registry::new().with::<Thing>().with::<Part>().with::<Look>();
    Engine::new(journal.clone()).env(yard.clone()).registry(registry).seed(1).clock(Clock::fixed())
}

async fn ledger(journal: &MemoryJournal) -> Ledger {
    Ledger::of(&journal.read().await.unwrap())
}

/// A yard and a journal after a first recipe was run.
async fn after(first: &Plan) -> (Yard, MemoryJournal) {
    let (yard, journal) = (Yard::default(), MemoryJournal::default());
    let report = engine(&yard, &journal).run(first).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    yard.forget_log();
    (yard, journal)
}

async fn undo(yard: &Yard, journal: &MemoryJournal) -> Report {
    let report = engine(yard, journal).undo().await.unwrap();
    assert_eq!((report.outcome, yard.is_empty()), (Outcome::Undone, true), "{report}{yard:?}");
    report
}

/// Everything at once.
fn old() -> Plan {
    plan(|w| {
        let net = w.step("net").does(Thing::new("net").tag("env", "one").tag("old", "yes"));
        let zone = w.step("zone").does(Look { name: "a".to_owned() });
        let gone = w.step("gone").does(Thing::new("gone").of(&net.id()));
        let left = w.step("left").does(Thing::new("left").of(&net.id()));
        let a = w.step("a").does(Thing::new("a").of(&net.id()).size(1));
        w.step("on-a").does(Thing::new(text!("on {}", a.id())).of(&a.id()));
        w.step("b").after(&left).does(Thing::new("b").of(&net.id()).note(&left.id()));
        w.step("c").does(Thing::new(text!("c in {}", zone)).of(&net.id()));
        w.step("d").does(Thing::new("d").of(&net.label()));
        w.step("e").after(&gone).does(Thing::new("e"));
        w.step("same").does(Thing::new("same").of(&net.id()));
    })
}

fn new() -> Plan {
    plan(|w| {
        let net = w.step("net").does(Thing::new("net").tag("env", "two").tag("new", "yes"));
        let zone = w.step("zone").does(Look { name: "b".to_owned() });
        let extra = w.step("extra").does(Thing::new("extra").of(&net.id()));
        let a = w.step("a").does(Thing::new("a2").of(&net.id()).size(1));
        w.step("on-a").does(Thing::new(text!("on {}", a.id())).of(&a.id()));
        w.step("b").does(Thing::new("b").of(&net.id()).note(&extra.id()).size(3));
        w.step("c").does(Thing::new(text!("c in {}", zone)).of(&net.id()));
        w.step("d").does(Thing::new("d").of(&net.label()));
        w.step("e").after(&extra).does(Thing::new("e"));
        w.step("same").does(Thing::new("same").of(&net.id()));
    })
}

async fn diff(plan: &Plan, journal: &MemoryJournal) -> Diff {
    plan.diff(&ledger(journal).await)
}

#[tokio::test(start_paused = true)]
async fn a_diff_tells_each_step_and_each_field() {
    let (_, journal) = after(&old()).await;
    let diff = diff(&new(), &journal).await;
    insta::assert_snapshot!(diff);
    insta::assert_json_snapshot!("a_diff_as_json", diff);
    assert!(old().diff(&ledger(&journal).await).is_empty());
    let all_new = old().diff(&Ledger::default());
    assert!(all_new.steps.iter().all(|s| s.is == Difference::New));
}

#[tokio::test(start_paused = true)]
async fn a_change_in_place_is_one_update() {
    let (yard, journal) = after(&plan(|w| {
        let net = w.step("net").does(Thing::new("net").tag("a", "1").tag("b", "1"));
        w.step("on").does(Thing::new("on").of(&net.id()));
    }))
    .await;
    let changed = plan(|w| {
        let net = w.step("net").does(Thing::new("net").tag("a", "2").tag("c", "1"));
        w.step("on").does(Thing::new("on").of(&net.id()));
    });
    let before = journal.len();
    let report = engine(&yard, &journal).run(&changed).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), ["net#1 tag a=2", "net#1 tag c=1", "net#1 untag b"]);
    let records: Vec<String> =
        journal.entries()[before..].iter().map(|e| e.record.to_string()).collect();
    assert_eq!(
        records[1..records.len() - 1],
        [
            "updating net {\"name\":\"net\",\"of\":\"\",\"note\":\"\",\"size\":0,\
             \"tags\":{\"a\":\"2\",\"c\":\"1\"}}",
            "note net updating 1",
            "done net {\"id\":\"net#1\",\"label\":\"a=2 c=1\"}"
        ]
    );
    // And there is nothing more to do.
    yard.forget_log();
    engine(&yard, &journal).run(&changed).await.unwrap();
    assert_eq!(yard.log(), [""; 0]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_made_in_place_is_refused_with_both_values() {
    let (yard, journal) = after(&old()).await;
    let before = journal.len();
    let refused = engine(&yard, &journal).run(&new()).await.unwrap_err();
    insta::assert_snapshot!(refused, @r#"
    the recipe has changed since the journal was written, and these steps cannot be changed in place:
    a (test.thing) only by replacement
      name: "a" -> "a2"
    allow them to be replaced, together with all that rests on them; go back to the old recipe; or take the run down first
    "#);
    let replace: Replace = ["b", "what"].into_iter().collect();
    let refused = engine(&yard, &journal).replace(replace).run(&new()).await.unwrap_err();
    assert_eq!(refused.to_string(), "may be replaced, and are not in the recipe: what");
    let wrote: Vec<_> = journal.entries()[before..].iter().map(|e| e.record.clone()).collect();
    assert!(wrote.iter().all(|r| matches!(r, Record::Lease { .. } | Record::Release {})));
    assert_eq!(yard.log(), [""; 0]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_replaced_takes_along_what_rests_on_it_and_nothing_else() {
    let recipe = |name: &str| {
        plan(|w| {
            let net = w.step("net").does(Thing::new("net"));
            let a = w.step("a").does(Thing::new(name).of(&net.id()));
            let b = w.step("b").does(Thing::new("b").of(&a.id()));
            w.step("c").after(&b).does(Thing::new("c"));
            w.step("d").does(Thing::new("d").of(&net.id()));
        })
    };
    let (yard, journal) = after(&recipe("a")).await;
    let replace: Replace = ["a"].into_iter().collect();
    let report = engine(&yard, &journal).replace(replace).run(&recipe("x")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), ["-c#1", "-b#1", "-a#1", "+x#2", "+b#2", "+c#2"]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_goes_first_unless_something_that_stays_still_rests_on_it() {
    let (yard, journal) = after(&plan(|w| {
        let one = w.step("one").does(Thing::new("one"));
        let two = w.step("two").does(Thing::new("two"));
        w.step("on-one").does(Thing::new("on one").of(&one.id()));
        w.step("stays").after(&two).does(Thing::new("stays").note(&two.id()));
    }))
    .await;
    let changed = plan(|w| {
        let three = w.step("three").does(Thing::new("three"));
        w.step("stays").does(Thing::new("stays").note(&three.id()));
    });
    let report = engine(&yard, &journal).run(&changed).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), ["-on one#1", "-one#1", "+three#1", "stays#1 note three#1", "-two#1"]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_has_to_be_known_and_what_cannot_go_is_kept() {
    let (yard, journal) = after(&plan(|w| {
        w.step("part").does(Part { name: "part".to_owned() });
        w.step("thing").does(Thing::new("thing"));
    }))
    .await;
    let changed = plan(|w| _ = w.step("thing").does(Thing::new("thing").size(2)));
    let ignorant = Engine::new(journal.clone()).env(yard.clone());
    let unknown = ignorant.run(&changed).await.unwrap_err();
    assert!(matches!(&unknown, EngineError::UnknownKind(k) if *k == ["test.part"]), "{unknown}");
    yard.stick("part");
    let report = engine(&yard, &journal).run(&changed).await.unwrap();
    assert_eq!(report.outcome, Outcome::Kept, "{report}");
    assert_eq!(report.errors[0].0, "part");
    assert_eq!(yard.log(), [""; 0], "nothing is changed as long as that is in the way");
    yard.unstick();
    let report = engine(&yard, &journal).run(&changed).await.unwrap();
    assert_eq!((report.outcome, report.left.len()), (Outcome::Done, 0), "{report}");
    assert_eq!(yard.log(), ["-part", "thing#1 size 2"]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn a_new_order_of_undoing_is_taken_over() {
    let recipe = |turn: bool| {
        plan(|w| {
            let one = w.step("one").does(Thing::new("one"));
            let two = w.step("two");
            let two = if turn { two.undo_before(&one) } else { two.undo_after(&one) };
            two.does(Thing::new("two"));
        })
    };
    let (yard, journal) = after(&recipe(false)).await;
    let diff = diff(&recipe(true), &journal).await;
    insta::assert_snapshot!(diff, @r"
    yard: 2 changed
      ~ one  test.thing  only the order of undoing
      ~ two  test.thing  only the order of undoing
    ");
    let report = engine(&yard, &journal).run(&recipe(true)).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), [""; 0]);
    undo(&yard, &journal).await;
    assert_eq!(yard.log(), ["-two#1", "-one#1"]);
}

/// What a dependency gives after its update is known when the update is done, and not before.
fn on_label(tag: &str) -> Plan {
    plan(|w| {
        let net = w.step("net").does(Thing::new("net").tag("env", tag));
        let on = w.step("on").does(Thing::new("on").of(&net.label()));
        w.step("top").does(Thing::new("top").of(&on.id()));
    })
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_on_the_way_is_refused_and_tears_nothing_down() {
    let (yard, journal) = after(&on_label("one")).await;
    let report = engine(&yard, &journal).run(&on_label("two")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Kept, "{report}");
    assert_eq!(report.errors.len(), 1, "{report}");
    insta::assert_snapshot!(report.errors[0].1, @r#"
    on (test.thing) only by replacement
      of: "env=one" -> "env=two"
    which cannot be changed in place: allow it to be replaced, together with all that rests on it, or go back to the old recipe
    "#);
    assert_eq!(yard.log(), ["net#1 tag env=two"]);
    // It may be replaced after all.
    let replace: Replace = ["on"].into_iter().collect();
    let report = engine(&yard, &journal).replace(replace).run(&on_label("two")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log()[1..], ["-top#1", "-on#1", "+on#2", "+top#2"]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_on_the_way_is_made_in_another_round_where_allowed() {
    let (yard, journal) = after(&on_label("one")).await;
    let e = engine(&yard, &journal).replace(Replace::Any);
    let report = e.run(&on_label("two")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), ["net#1 tag env=two", "-top#1", "-on#1", "+on#2", "+top#2"]);
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_that_failed_is_gone_on_with_and_forgets_nothing() {
    let recipe = |tag: &str| {
        let thing = Thing::new("net").tag(tag, "1");
        plan(|w| _ = w.step("net").does(thing))
    };
    let (yard, journal) = after(&recipe("a")).await;
    // Each of these puts its tag, and fails before it takes the earlier ones away.
    for tag in ["b", "c"] {
        yard.stick("net");
        let keep = engine(&yard, &journal).on_failure(OnFailure::Keep);
        let report = keep.run(&recipe(tag)).await.unwrap();
        assert_eq!(report.outcome, Outcome::Kept, "{report}");
        let ledger = ledger(&journal).await;
        assert_eq!(ledger.get("net").unwrap().state, State::Updating);
    }
    assert_eq!(yard.tags("net"), ["a=1", "b=1", "c=1"]);
    let unfinished = diff(&recipe("c"), &journal).await;
    assert_eq!(unfinished.steps[0].is, Difference::Unfinished);
    yard.unstick();
    let report = engine(&yard, &journal).run(&recipe("d")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.tags("net"), ["d=1"]);
    undo(&yard, &journal).await;
}

/// A thing can only go when it has no tags, and takes away those that it knows.
#[tokio::test(start_paused = true)]
async fn what_was_changed_half_way_is_undone_as_a_whole() {
    let recipe = |tag: &str| {
        let thing = Thing::new("strict net").tag(tag, "1");
        plan(|w| _ = w.step("net").does(thing))
    };
    let (yard, journal) = after(&recipe("a")).await;
    yard.stick("net");
    let report =
        engine(&yard, &journal).on_failure(OnFailure::Keep).run(&recipe("b")).await.unwrap();
    assert_eq!(report.outcome, Outcome::Kept, "{report}");
    assert_eq!(yard.tags("strict net"), ["a=1", "b=1"]);
    yard.unstick();
    undo(&yard, &journal).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_update_is_undone_with_all_the_rest_if_asked() {
    let recipe = |size| {
        plan(|w| {
            let net = w.step("net").does(Thing::new("net"));
            w.step("on").does(Thing::new("on").of(&net.id()).size(size));
        })
    };
    let (yard, journal) = after(&recipe(1)).await;
    yard.stick("on");
    let report = engine(&yard, &journal).run(&recipe(2)).await.unwrap();
    assert_eq!((report.outcome, yard.is_empty()), (Outcome::Undone, true), "{report}");
    assert_eq!(report.errors[0].0, "on");
}

#[tokio::test(start_paused = true)]
async fn a_step_of_another_kind_is_replaced() {
    let (yard, journal) = after(&plan(|w| _ = w.step("x").does(Thing::new("x")))).await;
    let changed = plan(|w| _ = w.step("x").does(Part { name: "part".to_owned() }));
    let e = engine(&yard, &journal);
    let refused = e.run(&changed).await.unwrap_err().to_string();
    assert!(refused.contains("kind: test.thing -> test.part"), "{refused}");
    let report = e.replace(Replace::Any).run(&changed).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(yard.log(), ["-x#1", "+part"]);
    undo(&yard, &journal).await;
}

/// A field that a newer version of a step brings, with its default, is no change.
#[tokio::test(start_paused = true)]
async fn a_field_that_is_new_and_has_its_default_is_no_change() {
    let recipe = plan(|w| _ = w.step("x").does(Thing::new("x").tag("a", "1")));
    let (_, journal) = after(&recipe).await;
    let entries = journal.entries().into_iter().map(|mut e| {
        if let Record::Started(s) = &mut e.record {
            let text = s.inputs.text().replace("\"size\":0,", "");
            assert_ne!(text, s.inputs.text());
            s.inputs = serde_json::from_str(&text).unwrap();
        }
        e
    });
    let older = Ledger::of(&entries.collect::<Vec<_>>());
    assert!(recipe.diff(&older).is_empty(), "{}", recipe.diff(&older));
    let changed = plan(|w| _ = w.step("x").does(Thing::new("x").tag("a", "1").size(1)));
    let changed = changed.diff(&older);
    let Difference::Changed { how: How::InPlace, fields } = &changed.steps[0].is else {
        panic!("{changed}")
    };
    assert_eq!(fields.len(), 1, "{changed}");
}

struct Changing(fn() -> Plan);

impl Lab for Changing {
    type World = Yard;
    fn world(&self) -> Yard {
        Yard::default()
    }
    fn plan(&self) -> Plan {
        self.0()
    }
    fn engine(&self, yard: &Yard, journal: MemoryJournal) -> Engine {
        Engine::new(journal).env(yard.clone()).seed(1).clock(Clock::fixed())
    }
    fn leftovers(&self, yard: &Yard) -> Vec<String> {
        yard.things()
    }
    fn picture(&self, yard: &Yard) -> String {
        yard.picture()
    }
}

/// In place, replaced, gone and new all at once, with a crash after every record.
#[test]
fn a_change_survives_a_crash_after_every_record() {
    let crashes = change_everywhere(&Changing(old), &Changing(new));
    assert!(30 < crashes, "{crashes}");
    let crashes = change_everywhere(&Changing(new), &Changing(old));
    assert!(30 < crashes, "{crashes}");
}

/// An update that forgets something is found out.
#[test]
#[should_panic(expected = "the change made another world")]
fn an_update_that_takes_nothing_away_is_found_out() {
    let old = || plan(|w| _ = w.step("x").does(Careless(Thing::new("x").tag("a", "1"))));
    let new = || plan(|w| _ = w.step("x").does(Careless(Thing::new("x").tag("b", "1"))));
    change_everywhere(&Changing(old), &Changing(new));
}

/// What is interrupted in the middle of a change goes on with it.
#[tokio::test(start_paused = true)]
async fn an_interrupted_change_is_kept_and_gone_on_with() {
    let recipe = |tag: &str| {
        let tag = tag.to_owned();
        plan(move |w| {
            let net = w.step("net").does(Thing::new("net").tag("env", &tag));
            w.step("on").after(&net).does(Thing::new("on").tag("env", &tag));
        })
    };
    for level in [1, 2] {
        let (yard, journal) = after(&recipe("one")).await;
        let cancel = Cancel::default();
        let e = engine(&yard, &journal).on_failure(OnFailure::Keep).cancel(cancel.clone());
        let changed = recipe("two");
        let (report, ()) = tokio::join!(e.run(&changed), async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            (0..level).for_each(|_| cancel.cancel());
        });
        let report = report.unwrap();
        let expected = if level == 1 { Outcome::Kept } else { Outcome::Abandoned };
        assert_eq!(report.outcome, expected, "{report}");
        assert_eq!(yard.tags("on"), ["env=one"], "{report}");
        let report = engine(&yard, &journal).run(&changed).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!([yard.tags("net"), yard.tags("on")], [["env=two"]; 2]);
        undo(&yard, &journal).await;
    }
}
