//! Reading a journal file before anything else is done.

use crate::{
    failure::Failure,
    runtime,
    site::{Backend, Site},
};
use hopper_core::{FileJournal, Journal as _, Ledger};
use std::path::Path;

/// What a journal says; one that does not exist says nothing.
///
/// # Errors
///
/// When it cannot be read, or is no journal.
pub fn ledger(path: &Path) -> Result<Ledger, Failure> {
    // Reading waits for nothing, so any clock will do.
    runtime::run(Backend::Mock, async { Ok(Ledger::of(&FileJournal::new(path).read().await?)) })
}

/// What the journal of a run says, and where the run acts.
///
/// # Errors
///
/// As [`ledger`]; and when there is no run in it.
pub fn run(path: &Path) -> Result<(Ledger, Site), Failure> {
    let ledger = ledger(path)?;
    match Site::of(&ledger)? {
        Some(site) => Ok((ledger, site)),
        None if path.exists() => Err(Failure::usage(format_args!(
            "there is no run in {}: nothing was begun",
            path.display()
        ))),
        None => Err(Failure::usage(format_args!(
            "there is no journal {}: name the one that `hopper up` wrote with --journal",
            path.display()
        ))),
    }
}
