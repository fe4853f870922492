//! The harness, on a recipe without any cloud.

use hopper_core::{
    Clock, Engine, MemoryJournal, Plan,
    prelude::*,
    testing::{
        Lab, Make, Shelf, crash_after_every_record, fail_at_every_step, run_every_step_twice,
        undo_every_step_twice,
    },
};
use std::time::Duration;

struct Bakery;

impl Lab for Bakery {
    type World = Shelf;
    fn world(&self) -> Shelf {
        Shelf::default()
    }
    fn plan(&self) -> Plan {
        let w = Workflow::new("bakery");
        let oven = w.step("oven").does(Make::new("oven").taking(Duration::from_secs(100)));
        let flour = w.step("flour").does(Make::new("flour").taking(Duration::from_secs(2)));
        let water = w.step("water").does(Make::new("water"));
        let dough = w.step("dough").does(Make::new(text!("{}+{}", flour, water)));
        w.step("bread").after(&oven).does(Make::new(dough).taking(Duration::from_secs(40)));
        w.plan().unwrap()
    }
    fn engine(&self, shelf: &Shelf, journal: MemoryJournal) -> Engine {
        Engine::new(journal).env(shelf.clone()).seed(1).clock(Clock::fixed())
    }
    fn leftovers(&self, shelf: &Shelf) -> Vec<String> {
        shelf.things()
    }
    fn picture(&self, shelf: &Shelf) -> String {
        let mut things = shelf.things();
        for t in &mut things {
            t.retain(|c| !c.is_ascii_digit());
        }
        things.sort();
        things.join(", ")
    }
}

#[test]
fn every_failure_unwinds() {
    assert_eq!(fail_at_every_step(&Bakery), 10);
}

#[test]
fn repeating_does_no_harm() {
    run_every_step_twice(&Bakery);
    undo_every_step_twice(&Bakery);
}

#[test]
fn every_crash_resumes() {
    let crashes = crash_after_every_record(&Bakery);
    assert!(10 < crashes.running && 10 < crashes.undoing, "{crashes:?}");
}

/// A step that forgets to look for what it made leaves something, and the harness says so.
#[test]
#[should_panic(expected = "left:")]
fn a_step_that_cannot_be_found_is_found_out() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Careless {
        make: Make,
    }
    impl Step for Careless {
        const KIND: &'static str = "test.careless";
        type Env = Shelf;
        type Output = String;
        async fn run(&self, shelf: &Shelf, cx: &Cx) -> Result<String, StepError> {
            self.make.run(shelf, cx).await
        }
        async fn find(&self, _: &Shelf, _: &Cx) -> Result<Found<String>, StepError> {
            Ok(Found::Absent)
        }
        async fn undo(&self, s: &Shelf, cx: &Cx, made: Made<'_, String>) -> Result<(), StepError> {
            self.make.undo(s, cx, made).await
        }
    }
    struct Bad;
    impl Lab for Bad {
        type World = Shelf;
        fn world(&self) -> Shelf {
            Shelf::default()
        }
        fn plan(&self) -> Plan {
            let w = Workflow::new("bad");
            w.step("one").does(Careless { make: Make::new("thing") });
            w.plan().unwrap()
        }
        fn engine(&self, shelf: &Shelf, journal: MemoryJournal) -> Engine {
            Engine::new(journal).env(shelf.clone()).seed(1).clock(Clock::fixed())
        }
        fn leftovers(&self, shelf: &Shelf) -> Vec<String> {
            shelf.things()
        }
    }
    fail_at_every_step(&Bad);
}
