//! A step with fields of any shape, to see what the fields are when it runs.

use hopper_core::{
    Clock, Engine, Event, MemoryJournal, Outcome, PlanErrors, Report,
    prelude::*,
    testing::{Make, Shelf},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::{Arc, Mutex};

/// What the steps saw when they ran.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

/// A step with fields of any shape: it writes down what they are when it runs.
#[derive(Serialize, Deserialize)]
pub(crate) struct Shape<T> {
    pub(crate) value: T,
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Step for Shape<T> {
    const KIND: &'static str = "test.shape";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Seen;
    type Output = ();
    async fn run(&self, seen: &Seen, _: &Cx) -> Result<(), StepError> {
        let text = serde_json::to_string(&self.value).map_err(StepError::permanent)?;
        seen.0.lock().unwrap().push(text);
        Ok(())
    }
    async fn find(&self, _: &Seen, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }
    async fn undo(&self, _: &Seen, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

/// Runs a plan: how it ended, what its shapes were when they ran, and what failed.
fn observe(plan: &Plan) -> (Report, Vec<String>, Vec<String>) {
    let (seen, failures) = (Seen::default(), Seen::default());
    let told = failures.clone();
    let engine = Engine::new(MemoryJournal::default())
        .env(seen.clone())
        .env(Shelf::default())
        .clock(Clock::fixed())
        .observe(move |_, event: &Event| {
            if let Event::Failed { step, error } = event {
                told.0.lock().unwrap().push(format!("{step}: {error}"));
            }
        });
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = tokio.block_on(engine.run(plan)).unwrap();
    let take = |s: &Seen| std::mem::take(&mut *s.0.lock().unwrap());
    (report, take(&seen), take(&failures))
}

/// What the shapes of a plan were when they ran.
#[track_caller]
pub(crate) fn run(plan: &Plan) -> Vec<String> {
    let (report, seen, _) = observe(plan);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    seen
}

/// Runs a plan to its end.
#[track_caller]
pub(crate) fn report(plan: &Plan) -> Report {
    let (report, ..) = observe(plan);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    report
}

/// Why a plan fails before any of its shapes has run.
#[track_caller]
pub(crate) fn failure(plan: &Plan) -> String {
    let (report, seen, failures) = observe(plan);
    assert_ne!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(seen, [""; 0]);
    failures.join("\n")
}

/// Plans a step of this shape that refers to `a`, whose output is `a#1`.
pub(crate) fn planned<T>(shape: impl FnOnce(Input<String>) -> T) -> Result<Plan, PlanErrors>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let w = Workflow::new("shapes");
    let a = w.step("a").does(Make::new("a"));
    w.step("shape").does(Shape { value: shape(a) });
    w.plan()
}

pub(crate) fn problem<T>(shape: impl FnOnce(Input<String>) -> T) -> String
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let errors = planned(shape).map(|plan| plan.to_string()).unwrap_err();
    assert_eq!(errors.0.len(), 1, "{errors}");
    errors.0[0].problem.clone()
}

/// A reference comes to what the literal would be, is an edge, and is shown.
#[track_caller]
pub(crate) fn found<T>(shape: impl Fn(Input<String>) -> T)
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let plan = planned(&shape).unwrap();
    assert_eq!(plan.waves(), [["a"], ["shape"]]);
    assert!(plan.nodes()[1].inputs().contains("${a}"), "{plan}");
    assert_eq!(run(&plan), [serde_json::to_string(&shape("a#1".into())).unwrap()]);
}

/// A literal comes to itself, and is no edge.
#[track_caller]
pub(crate) fn data<T>(value: impl Fn() -> T)
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let plan = planned(|_| value()).unwrap();
    assert_eq!(plan.waves(), [["a", "shape"]]);
    assert_eq!(run(&plan), [serde_json::to_string(&value()).unwrap()]);
}
