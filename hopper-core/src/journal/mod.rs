//! The journal: the append-only record of one run, written before and after every effect.

mod data;
mod display;
mod error;
mod file;
mod held;
mod holder;
#[expect(clippy::module_inception, reason = "the trait is the thing in the file")]
mod journal;
pub mod kit;
mod line;
mod lock;
mod memory;
mod open;
mod record;
mod rescue;

pub use data::Data;
pub use error::JournalError;
pub use file::FileJournal;
pub use journal::{Journal, Lease, Torn};
pub use memory::MemoryJournal;
pub use record::{Edges, Entry, FORMAT, Owner, Record, RunRecord, Started, Updating};
pub(crate) use record::{INPUTS, OUTPUT, millis, note};
