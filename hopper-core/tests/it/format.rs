//! A journal of the first format, as the first version wrote it: read, gone on with, and undone.

use hopper_core::{
    Clock, Engine, FORMAT, FileJournal, Journal as _, Ledger, Outcome, Plan, Record, Registry,
    State, prelude::*,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// What is there, by token, and what cannot be made or taken away just now.
#[derive(Clone, Debug, Default)]
struct Bench {
    things: Arc<Mutex<BTreeMap<String, String>>>,
    stuck: Arc<Mutex<BTreeSet<String>>>,
}

impl Bench {
    fn check(&self, cx: &Cx) -> Result<(), StepError> {
        match self.stuck.lock().unwrap().contains(cx.name()) {
            true => Err(StepError::permanent("stuck")),
            false => Ok(()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Zone {}

impl Lookup for Zone {
    const KIND: &'static str = "bench.zone";
    type Env = Bench;
    type Output = String;
    async fn look_up(&self, _: &Bench, _: &Cx) -> Result<String, StepError> {
        Ok("a".to_owned())
    }
}

#[derive(Serialize, Deserialize)]
struct Thing {
    of: Input<String>,
    tags: BTreeMap<String, String>,
}

impl Step for Thing {
    const KIND: &'static str = "bench.thing";
    type Env = Bench;
    type Output = String;
    async fn run(&self, bench: &Bench, cx: &Cx) -> Result<String, StepError> {
        let thing = format!("{} of {}", cx.name(), cx.get(&self.of));
        bench.things.lock().unwrap().insert(cx.token().to_owned(), thing.clone());
        cx.note("thing", &thing).await?;
        bench.check(cx)?;
        Ok(thing)
    }
    async fn find(&self, bench: &Bench, cx: &Cx) -> Result<Found<String>, StepError> {
        Ok(match bench.things.lock().unwrap().contains_key(cx.token()) {
            true => Found::Partly,
            false => Found::Absent,
        })
    }
    async fn undo(&self, bench: &Bench, cx: &Cx, _: Made<'_, String>) -> Result<(), StepError> {
        bench.check(cx)?;
        bench.things.lock().unwrap().remove(cx.token());
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Fleet {
    size: u8,
}

impl Step for Fleet {
    const KIND: &'static str = "bench.fleet";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Bench;
    type Output = Vec<String>;
    async fn run(&self, _: &Bench, cx: &Cx) -> Result<Vec<String>, StepError> {
        let mut ships = Vec::new();
        for i in 0..self.size {
            let thing = Thing { of: "fleet".into(), tags: [].into() };
            ships.push(cx.step(i, thing).await?);
        }
        Ok(ships)
    }
    async fn find(&self, _: &Bench, _: &Cx) -> Result<Found<Vec<String>>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Bench, _: &Cx, _: Made<'_, Vec<String>>) -> Result<(), StepError> {
        Ok(())
    }
}

fn plan() -> Plan {
    let w = Workflow::new("bench");
    let zone = w.step("zone").does(Zone {});
    let tags: BTreeMap<_, _> = [("name".to_owned(), "one".to_owned())].into();
    let net = w.step("net").class("slow").does(Thing { of: zone, tags: tags.clone() });
    let fleet = w.step("fleet").after(&net).does(Fleet { size: 2 });
    let gate = w.step("gate").undo_before(&fleet).does(Thing { of: net.clone(), tags: [].into() });
    w.step("door").after(&gate).does(Thing { of: net, tags });
    w.plan().unwrap()
}

fn engine(bench: &Bench, journal: impl hopper_core::Journal + 'static) -> Engine {
    let registry = Registry::new().with::<Zone>().with::<Thing>().with::<Fleet>();
    Engine::new(journal).env(bench.clone()).registry(registry).seed(1).clock(Clock::fixed())
}

/// The first `n` lines of what the first version wrote, and the world as it was then.
fn fixture(n: usize) -> (tempfile::TempDir, FileJournal, Bench) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hopper.journal");
    let lines = include_str!("data/format-1.journal").split_inclusive('\n').take(n);
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    (folder, FileJournal::new(path), Bench::default())
}

async fn world(journal: &FileJournal, bench: &Bench) -> Ledger {
    let ledger = Ledger::of(&journal.read().await.unwrap());
    for a in ledger.left().filter(|a| *a.started.kind == *Thing::KIND) {
        let (token, thing) = (a.started.token.to_string(), a.started.step.to_string());
        bench.things.lock().unwrap().insert(token, thing);
    }
    ledger
}

/// Whatever it had come to when that version ended or was killed, it is gone on with and undone.
#[tokio::test(start_paused = true)]
async fn a_journal_of_the_first_format_is_gone_on_with_from_any_record() {
    let n_lines = include_str!("data/format-1.journal").lines().count();
    assert!(40 < n_lines);
    // From the record on that begins the run.
    for n in 2..=n_lines {
        let (_folder, journal, bench) = fixture(n);
        let ledger = world(&journal, &bench).await;
        assert_eq!(ledger.run().unwrap().format, 1);
        let path = journal.path().to_owned();
        let report = engine(&bench, journal).run(&plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{n}: {report}");
        assert_eq!(bench.things.lock().unwrap().len(), 5, "{n}: {report}");
        let report = engine(&bench, FileJournal::new(path)).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{n}: {report}");
        assert!(bench.things.lock().unwrap().is_empty(), "{n}: {report}");

        let (_folder, journal, bench) = fixture(n);
        world(&journal, &bench).await;
        let report = engine(&bench, journal).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{n}: {report}");
        assert!(bench.things.lock().unwrap().is_empty(), "{n}: {report}");
    }
}

/// Its fields are compared like any other's.
#[tokio::test(start_paused = true)]
async fn a_journal_of_the_first_format_is_compared() {
    // When everything was done.
    let (_folder, journal, bench) = fixture(28);
    let ledger = world(&journal, &bench).await;
    assert!(plan().diff(&ledger).is_empty(), "{}", plan().diff(&ledger));
    assert_eq!(ledger.get("door").unwrap().state, State::Done);
}

/// The version that wrote it would refuse it from now on, by its format.
#[tokio::test(start_paused = true)]
async fn a_journal_that_was_gone_on_with_has_the_new_format() {
    let (_folder, journal, bench) = fixture(28);
    world(&journal, &bench).await;
    let path = journal.path().to_owned();
    engine(&bench, journal).run(&plan()).await.unwrap();
    let entries = FileJournal::new(path).read().await.unwrap();
    let runs: Vec<_> = entries
        .iter()
        .enumerate()
        .filter_map(|(i, e)| match &e.record {
            Record::Run(run) => Some((i, run.clone())),
            _ => None,
        })
        .collect();
    let [(1, old), (29, new)] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!((old.format, new.format), (1, FORMAT));
    assert_eq!(hopper_core::RunRecord { format: 1, ..new.clone() }, *old);
}
