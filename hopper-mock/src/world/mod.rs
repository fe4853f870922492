//! The world: everything that exists in one account and region, and how it changes.
//!
//! It is a pure state machine: no I/O, no clock, no globals. Time comes with each request, chance
//! from the seed, and everything that iterates is ordered, so the same requests at the same times
//! always give the same world.

mod diff;
mod doom;
mod ids;
mod leftovers;
mod machinery;
mod picture;
mod portrait;
mod registry;
mod resource;
mod schedule;
mod scrub;
mod state;
mod tokens;

pub use diff::{Diff, Difference};
pub(crate) use doom::Doom;
pub(crate) use ids::unique_id_of;
pub use leftovers::Leftover;
pub use picture::Picture;
pub(crate) use registry::Registered;
pub(crate) use resource::{Kind, Resource, Tags};
pub(crate) use schedule::Transition;
pub use state::World;
pub(crate) use state::unknown_operation;
