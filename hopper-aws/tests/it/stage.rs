//! [`Stage`]: a recipe on the simulated AWS, for the harness.

use hopper_aws::{Aws, Tags, registry};
use hopper_core::{
    Clock, Engine, MemoryJournal, Outcome, Plan, Report, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use hopper_mock::{Fault, Mock, Visibility};
use std::time::Duration;

/// Decides what goes wrong.
type Arm = fn(Fault<'_>);

/// A recipe on the simulated AWS.
pub(crate) struct Stage {
    pub(crate) recipe: fn(&Workflow),
    pub(crate) visibility: Visibility,
}

impl Stage {
    pub(crate) fn new(recipe: fn(&Workflow)) -> Self {
        Self { recipe, visibility: Visibility::Off }
    }

    /// Everything a step has to bear.
    pub(crate) fn endure(&self) {
        fail_at_every_step(self);
        run_every_step_twice(self);
        undo_every_step_twice(self);
        crash_after_every_record(self);
    }

    /// Lets each of these operations go wrong in every way that passes: the run leads to the
    /// same world as in good weather, and its undo leaves nothing.
    pub(crate) fn in_bad_weather(&self, changes: &[&str], take_backs: &[&str]) {
        let arms: [(&str, Arm); 6] = [
            ("lost reply", |fault| fault.lose_reply()),
            ("no reply", |fault| fault.hang()),
            ("reset", |fault| fault.reset()),
            ("503", |fault| fault.unavailable()),
            ("throttled", |fault| fault.times(3).throttle()),
            ("late", |fault| fault.slow(Duration::from_secs(40))),
        ];
        let calm = self.bad_day("*", |_| ());
        for operation in changes.iter().chain(take_backs) {
            for (weather, arm) in arms {
                assert_eq!(self.bad_day(operation, arm), calm, "{operation}: {weather}");
            }
        }
    }

    /// One run and its undo while an operation goes wrong; the picture in between.
    fn bad_day(&self, operation: &str, arm: Arm) -> String {
        let mock = self.world();
        let picture = on_paused_time(async {
            let engine = self.engine(&mock, MemoryJournal::default());
            if !operation.starts_with('*') {
                arm(mock.fail(operation));
            }
            let report = engine.run(&self.plan()).await.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{operation}: {report}");
            let picture = self.picture(&mock);
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{operation}: {report}");
            picture
        });
        assert_eq!(self.leftovers(&mock), [""; 0], "{operation}");
        picture
    }

    /// Runs it, hands over the world, and undoes it; nothing is left.
    pub(crate) fn up_and_down(&self, then: impl AsyncFnOnce(&Mock, &Engine, &Report)) {
        let mock = self.world();
        on_paused_time(async {
            let engine = self.engine(&mock, MemoryJournal::default());
            let report = engine.run(&self.plan()).await.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{report}");
            then(&mock, &engine, &report).await;
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
        });
        assert_eq!(self.leftovers(&mock), [""; 0]);
    }
}

impl Lab for Stage {
    type World = Mock;

    fn world(&self) -> Mock {
        Mock::builder().seed(7).visibility(self.visibility).build()
    }

    fn plan(&self) -> Plan {
        let w = Workflow::new("test");
        (self.recipe)(&w);
        w.plan().unwrap()
    }

    fn engine(&self, mock: &Mock, journal: MemoryJournal) -> Engine {
        let aws = Aws::new(&mock.sdk_config()).with_tags(Tags::new().with("team", "blue"));
        Engine::new(journal).env(aws).registry(registry()).seed(1).clock(Clock::fixed())
    }

    fn leftovers(&self, mock: &Mock) -> Vec<String> {
        mock.world().leftovers().iter().map(ToString::to_string).collect()
    }

    fn picture(&self, mock: &Mock) -> String {
        let calls: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
        format!("{calls:?}")
    }
}
