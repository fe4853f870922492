//! What tests of steps, recipes and journals need.
//!
//! - [`Make`] and [`Shelf`]: a step and an environment without any cloud.
//!
//! With the feature `testing` also a harness for recipes, and a conformance suite for journals.
#![cfg_attr(
    feature = "testing",
    doc = r"

- [`Lab`]: a recipe and a world it acts on, for the harness: [`fail_at_every_step`],
  [`run_every_step_twice`], [`undo_every_step_twice`], [`crash_after_every_record`], and
  [`change_everywhere`] from one recipe to another. Each asserts that nothing is left in the end.
- [`MortalJournal`]: a journal whose owner may die at any instant.
- [`journal`]: the conformance suite of a [`Journal`](crate::Journal).

The harness makes its own runtimes on paused time, so it is called from a plain `#[test]`."
)]

#[cfg(feature = "testing")]
mod change;
#[cfg(feature = "testing")]
mod crash;
#[cfg(feature = "testing")]
mod harness;
#[cfg(feature = "testing")]
pub mod journal;
#[cfg(feature = "testing")]
mod lab;
#[cfg(feature = "testing")]
mod mortal;
mod shelf;
#[cfg(feature = "testing")]
mod tamper;

#[cfg(feature = "testing")]
pub use change::change_everywhere;
#[cfg(feature = "testing")]
pub use crash::{Crashes, crash_after_every_record};
#[cfg(feature = "testing")]
pub use harness::{fail_at_every_step, run_every_step_twice, undo_every_step_twice};
#[cfg(feature = "testing")]
pub use lab::{Lab, on_paused_time};
#[cfg(feature = "testing")]
pub use mortal::MortalJournal;
pub use shelf::{Make, Shelf};
