//! The floor: the records of a run, written by hand.
//!
//! Whatever engine keeps such a journal has to encode these records, append them and, in as many
//! groups, flush them. The floor does this and nothing else: no graph, no tasks, no steps.

use crate::workload::Workload;
use async_trait::async_trait;
use hopper_core::{Entry, Journal, JournalError, Lease, MemoryJournal, Owner, Plan, Record};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Write as _},
    mem,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The records of a run, in the groups in which they were made durable.
pub(crate) type Batches = Vec<Vec<Record>>;

/// Runs a plan to see what it writes.
pub(crate) async fn record(workload: Workload, plan: &Plan) -> anyhow::Result<Batches> {
    let tap = Tap::default();
    let batches = tap.batches.clone();
    crate::hopper::run(workload, plan, tap).await?;
    let mut batches = batches.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(mem::take(&mut *batches))
}

/// Writes the records into a new file, flushing after each group if asked to, and says how long
/// that took.
pub(crate) fn write(path: &Path, batches: &Batches, flush: bool) -> io::Result<Duration> {
    /// As [`Entry`], of a borrowed record.
    #[derive(Serialize)]
    struct Line<'a> {
        epoch: u64,
        at: u64,
        record: &'a Record,
    }
    let mut file = File::options().append(true).create_new(true).open(path)?;
    let began = Instant::now();
    let mut lines = Vec::new();
    for batch in batches {
        lines.clear();
        for record in batch {
            let start = lines.len();
            serde_json::to_writer(&mut lines, &Line { epoch: 1, at: 0, record })?;
            let crc = crc32fast::hash(&lines[start..]);
            lines.pop();
            writeln!(lines, ",\"crc\":\"{crc:08x}\"}}")?;
        }
        file.write_all(&lines)?;
        if flush {
            file.sync_data()?;
        }
    }
    Ok(began.elapsed())
}

/// A journal that keeps what is appended, group by group.
#[derive(Debug, Default)]
struct Tap {
    journal: MemoryJournal,
    batches: Arc<Mutex<Batches>>,
}

impl Tap {
    fn keep(&self, batch: Vec<Record>) {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }
}

#[async_trait]
impl Journal for Tap {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        self.keep(vec![Record::Lease { owner: owner.clone() }]);
        self.journal.acquire(owner, at).await
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.journal.read().await
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        self.keep(batch.to_vec());
        self.journal.append(lease, at, batch).await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        self.keep(vec![Record::Release {}]);
        self.journal.release(lease, at).await
    }
}
