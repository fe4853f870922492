//! Recipes, and the fragments they are made of.
//!
//! A fragment is a function that writes steps into a workflow and hands out what others may use
//! of them. It hands out *ready* values: whoever uses the private subnet waits for its way to the
//! internet, and need not know that there is one. A recipe is made of fragments.

mod bastion;
mod chapter;
mod network;

pub use bastion::{Bastion, bastion};
pub use chapter::{Chapter, chapter};
pub use network::{Network, network};
