//! S3: where a team keeps its journals.

mod journal;
mod location;
mod store;

pub use journal::S3Journal;
pub use location::{S3Location, S3LocationError};
