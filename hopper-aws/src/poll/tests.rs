//! Waits, with eggs that hatch in their own time.

use super::*;
use hopper_core::{
    Clock, Engine, Found, Made, MemoryJournal, Outcome, Plan, Report, Step, Workflow,
    testing::on_paused_time,
};
use hopper_mock::Mock;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};

thread_local! {
    static LAID: RefCell<BTreeMap<String, Instant>> = const { RefCell::new(BTreeMap::new()) };
    static N_DESCRIBES: Cell<usize> = const { Cell::new(0) };
    static N_THROTTLED: Cell<usize> = const { Cell::new(0) };
}

/// When eggs hatch, and how long they are not to be seen, after being laid.
const HATCHES: Duration = Duration::from_secs(105);
const UNSEEN: Duration = Duration::from_secs(3);
const PACE: Pace = Pace::secs(85, 105, 900);

#[derive(Clone)]
struct Egg {
    id: String,
    hatched: bool,
}

impl Polled for Egg {
    const MOST: usize = 200;

    async fn look_up(_: &Aws, cx: &Cx, keys: Vec<String>) -> Result<Vec<Self>, StepError> {
        N_DESCRIBES.set(N_DESCRIBES.get() + 1);
        cx.sleep(Duration::from_millis(400)).await?;
        if 0 < N_THROTTLED.get() {
            N_THROTTLED.set(N_THROTTLED.get() - 1);
            return Err(StepError::throttled("too many calls"));
        }
        let laid = LAID.with_borrow(Clone::clone);
        let seen = keys.into_iter().filter_map(|id| {
            let age = laid.get(&id)?.elapsed();
            (UNSEEN <= age).then(|| Self { id, hatched: HATCHES <= age })
        });
        Ok(seen.collect())
    }

    fn key(&self) -> &str {
        &self.id
    }
}

/// Lays an egg after a while, and waits for it; the output is how late it was noticed, in
/// milliseconds.
#[derive(Serialize, Deserialize)]
struct Hatch {
    after: u64,
    pace_to: u64,
}

impl Step for Hatch {
    const KIND: &'static str = "test.hatch";
    type Env = Aws;
    type Output = u64;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<u64, StepError> {
        tokio::time::sleep(Duration::from_millis(self.after)).await;
        let laid = Instant::now();
        LAID.with_borrow_mut(|eggs| eggs.insert(cx.name().to_owned(), laid));
        let pace = Pace { deadline: Duration::from_secs(self.pace_to), ..PACE };
        until(aws, cx, cx.name(), pace, Duration::ZERO, |egg: Option<&Egg>| match egg {
            Some(egg) if egg.hatched => Verdict::Ready(()),
            Some(_) => Verdict::NotYet("an egg".to_owned()),
            None => Verdict::NotYet("not visible".to_owned()),
        })
        .await?;
        let late = laid.elapsed().saturating_sub(HATCHES);
        Ok(u64::try_from(late.as_millis()).unwrap_or(u64::MAX))
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<u64>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, _: &Aws, _: &Cx, _: Made<'_, u64>) -> Result<(), StepError> {
        Ok(())
    }
}

fn plan(n: u64, apart: u64, pace_to: u64, timeout: Option<Duration>) -> Plan {
    let w = Workflow::new("henhouse");
    for i in 0..n {
        let slot = w.step(format!("egg-{i:02}"));
        let slot = match timeout {
            Some(timeout) => slot.timeout(timeout).retry(hopper_core::Retry::never()),
            None => slot,
        };
        slot.does(Hatch { after: i * apart, pace_to });
    }
    w.plan().unwrap()
}

fn run(plan: &Plan) -> Report {
    on_paused_time(async {
        let aws = Aws::new(&Mock::builder().build().sdk_config());
        let engine = Engine::new(MemoryJournal::default()).env(aws).clock(Clock::fixed());
        engine.run(plan).await.unwrap()
    })
}

fn latest(report: &Report) -> u64 {
    report.steps.iter().filter_map(|step| step.output.as_ref()?.get::<u64>().ok()).max().unwrap()
}

#[test]
fn one_egg_takes_few_looks_and_is_noticed_soon() {
    let report = run(&plan(1, 0, 900, None));
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(latest(&report) <= 2_600, "{}", latest(&report));
    assert!(N_DESCRIBES.get() <= 12, "{}", N_DESCRIBES.get());
}

#[test]
fn a_hundred_eggs_share_their_looks() {
    let report = run(&plan(100, 0, 900, None));
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(latest(&report) <= 3_500, "{}", latest(&report));
    assert!(N_DESCRIBES.get() <= 20, "{}", N_DESCRIBES.get());
}

#[test]
fn eggs_laid_one_after_the_other_share_looks_too() {
    let report = run(&plan(100, 100, 900, None));
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(latest(&report) <= 3_500, "{}", latest(&report));
    // Ten seconds of first looks, and thirty of waiting for the first and the last.
    assert!(N_DESCRIBES.get() <= 60, "{}", N_DESCRIBES.get());
}

#[test]
fn throttling_makes_it_patient() {
    N_THROTTLED.set(3);
    let report = run(&plan(1, 0, 900, None));
    assert_eq!(report.outcome, Outcome::Done, "{report}");
}

#[test]
fn the_deadline_ends_it_with_the_last_state() {
    let report = run(&plan(1, 0, 60, None));
    assert_eq!(report.outcome, Outcome::Undone);
    let error = report.errors[0].1.to_string();
    assert!(error.starts_with("egg-00 is still an egg after 60 s"), "{error}");
}

#[test]
fn it_stops_when_asked_to() {
    let report = run(&plan(1, 0, 900, Some(Duration::from_secs(10))));
    assert_eq!(report.outcome, Outcome::Undone);
    let error = report.errors[0].1.to_string();
    assert!(error.contains("longer than its timeout"), "{error}");
}
