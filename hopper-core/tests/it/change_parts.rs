//! A field of which only parts change in place.

use hopper_core::{
    Difference, Engine, How, Ledger, MemoryJournal, Outcome, Plan, Registry, StepDiff, prelude::*,
};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Peer {
    Cidr(Input<String>),
    Group(Input<String>),
    Anybody,
}

#[derive(Serialize, Deserialize)]
struct Terms {
    direction: String,
    peer: Peer,
}

#[derive(Serialize, Deserialize)]
struct Rule {
    terms: Terms,
}

outputs! {
    struct Out -> Refs {
        peer: String,
        id: String,
    }
}

/// The terms that were put there, one after the other.
type Wall = Arc<Mutex<Vec<String>>>;

impl Rule {
    fn put(&self, wall: &Wall, cx: &Cx) -> Out {
        let peer = match &self.terms.peer {
            Peer::Cidr(text) | Peer::Group(text) => cx.get(text).clone(),
            Peer::Anybody => "anybody".to_owned(),
        };
        wall.lock().unwrap().push(format!("{} {peer}", self.terms.direction));
        Out { peer, id: cx.name().to_owned() }
    }
}

impl Step for Rule {
    const KIND: &'static str = "test.rule";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    const UPDATES: &'static [&'static str] = &["terms.peer.cidr", "terms.peer.group"];
    const RENEWS: &'static [&'static str] = &["peer"];
    type Env = Wall;
    type Output = Out;
    async fn run(&self, wall: &Wall, cx: &Cx) -> Result<Out, StepError> {
        Ok(self.put(wall, cx))
    }
    async fn find(&self, _: &Wall, _: &Cx) -> Result<Found<Out>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Wall, _: &Cx, _: Made<'_, Out>) -> Result<(), StepError> {
        Ok(())
    }
    async fn update(&self, wall: &Wall, cx: &Cx, _: &Self, _: &Out) -> Result<Out, StepError> {
        Ok(self.put(wall, cx))
    }
}

/// A rule, another one that lets through what the first does, and one that rests on what stays.
fn plan(direction: &str, peer: Peer) -> Plan {
    let w = Workflow::new("wall");
    let terms = |peer| Terms { direction: direction.to_owned(), peer };
    let first = w.step("first").does(Rule { terms: terms(peer) });
    w.step("second").does(Rule { terms: terms(Peer::Group(first.peer())) });
    w.step("third").does(Rule { terms: terms(Peer::Group(first.id())) });
    w.plan().unwrap()
}

fn cidr(text: &str) -> Peer {
    Peer::Cidr(text.into())
}

async fn after(first: &Plan) -> (Engine, Wall, MemoryJournal) {
    let (wall, journal) = (Wall::default(), MemoryJournal::default());
    let engine = Engine::new(journal.clone());
    let engine = engine.env(wall.clone()).registry(Registry::new().with::<Rule>());
    engine.run(first).await.unwrap();
    wall.lock().unwrap().clear();
    (engine, wall, journal)
}

fn first(plan: &Plan, journal: &MemoryJournal) -> StepDiff {
    plan.diff(&Ledger::of(&journal.entries())).get("first").unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_part_changes_in_place_and_what_uses_it_follows() {
    let (engine, wall, journal) = after(&plan("in", cidr("10.0.0.0/8"))).await;
    let changed = plan("in", cidr("192.0.2.0/24"));
    let Difference::Changed { how: How::InPlace, fields } = first(&changed, &journal).is else {
        panic!("{:?}", first(&changed, &journal));
    };
    assert_eq!(fields[0].to_string(), r#"terms.peer.cidr: "10.0.0.0/8" -> "192.0.2.0/24""#);
    let diff = changed.diff(&Ledger::of(&journal.entries()));
    let Difference::Changed { how: How::InPlace, fields } = &diff.get("second").unwrap().is else {
        panic!("{diff}");
    };
    let told = r#"terms.peer.group: "10.0.0.0/8" -> "${first.peer}", known after first"#;
    assert_eq!(fields[0].to_string(), told);
    assert_eq!(diff.get("third").unwrap().is, Difference::Done, "{diff}");
    let report = engine.run(&changed).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(*wall.lock().unwrap(), ["in 192.0.2.0/24", "in 192.0.2.0/24"]);
    assert!(changed.diff(&Ledger::of(&journal.entries())).is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_part_or_another_shape_is_refused_with_both_values() {
    let (engine, wall, journal) = after(&plan("in", cidr("10.0.0.0/8"))).await;
    for (changed, told) in [
        (plan("out", cidr("10.0.0.0/8")), r#"terms.direction: "in" -> "out""#),
        (plan("in", Peer::Group("g".into())), r#"terms.peer.group: none -> "g""#),
        (plan("in", Peer::Anybody), r#"terms.peer: none -> "anybody""#),
    ] {
        let is = first(&changed, &journal).is;
        assert!(matches!(is, Difference::Changed { how: How::Replacement, .. }), "{is:?}");
        let refused = engine.run(&changed).await.unwrap_err().to_string();
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(*wall.lock().unwrap(), [""; 0]);
}
