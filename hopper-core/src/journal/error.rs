//! [`JournalError`]: why a journal could not be read or written.

use super::Owner;
use std::path::PathBuf;

/// Why a journal could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another owner holds the lease.
    #[error(
        "the journal is in use by {} since {since}; wait until it has ended, or stop it",
        owner.name
    )]
    Busy {
        /// Who.
        owner: Owner,
        /// When its lease began, as text, e.g. `2026-01-01T00:00:00Z`.
        since: String,
    },
    /// Another owner has taken over; nothing may be appended any more.
    #[error(
        "another owner has taken over the journal (epoch {theirs}, ours was {ours}), so nothing \
         more was sent; leave the run to it, it finds what is there"
    )]
    Fenced {
        /// The epoch of the lease that was lost.
        ours: u64,
        /// The epoch of the successor.
        theirs: u64,
    },
    /// A record that is not the last cannot be read.
    #[error(
        "{journal} is damaged in line {line}: {why}; restore it from a copy, for what follows \
         that line cannot be trusted"
    )]
    Damaged {
        /// The journal.
        journal: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It was written in a format this version does not know.
    #[error("{journal} has format {found}, and this version reads up to format {known}")]
    Format {
        /// The journal.
        journal: String,
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// It could not be read or written.
    #[error("{path}: cannot {action}: {source}", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What was tried, e.g. `append`.
        action: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}
