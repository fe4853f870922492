//! What tests of steps, recipes and journals need.
//!
//! - [`Make`] and [`Shelf`]: a step and an environment without any cloud.
//! - [`journal`]: the conformance suite of a [`Journal`](crate::Journal).

#[cfg(any(test, feature = "testing"))]
pub mod journal;
mod shelf;

pub use shelf::{Make, Shelf};
