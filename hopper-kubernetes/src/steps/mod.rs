//! The steps.

mod reached;
mod script;

use hopper_core::Registry;

pub use reached::{Reached, ReachedOut, ReachedRefs};
pub use script::Script;

/// A registry with these steps as well: with it they are undone from a journal alone.
#[must_use]
pub fn registered(registry: Registry) -> Registry {
    registry.with::<Reached>().with::<Script>()
}
