//! [`S3Journal`]: a journal in S3, for a team.

use super::{
    S3Location,
    store::{Batch, Put, Store},
};
use async_trait::async_trait;
use aws_sdk_s3::Client;
use hopper_core::{
    Entry, Journal, JournalError, Lease, Owner, Record,
    journal_kit::{self, Holder},
};
use std::{fmt, io};
use tokio::sync::Mutex;

/// A journal in S3: any machine can go on with a run, or take it down.
///
/// Each batch is an object of its own, `<prefix>/0000000001.jsonl` and so on, of the lines that
/// would stand in a file: all of them one after the other are a journal for
/// [`FileJournal`](hopper_core::FileJournal). None is ever changed or deleted. A batch is written
/// on the condition that there is none of its number (`If-None-Match: *`): S3 lets one writer win,
/// so that two owners cannot both append, and a former owner's append is refused as
/// [`Fenced`](JournalError::Fenced) by the very write it tries. What is written is seen by every
/// reader at once ("Amazon S3 data consistency model" and "How to prevent object overwrites with
/// conditional writes" in the [user guide]).
///
/// Nothing tells whether the owner of a lease lives: after a crash the next owner has to wait
/// until the lease expires. A write whose answer was lost is settled by reading what is there.
///
/// - *Permissions*: `s3:ListBucket` on the bucket (without it a missing object is told as
///   forbidden), `s3:GetObject` and `s3:PutObject` on `<prefix>/*`; with a key of KMS also
///   `kms:GenerateDataKey` and `kms:Decrypt`. Not `s3:DeleteObject`.
/// - *The bucket*: encryption is the bucket's. Switch versioning on, so that what somebody deletes
///   or overwrites by hand can be restored; object lock in compliance mode keeps it from being
///   deleted at all. A policy that denies `s3:PutObject` where `s3:if-none-match` is null refuses
///   writes that do not come from a journal.
/// - *Cost*: one `PUT` a batch; reading is one `GET` a batch, 16 at once.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use hopper_aws::{Connect, S3Journal, registry};
/// use hopper_core::Engine;
///
/// let aws = Connect::default().connect().await?.aws;
/// let journal = S3Journal::new(aws.s3().clone(), "s3://team-journals/hopper/prod".parse()?);
/// Engine::new(journal).env(aws).registry(registry()).undo().await?;
/// # Ok(())
/// # }
/// ```
///
/// [user guide]: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
pub struct S3Journal {
    store: Store,
    held: Mutex<Option<Held>>,
}

/// A lease that is held through this handle.
#[derive(Clone, Copy, Debug)]
struct Held {
    epoch: u64,
    /// The number of the next batch.
    next: u64,
}

impl S3Journal {
    /// The journal at this place, which begins with its first batch. The bucket has to be there.
    #[must_use]
    pub fn new(client: Client, location: S3Location) -> Self {
        Self { store: Store::new(client, location), held: Mutex::new(None) }
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &S3Location {
        &self.store.location
    }

    fn scan(&self, lines: &[u8], each: impl FnMut(Entry)) -> Result<(), JournalError> {
        let found = journal_kit::scan(self.location(), lines, each)?;
        // An object is whole, so nothing of it can be torn.
        found.torn.map_or(Ok(()), |torn| {
            let (journal, why) = (self.location().to_string(), "its checksum is wrong".to_owned());
            Err(JournalError::Damaged { journal, line: torn.line, why })
        })
    }

    fn encode(&self, epoch: u64, at: u64, batch: &[Record]) -> Result<Vec<u8>, JournalError> {
        let mut lines = Vec::new();
        journal_kit::encode(&mut lines, epoch, at, batch).map_err(|e| {
            self.store.failed_with("encode a record", io::ErrorKind::InvalidData, e)
        })?;
        Ok(lines)
    }

    /// Appends under the lease of epoch `ours`.
    async fn write(
        &self,
        held: &mut Option<Held>,
        ours: u64,
        at: u64,
        mut batch: &[Record],
    ) -> Result<(), JournalError> {
        let held = match held {
            Some(held) if held.epoch == ours => held,
            Some(Held { epoch: theirs, .. }) => {
                return Err(JournalError::Fenced { ours, theirs: *theirs });
            }
            None => {
                let why = "no lease is held through this handle; acquire one first";
                return Err(self.store.failed_with("append", io::ErrorKind::PermissionDenied, why));
            }
        };
        while !batch.is_empty() {
            let lines = self.encode(ours, at, batch)?;
            match self.store.put(held.next, &lines).await? {
                Put::Written => batch = &[],
                Put::Taken(there) => batch = self.after(&there, ours, batch)?,
            }
            held.next += 1;
        }
        Ok(())
    }

    /// What of a batch is still to be written after what was found in its place.
    ///
    /// That may be an earlier batch of ours: one that was given up, or whose append was dropped,
    /// and that arrived all the same. What is tried again of it is not written twice.
    fn after<'b>(
        &self,
        there: &Batch,
        ours: u64,
        batch: &'b [Record],
    ) -> Result<&'b [Record], JournalError> {
        let (mut theirs, mut records) = (0, Vec::new());
        self.scan(&there.lines, |entry| {
            theirs = entry.epoch;
            records.push(entry.record);
        })?;
        match there.is_ours {
            true => Ok(batch.strip_prefix(&*records).unwrap_or(batch)),
            false if ours < theirs => Err(JournalError::Fenced { ours, theirs }),
            false => {
                let why = "something that takes no lease wrote to it; restore it from a copy";
                Err(self.store.failed_with("append", io::ErrorKind::InvalidData, why))
            }
        }
    }
}

#[async_trait]
impl Journal for S3Journal {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        let mut held = self.held.lock().await;
        let (mut lines, mut n) = self.store.read().await?;
        let mut holder = Holder::default();
        loop {
            self.scan(&lines, |entry| holder.see(entry.epoch, entry.at, &entry.record))?;
            let epoch = holder.succeed(at, true)?;
            let ours = self.encode(epoch, at, &[Record::Lease { owner: owner.clone() }])?;
            n += 1;
            match self.store.put(n, &ours).await? {
                Put::Written => {
                    *held = Some(Held { epoch, next: n + 1 });
                    return Ok(Lease { epoch, torn: None });
                }
                // Somebody was faster: what that was decides who holds the lease now.
                Put::Taken(there) => lines = there.lines,
            }
        }
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        let (lines, _) = self.store.read().await?;
        let mut entries = Vec::new();
        self.scan(&lines, |entry| entries.push(entry))?;
        Ok(entries)
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        let mut held = self.held.lock().await;
        self.write(&mut held, lease.epoch, at, batch).await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        let mut held = self.held.lock().await;
        self.write(&mut held, lease.epoch, at, &[Record::Release {}]).await?;
        *held = None;
        Ok(())
    }
}

impl fmt::Debug for S3Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Journal")
            .field("location", &self.location().to_string())
            .finish_non_exhaustive()
    }
}
