//! What journals are made of, for a [`Journal`](crate::Journal) of one's own: lines with
//! checksums, and who may write them.
//!
//! A journal kept elsewhere than in a file holds the same lines, so that whatever reads the one
//! reads the other; `hopper_core::testing::journal::conformance` checks it.
//!
//! ```
//! use hopper_core::{Owner, Record, journal_kit::{Holder, encode, scan}};
//!
//! let mut lines = Vec::new();
//! encode(&mut lines, 1, 1_767_225_600_000, &[Record::Lease { owner: Owner::new("a") }])?;
//!
//! let mut holder = Holder::default();
//! scan(&"a journal", &lines, |entry| holder.see(entry.epoch, entry.at, &entry.record))?;
//! assert!(holder.succeed(1_767_225_600_001, true).is_err()); // the lease lasts
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use super::{
    holder::Holder,
    line::{Scan, encode, scan},
};
