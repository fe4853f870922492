//! Progress: what is going on, as bars on a terminal, as lines elsewhere, as JSON for machines.

mod bars;
mod lines;
mod progress;

pub use bars::Bars;
pub use progress::Progress;
