//! [`MemoryJournal`]: a journal in memory.

use super::{Entry, Journal, JournalError, Lease, Owner, Record, holder::Holder, line};
use async_trait::async_trait;
use serde::{Serialize, Serializer};
use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A journal in memory, for tests and for runs that nobody will resume.
///
/// A clone is another handle on the same journal, as another process has on a file; a
/// [`fork`](Self::fork) is what a crash leaves.
/// It is displayed as one line a record, without epochs, times and tokens, so that it
/// can be a snapshot.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), hopper_core::JournalError> {
/// use hopper_core::{Journal, MemoryJournal, Owner, Record};
///
/// let journal = MemoryJournal::default();
/// let lease = journal.acquire(&Owner::new("alice"), 0).await?;
/// journal.append(&lease, 1, &[Record::Undone { step: "net/vpc".into() }]).await?;
/// assert_eq!(journal.to_string(), "lease alice\nundone net/vpc\n");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryJournal {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// As in a file: a parsed record would take many times as much.
    lines: Vec<u8>,
    len: usize,
    holder: Holder,
    alive: bool,
}

impl MemoryJournal {
    /// A copy of the first `n` records without a living owner: what a crash leaves after them.
    #[must_use]
    pub fn fork(&self, n: usize) -> Self {
        let mut fork = State::default();
        {
            let state = self.state();
            let lines = state.lines.split_inclusive(|b| *b == b'\n').take(n);
            let end = lines.map(<[u8]>::len).sum();
            fork.lines = state.lines[..end].to_vec();
        }
        let (entries, _) = decode(&fork.lines);
        entries.iter().for_each(|e| fork.holder.see(e.epoch, e.at, &e.record));
        fork.len = entries.len();
        Self { state: Arc::new(Mutex::new(fork)) }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().len
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything written so far, in order; up to a record of a newer format, if there is one.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        decode(&self.state().lines).0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entries, and whether that is all of them.
fn decode(lines: &[u8]) -> (Vec<Entry>, Result<(), JournalError>) {
    let mut entries = Vec::new();
    let all = line::scan(&NAME, lines, |entry| entries.push(entry)).map(drop);
    (entries, all)
}

const NAME: &str = "the journal in memory";

impl State {
    fn write(&mut self, epoch: u64, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        line::encode(&mut self.lines, epoch, at, batch).map_err(|e| {
            let source = io::Error::from(e);
            JournalError::Io { path: NAME.into(), action: "encode a record", source }
        })?;
        self.len += batch.len();
        for record in batch {
            self.holder.see(epoch, at, record);
        }
        Ok(())
    }

    fn append(&mut self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        let (ours, theirs) = (lease.epoch, self.holder.epoch());
        if ours != theirs {
            return Err(JournalError::Fenced { ours, theirs });
        }
        self.write(ours, at, batch)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        let mut state = self.state();
        let epoch = state.holder.succeed(at, state.alive)?;
        state.write(epoch, at, &[Record::Lease { owner: owner.clone() }])?;
        state.alive = true;
        Ok(Lease { epoch, torn: None })
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        let (entries, all) = decode(&self.state().lines);
        all.map(|()| entries)
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        self.state().append(lease, at, batch)
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.state().append(&lease, at, &[Record::Release {}])
    }
}

/// One line a record.
impl fmt::Display for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries().iter().try_for_each(|entry| writeln!(f, "{}", entry.record))
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// As a list of entries.
impl Serialize for MemoryJournal {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.entries().serialize(s)
    }
}
