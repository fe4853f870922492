//! [`Lab`]: a recipe and a world it acts on.

use crate::{Engine, MemoryJournal, Plan};
use std::future::Future;

/// A recipe and a world it acts on, for the harness.
///
/// ```
/// use hopper_core::{Clock, Engine, MemoryJournal, Plan, prelude::*};
/// use hopper_core::testing::{Lab, Make, Shelf, fail_at_every_step};
///
/// struct Bakery;
///
/// impl Lab for Bakery {
///     type World = Shelf;
///     fn world(&self) -> Shelf {
///         Shelf::default()
///     }
///     fn plan(&self) -> Plan {
///         let w = Workflow::new("bakery");
///         let flour = w.step("flour").does(Make::new("flour"));
///         w.step("bread").does(Make::new(text!("bread of {}", flour)));
///         w.plan().expect("the recipe is right")
///     }
///     fn engine(&self, shelf: &Shelf, journal: MemoryJournal) -> Engine {
///         Engine::new(journal).env(shelf.clone()).seed(1).clock(Clock::fixed())
///     }
///     fn leftovers(&self, shelf: &Shelf) -> Vec<String> {
///         shelf.things()
///     }
/// }
///
/// # #[cfg(feature = "testing")]
/// fail_at_every_step(&Bakery);
/// ```
pub trait Lab {
    /// What the steps act on. It outlives a crash of the program.
    type World;

    /// A fresh world.
    fn world(&self) -> Self::World;

    /// The recipe's plan.
    fn plan(&self) -> Plan;

    /// An engine that acts on this world, as a newly started program would make it. Called on
    /// the runtime that it will run on.
    fn engine(&self, world: &Self::World, journal: MemoryJournal) -> Engine;

    /// What the world holds that was not there in the beginning.
    fn leftovers(&self, world: &Self::World) -> Vec<String>;

    /// The world in words, without what may differ from run to run (ids, addresses): resuming
    /// after a crash has to lead to the same picture. Nothing is compared by default.
    fn picture(&self, world: &Self::World) -> String {
        let _ = world;
        String::new()
    }
}

/// Runs a future to its end on a runtime of its own, on one thread and on paused time, and drops
/// the runtime with whatever is still in flight, as the end of a process does.
///
/// # Panics
///
/// If the runtime cannot be made.
#[expect(clippy::expect_used, reason = "a test cannot go on")]
pub fn on_paused_time<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime can be made")
        .block_on(future)
}
