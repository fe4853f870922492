//! An owner that was stopped while another took over, then continued: what it sent is found, and
//! it sends nothing more once it has looked at its lease.

use futures_util::future::LocalBoxFuture;
use hopper_core::{
    Cancel, Clock, EngineError, Found, JournalError, Ledger, Made, MemoryJournal, Outcome, Record,
    Report, State, prelude::*,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::runtime::Runtime;

const SECOND: Duration = Duration::from_secs(1);

/// A service, as one of its clients sees it.
#[derive(Clone, Default)]
struct Service {
    me: &'static str,
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
struct World {
    /// By token: how many were made, and whether they are configured.
    things: BTreeMap<String, (u32, bool)>,
    /// Who made which call.
    log: Vec<(&'static str, String)>,
}

impl Service {
    fn client(&self, me: &'static str) -> Self {
        Self { me, world: self.world.clone() }
    }

    /// What arrives at the service.
    fn arrives(&self, cx: &Cx, what: &str, change: impl FnOnce(&mut World)) {
        let mut world = self.world.lock().unwrap();
        world.log.push((self.me, format!("{what} {}", cx.name())));
        change(&mut world);
    }

    fn calls(&self, of: &str) -> usize {
        self.world.lock().unwrap().log.iter().filter(|(who, _)| *who == of).count()
    }

    fn n_things(&self) -> u32 {
        self.world.lock().unwrap().things.values().map(|(n, _)| n).sum()
    }
}

/// Makes a thing with one call and configures it with another. The reply to the first takes a
/// second; before the second is sent it takes a second to connect. No call is idempotent.
#[derive(Serialize, Deserialize)]
struct Thing {
    after: Input<String>,
}

impl Step for Thing {
    const KIND: &'static str = "takeover.thing";
    type Env = Service;
    type Output = String;

    async fn run(&self, service: &Service, cx: &Cx) -> Result<String, StepError> {
        let token = cx.token().to_owned();
        if cx.noted::<String>("id").is_none() {
            cx.as_owner(async {
                let make = |w: &mut World| w.things.entry(token.clone()).or_default().0 += 1;
                service.arrives(cx, "make", make);
                tokio::time::sleep(SECOND).await;
            })
            .await?;
            cx.note("id", cx.name()).await?;
        }
        cx.as_owner(async {
            tokio::time::sleep(SECOND).await;
            let configure = |w: &mut World| w.things.entry(token.clone()).or_default().1 = true;
            service.arrives(cx, "configure", configure);
        })
        .await?;
        Ok(cx.name().to_owned())
    }

    async fn find(&self, service: &Service, cx: &Cx) -> Result<Found<String>, StepError> {
        let found = service.world.lock().unwrap().things.get(cx.token()).copied();
        Ok(match found {
            None => Found::Absent,
            Some((_, true)) => Found::Present(cx.name().to_owned()),
            Some((_, false)) => {
                cx.note("id", cx.name()).await?;
                Found::Underway
            }
        })
    }

    async fn undo(&self, service: &Service, cx: &Cx, _: Made<'_, String>) -> Result<(), StepError> {
        cx.as_owner(async {
            service.arrives(cx, "remove", |w| {
                w.things.remove(cx.token());
            });
            tokio::time::sleep(SECOND).await;
        })
        .await
    }
}

/// Two chains of three.
fn plan() -> Plan {
    let w = Workflow::new("takeover");
    for chain in ["a", "b"] {
        let mut last = Input::from("nothing");
        for i in 0..3 {
            last = w.step(format!("{chain}{i}")).does(Thing { after: last });
        }
    }
    w.plan().unwrap()
}

/// The calendar of the machine, in seconds from its beginning.
#[derive(Clone, Default)]
struct Calendar(Arc<AtomicI64>);

impl Calendar {
    /// A clock that goes with this runtime's time, and jumps when the calendar does.
    fn clock(&self, from: SystemTime) -> Clock {
        let (began, off) = (tokio::time::Instant::now(), self.0.clone());
        Clock::new(move || {
            let by = off.load(Ordering::SeqCst);
            let (now, by) = (from + began.elapsed(), Duration::from_secs(by.unsigned_abs()));
            if off.load(Ordering::SeqCst) < 0 { now - by } else { now + by }
        })
    }

    fn jump(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_268_800)
}

fn engine(journal: &MemoryJournal, service: &Service, clock: Clock) -> Engine {
    let steps = Registry::new().with::<Thing>();
    Engine::new(journal.clone()).env(service.clone()).registry(steps).clock(clock).seed(7)
}

/// A process: it stands still unless it is driven.
struct Process {
    runtime: Runtime,
    run: Option<LocalBoxFuture<'static, Result<Report, EngineError>>>,
}

impl Process {
    fn start(engine: impl FnOnce() -> Engine, down: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().start_paused(true).build().unwrap();
        let engine = runtime.block_on(async { engine() });
        let run = Box::pin(async move {
            match down {
                true => engine.undo().await,
                false => engine.run(&plan()).await,
            }
        });
        Self { runtime, run: Some(run) }
    }

    /// Lets it work for a while, then stops it as SIGSTOP does. `None` if it has not ended.
    fn go(&mut self, time: Duration) -> Option<Result<Report, EngineError>> {
        let run = self.run.as_mut().unwrap();
        self.runtime.block_on(async { tokio::time::timeout(time, run).await.ok() })
    }

    fn finish(mut self) -> Result<Report, EngineError> {
        self.runtime.block_on(self.run.take().unwrap())
    }
}

/// Stopped at every half second of `up` or `down`, while another finishes it or takes it down.
#[test]
fn an_owner_that_was_stopped_sends_nothing_after_it_was_succeeded() {
    let mut stopped = [0; 4];
    for half in 0..13u32 {
        for (kind, (was_down, then_down)) in
            [(false, false), (false, true), (true, true), (true, false)].into_iter().enumerate()
        {
            let what = format!("{half} half seconds, down {was_down}, then down {then_down}");
            let (journal, service) = (MemoryJournal::default(), Service::default());
            if was_down {
                let up = Process::start(
                    || engine(&journal, &service, Calendar::default().clock(noon())),
                    false,
                );
                assert_eq!(up.finish().unwrap().outcome, Outcome::Done);
            }
            let calendar = Calendar::default();
            let began = noon() + Duration::from_secs(3600);
            let (first, second) = (service.client("first"), service.client("second"));
            let mut one =
                Process::start(|| engine(&journal, &first, calendar.clock(began)), was_down);
            if one.go(half * SECOND / 2 + SECOND / 4).is_some() {
                continue;
            }
            stopped[kind] += 1;
            // While the lease lasts nobody else gets in; then another does.
            let soon = || engine(&journal, &second, Calendar::default().clock(began + 5 * SECOND));
            let refused = Process::start(soon, then_down).finish().unwrap_err();
            assert!(
                matches!(refused, EngineError::Journal(JournalError::Busy { .. })),
                "{refused}"
            );
            let late = began + Duration::from_secs(120);
            let late = || engine(&journal, &second, Calendar::default().clock(late));
            let two = Process::start(late, then_down).finish().unwrap();
            let wanted = if then_down { Outcome::Undone } else { Outcome::Done };
            assert_eq!(two.outcome, wanted, "{what}: {two}");

            // The first goes on. Its monotonic clock has stood still, as in suspend.
            calendar.jump(300);
            let (calls, records) = (service.calls("first"), journal.len());
            let error = one.finish().unwrap_err();
            let fenced = EngineError::Journal(JournalError::Fenced { ours: 0, theirs: 0 });
            assert_eq!(
                std::mem::discriminant(&error),
                std::mem::discriminant(&fenced),
                "{what}: {error}"
            );
            assert!(error.to_string().contains("nothing more was sent"), "{error}");
            assert_eq!(service.calls("first"), calls, "{what}: it made a call");
            assert_eq!(journal.len(), records, "{what}: it wrote a record");

            let things = if then_down { 0 } else { 6 };
            assert_eq!(service.n_things(), things, "{what}: orphans or duplicates");
            let clock = Calendar::default().clock(noon() + Duration::from_secs(7200));
            let _entered = ();
            let down = Process::start(|| engine(&journal, &second, clock.clone()), true);
            assert_eq!(down.finish().unwrap().outcome, Outcome::Undone, "{what}");
            assert_eq!(service.n_things(), 0, "{what}: left");
        }
    }
    assert!(stopped.iter().all(|n| 3 <= *n), "hardly anything was stopped: {stopped:?}");
}

/// The calendar jumps by hours either way in the middle of a run: that costs an append.
#[test]
fn a_jump_of_the_clock_costs_one_append() {
    let records = |jump: i64| {
        let (journal, service, calendar) =
            (MemoryJournal::default(), Service::default(), Calendar::default());
        let mut run = Process::start(|| engine(&journal, &service, calendar.clock(noon())), false);
        assert!(run.go(3 * SECOND + SECOND / 2).is_none());
        calendar.jump(jump);
        assert_eq!(run.finish().unwrap().outcome, Outcome::Done);
        assert_eq!(service.n_things(), 6);
        let down = Process::start(|| engine(&journal, &service, calendar.clock(noon())), true);
        assert_eq!(down.finish().unwrap().outcome, Outcome::Undone);
        let is_lease = |r: &Record| matches!(r, Record::Lease { .. });
        (journal.len(), journal.entries().iter().filter(|e| is_lease(&e.record)).count())
    };
    let (all, leases) = records(0);
    for hours in [-5, 5] {
        assert_eq!(records(hours * 3600), (all + 1, leases + 1), "{hours} hours");
    }
    assert_eq!(records(10), (all, leases), "a small correction costs nothing");
}

/// A lease may be shorter than usual; the owner writes often enough to keep it.
#[test]
fn a_short_lease_is_kept_and_ends_early() {
    let (journal, service) = (MemoryJournal::default(), Service::default());
    let short = |from| {
        engine(&journal, &service, Calendar::default().clock(from)).lease(Duration::from_secs(3))
    };
    let mut one = Process::start(|| short(noon()), false);
    assert!(one.go(5 * SECOND).is_none());
    let usual = |at| engine(&journal, &service, Calendar::default().clock(noon() + at));
    let refused = Process::start(|| usual(6 * SECOND), true).finish().unwrap_err();
    assert!(refused.to_string().contains("in use by"), "{refused}");
    let two = Process::start(|| usual(9 * SECOND), true).finish().unwrap();
    assert_eq!(two.outcome, Outcome::Undone);
    assert!(one.finish().is_err());
    assert_eq!(service.n_things(), 0);
}

/// One that is told to stop at once while it was stopped does no more than one that is not.
#[test]
fn a_cancelled_successor_leaves_a_journal_to_go_on_with() {
    let (journal, service, cancel) =
        (MemoryJournal::default(), Service::default(), Cancel::default());
    let begin = Calendar::default();
    let mut one = Process::start(|| engine(&journal, &service, begin.clock(noon())), false);
    assert!(one.go(3 * SECOND).is_none());
    let late = noon() + Duration::from_secs(90);
    let two = || engine(&journal, &service, Calendar::default().clock(late)).cancel(cancel.clone());
    let mut two = Process::start(two, false);
    assert!(two.go(SECOND).is_none());
    cancel.cancel();
    cancel.cancel();
    assert_eq!(two.finish().unwrap().outcome, Outcome::Abandoned);
    begin.jump(90);
    assert!(one.finish().is_err());
    assert!(Ledger::of(&journal.entries()).steps().iter().any(|a| a.state == State::Started));
    let third = || engine(&journal, &service, Calendar::default().clock(late + SECOND));
    assert_eq!(Process::start(third, true).finish().unwrap().outcome, Outcome::Undone);
    assert_eq!(service.n_things(), 0);
}
