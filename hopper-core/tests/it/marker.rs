//! A marker in every secret goes through all that can happen, and is seen nowhere.

use super::vestibule::{MARK, Town, Vestibule, engine, plan};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use hopper_core::{
    Engine, Event, FileJournal, Ledger, MemoryJournal, OnFailure, Plan, SealingKey,
    testing::{
        crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use std::{
    fmt::{self, Write as _},
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tracing::{Metadata, Subscriber, field, span};

/// All that anybody gets to see.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<String>>, Arc<AtomicU64>);

impl Seen {
    fn see(&self, what: impl fmt::Display) {
        writeln!(self.0.lock().unwrap(), "{what}").unwrap();
    }

    fn observing(&self, engine: Engine) -> Engine {
        let seen = self.clone();
        engine.observe(move |_: Duration, event: &Event| {
            seen.see(format_args!("{event} {event:?} {}", serde_json::to_string(event).unwrap()));
        })
    }

    /// Runs it with everything that is logged being seen.
    fn logging<T>(&self, f: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(self.clone(), f)
    }

    /// The marker is nowhere in it, nor is its base64, though all of these are.
    #[track_caller]
    fn hides(&self, but_not: &[&str]) {
        let seen = self.0.lock().unwrap();
        for word in but_not {
            assert!(seen.contains(word), "`{word}` was not seen: nothing was tried");
        }
        for needle in disguises() {
            if let Some(at) = seen.find(&needle) {
                let begin = seen[..at].rfind('\n').map_or(0, |n| n + 1);
                panic!("{needle}: {}", seen[begin..].lines().next().unwrap());
            }
        }
    }
}

/// The marker, and what is left of it in base64, wherever it begins.
fn disguises() -> Vec<String> {
    let in_base64 = |before: usize| {
        let text = BASE64_STANDARD_NO_PAD.encode(format!("{}{MARK}", &"xx"[..before]));
        text[(before * 8).div_ceil(6)..text.len() - 1].to_owned()
    };
    vec![MARK.to_owned(), in_base64(0), in_base64(1), in_base64(2)]
}

impl field::Visit for Seen {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        self.see(format_args!("log {field} {value:?}"));
    }
}

impl Subscriber for Seen {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(self.1.fetch_add(1, Ordering::Relaxed) + 1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn see_plan(seen: &Seen, plan: &Plan) {
    seen.see(format_args!("{plan} {plan:?} {} {}", plan.to_dot(), plan.to_mermaid()));
    seen.see(serde_json::to_string(plan).unwrap());
}

/// One life of a run: with this trouble it fails, is gone on with, is compared, and is undone.
async fn live(seen: &Seen, trouble: (&'static str, u32), keep: bool, sealed: bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hopper.journal");
    let (town, plan) = (Town::default(), plan("1"));
    let key = SealingKey::new([1; 32]);
    let engine = || {
        let engine = engine(&town, &MemoryJournal::default()).with_journal(FileJournal::new(&path));
        let engine = if sealed { engine.seal(key.clone()) } else { engine };
        seen.see(format_args!("{engine:?}"));
        seen.observing(engine.on_failure(if keep { OnFailure::Keep } else { OnFailure::Undo }))
    };
    see_plan(seen, &plan);
    town.trouble(trouble.0, trouble.1);
    for _ in 0..2 {
        match engine().run(&plan).await {
            Ok(r) => seen.see(format_args!("{r} {r:?} {}", serde_json::to_string(&r).unwrap())),
            Err(error) => seen.see(format_args!("{error} {error:?}")),
        }
        town.trouble("", 0);
    }
    town.change_the_locks();
    for drift in engine().check().await.unwrap() {
        seen.see(format_args!("{drift} {drift:?} {}", serde_json::to_string(&drift).unwrap()));
    }
    let entries = hopper_core::Journal::read(&FileJournal::new(&path)).await.unwrap();
    let mut ledger = Ledger::of(&entries);
    if sealed {
        ledger = ledger.unsealed(&key.clone().into()).unwrap();
    }
    let diff = super::vestibule::plan("2").diff(&ledger);
    seen.see(format_args!("{diff} {diff:?} {}", serde_json::to_string(&diff).unwrap()));
    seen.see(format_args!("{ledger:?} {entries:?}"));
    if let Err(error) = engine().run(&super::vestibule::plan("2")).await {
        seen.see(format_args!("{error} {error:?}"));
    }
    let refused = engine().seal(SealingKey::new([2; 32])).run(&plan).await;
    if let Err(error) = refused {
        seen.see(format_args!("{error} {error:?}"));
    }
    town.trouble("undo", 1);
    for _ in 0..2 {
        let r = engine().undo().await.unwrap();
        seen.see(format_args!("{r} {r:?} {}", serde_json::to_string(&r).unwrap()));
    }
    assert!(town.keys().is_empty());
    seen.see(String::from_utf8_lossy(&fs::read(&path).unwrap()));
}

#[test]
fn whatever_goes_wrong_nobody_sees_a_secret() {
    let seen = Seen::default();
    let troubles =
        [("", 0), ("mint", 1), ("mint", 99), ("door", 1), ("door", 99), ("panic", 1), ("lost", 1)];
    seen.logging(|| {
        for trouble in troubles {
            for (keep, sealed) in [(false, false), (false, true), (true, false), (true, true)] {
                on_paused_time(live(&seen, trouble, keep, sealed));
            }
        }
    });
    seen.hides(&[
        "pin \"<secret>\" was not taken",
        "minting with <secret>",
        "cutting <secret>",
        "\"<secret>\" does not fit; try <secret>",
        "panicked: the key <secret> broke off",
        "is still in the door",
        "another lock, not <secret>",
        "another secret",
        "is sealed with key",
        "log name \"house\"",
        "$hopper::sealed",
    ]);
}

#[test]
fn whatever_is_survived_nobody_sees_a_secret() {
    for sealed in [false, true] {
        let seen = Seen::default();
        let lab = Vestibule(|engine: Engine| {
            let engine = seen.observing(engine);
            if sealed { engine.seal(SealingKey::new([1; 32])) } else { engine }
        });
        seen.logging(|| {
            fail_at_every_step(&lab);
            run_every_step_twice(&lab);
            undo_every_step_twice(&lab);
            crash_after_every_record(&lab);
        });
        seen.hides(&["minting with <secret>", "cutting <secret>", "looked for it"]);
    }
}
