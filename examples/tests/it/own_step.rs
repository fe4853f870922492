//! The step of `own_step.rs` under failures, repetitions and crashes.

#[path = "../../own_step.rs"]
#[expect(dead_code, reason = "the program's `main` is not called here")]
mod own;

use hopper_aws::Aws;
use hopper_core::{
    Clock, Engine, MemoryJournal, Plan, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, run_every_step_twice,
        undo_every_step_twice,
    },
};
use hopper_mock::Mock;

/// The recipe on the simulator.
struct OwnStep;

impl Lab for OwnStep {
    type World = Mock;

    fn world(&self) -> Mock {
        Mock::builder().seed(1).build()
    }

    fn plan(&self) -> Plan {
        let w = Workflow::new("own");
        own::recipe(&w).unwrap();
        w.plan().unwrap()
    }

    fn engine(&self, mock: &Mock, journal: MemoryJournal) -> Engine {
        let time = mock.clone();
        let aws = Aws::new(&mock.sdk_config());
        Engine::new(journal).env(aws).seed(1).clock(Clock::new(move || time.now().into()))
    }

    fn leftovers(&self, mock: &Mock) -> Vec<String> {
        mock.world().leftovers().iter().map(ToString::to_string).collect()
    }
}

#[test]
fn it_may_fail_anywhere() {
    assert_eq!(fail_at_every_step(&OwnStep), 6);
}

#[test]
fn it_may_be_repeated() {
    run_every_step_twice(&OwnStep);
    undo_every_step_twice(&OwnStep);
}

#[test]
fn it_may_crash_anywhere() {
    let crashes = crash_after_every_record(&OwnStep);
    assert!(8 <= crashes.running && 6 <= crashes.undoing, "{crashes:?}");
}
