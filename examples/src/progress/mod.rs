//! Progress: what is going on, as bars on a terminal, as lines elsewhere, as JSON for machines.

mod bars;
mod lines;
mod way;

pub use bars::Bars;
pub use way::Progress;
