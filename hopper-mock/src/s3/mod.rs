//! Amazon S3: buckets, and objects of text with conditions on reading and writing.
//!
//! Everything is seen at once: S3 is strongly consistent (S3 user guide, "Amazon S3 data
//! consistency model"). Of several conditional writes to a key at the same time the simulator
//! lets the first one win, and refuses the others with `PreconditionFailed`; a
//! `ConditionalRequestConflict`, with which AWS may refuse them too, is a fault to be injected.

mod bucket;
mod call;
mod condition;
mod list;
mod object;
mod operations;
mod tables;

pub use bucket::Bucket;
pub use object::Object;
pub(crate) use operations::operate;
pub(crate) use tables::REGISTRY;
pub use tables::S3;
