//! [`Journal`]: where records go.

use super::{Entry, JournalError, Owner, Record};
use async_trait::async_trait;
use std::{fmt, sync::Arc, time::Duration};

/// Where the records of one run go, and who may write them.
///
/// The engine takes a [`Lease`], appends batches under it, and gives it back.
/// A lease lasts [as long as its owner says](Owner::lease) after the owner's last record, so that
/// the successor of an owner that stopped can take over with a higher epoch; from then on whatever the old owner
/// appends is refused as [`JournalError::Fenced`].
/// [`testing::journal`](crate::testing) checks an implementation against all of this.
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync {
    /// Takes the lease at `at` (milliseconds since 1970 by the engine's clock), writing a
    /// [`Record::Lease`] durably.
    ///
    /// A torn record at the end, left by a crash in the middle of an append, is cut off and
    /// reported in the lease.
    ///
    /// # Errors
    ///
    /// [`JournalError::Busy`] while another owner holds it; [`JournalError::Damaged`] when
    /// something other than the last record cannot be read; [`JournalError::Io`].
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError>;

    /// Everything written so far, in order; needs no lease. A torn record at the end is left out.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`], [`JournalError::Format`], [`JournalError::Io`].
    async fn read(&self) -> Result<Vec<Entry>, JournalError>;

    /// Appends a batch, all or nothing as far as a later [`read`](Journal::read) can tell but
    /// for a crash, which may keep a part of it from the front; returns when it is durable.
    ///
    /// # Errors
    ///
    /// [`JournalError::Fenced`] when another owner has taken over; [`JournalError::Io`] when it
    /// could not be written: then nothing of the batch counts as written.
    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError>;

    /// Gives the lease back with a [`Record::Release`].
    ///
    /// # Errors
    ///
    /// As [`append`](Journal::append).
    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError>;
}

/// A journal that is chosen at run time.
#[async_trait]
impl<J: Journal + ?Sized> Journal for Arc<J> {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        (**self).acquire(owner, at).await
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        (**self).read().await
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        (**self).append(lease, at, batch).await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        (**self).release(lease, at).await
    }
}

const _: fn(&dyn Journal) = |_| ();

/// The right to append.
#[derive(Debug)]
pub struct Lease {
    /// The epoch in every record written under it.
    pub epoch: u64,
    /// What was cut off the end when it was taken.
    pub torn: Option<Torn>,
}

impl Lease {
    /// How long a lease lasts after its owner's last record, unless its owner says otherwise: 60 s.
    ///
    /// The engine writes a [`Record::Lease`] after a third of it without another record, and sends
    /// nothing once half of it has passed. So when it ends the owner's last call was sent at least
    /// another half ago; the successor's patience in [`Step::find`](crate::Step::find), counted
    /// from then, has to cover the rest of the longest call.
    pub const DURATION: Duration = Duration::from_secs(60);
}

/// The remains of an append that a crash cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The line where it began, from 1.
    pub line: u64,
    /// How many bytes were cut off.
    pub bytes: u64,
}
