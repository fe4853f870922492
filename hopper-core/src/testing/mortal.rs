//! [`MortalJournal`]: a journal whose owner may die.

use crate::{Entry, Journal, JournalError, Lease, MemoryJournal, Owner, Record};
use async_trait::async_trait;
use std::fmt;

/// A journal whose owner may die: from then on nothing that is appended becomes durable, and
/// nobody is told. What the next process finds is a [fork](MemoryJournal::fork) of the journal
/// below.
pub struct MortalJournal {
    journal: MemoryJournal,
    is_dead: Box<dyn Fn() -> bool + Send + Sync>,
}

impl MortalJournal {
    /// A journal that asks, before each append, whether its owner is dead.
    pub fn new(journal: MemoryJournal, is_dead: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { journal, is_dead: Box::new(is_dead) }
    }

    async fn live(&self) {
        if (self.is_dead)() {
            std::future::pending().await
        }
    }
}

impl fmt::Debug for MortalJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MortalJournal").field("journal", &self.journal).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for MortalJournal {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.live().await;
        self.journal.acquire(owner, at).await
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.journal.read().await
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        self.live().await;
        self.journal.append(lease, at, batch).await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.live().await;
        self.journal.release(lease, at).await
    }
}
