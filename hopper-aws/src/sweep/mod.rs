//! Strays: what carries hopper's [mark](crate::mark) and is in no journal at hand.

mod marked;
mod stray;

pub use stray::{Stray, strays};
