//! [`FileJournal`]: a journal in a file.

use super::{Entry, Journal, JournalError, Lease, Owner, Record, held::Held, line};
use async_trait::async_trait;
use std::{
    fs, io, mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// A journal in a file: a line of JSON a record, durable when [`append`](Journal::append) returns.
///
/// The file is readable by its owner alone. While a lease is held there is a second file,
/// `<journal>.lock`: the operating system's lock on it tells that the owner lives, so that the
/// lease of one that crashed can be taken at once.
/// Both locks work between processes on one machine; a network file system may not honour them.
///
/// On a runtime with several threads the writing is done on one that may block; otherwise in
/// line, so that a run on one thread always takes the same course.
#[derive(Debug)]
pub struct FileJournal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    held: Mutex<Option<Held>>,
    /// An empty buffer that keeps its memory from append to append.
    spare: Mutex<Vec<u8>>,
}

impl FileJournal {
    /// A journal in the file at `path`, which is opened, and created if need be, when it is used.
    ///
    /// ```
    /// use hopper_core::FileJournal;
    ///
    /// let journal = FileJournal::new("hopper.journal");
    /// assert_eq!(journal.path().to_str(), Some("hopper.journal"));
    /// ```
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let (held, spare) = (Mutex::new(None), Mutex::new(Vec::new()));
        Self { inner: Arc::new(Inner { path: path.into(), held, spare }) }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs what may block where it may.
    async fn blocking<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Inner) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        match Handle::try_current() {
            Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
                let inner = Arc::clone(&self.inner);
                let done = handle.spawn_blocking(move || f(&inner)).await;
                done.unwrap_or_else(|e| {
                    Err(failed(self.path(), "finish what was begun")(io::Error::other(e)))
                })
            }
            _ => f(&self.inner),
        }
    }
}

impl Inner {
    fn held(&self) -> impl std::ops::DerefMut<Target = Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn encode(&self, epoch: u64, at: u64, batch: &[Record]) -> Result<Vec<u8>, JournalError> {
        let mut lines = mem::take(&mut *self.spare.lock().unwrap_or_else(PoisonError::into_inner));
        line::encode(&mut lines, epoch, at, batch)
            .map_err(|e| failed(&self.path, "encode a record")(e.into()))?;
        Ok(lines)
    }

    fn keep(&self, mut lines: Vec<u8>) {
        lines.clear();
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = lines;
    }

    /// Whether the lease that is held is the one of epoch `ours`.
    fn check(&self, held: Option<&Held>, ours: u64) -> Result<(), JournalError> {
        match held.map(Held::epoch) {
            Some(epoch) if epoch == ours => Ok(()),
            Some(theirs) => Err(JournalError::Fenced { ours, theirs }),
            None => Err(failed(&self.path, "append")(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "no lease is held through this handle; acquire one first",
            ))),
        }
    }
}

#[async_trait]
impl Journal for FileJournal {
    async fn acquire(&self, owner: &Owner, at: u64) -> Result<Lease, JournalError> {
        let owner = owner.clone();
        self.blocking(move |inner| {
            let mut slot = inner.held();
            let (held, lease) = Held::acquire(&inner.path, &owner, at)?;
            *slot = Some(held);
            Ok(lease)
        })
        .await
    }

    async fn read(&self) -> Result<Vec<Entry>, JournalError> {
        self.blocking(|inner| {
            let bytes = match fs::read(&inner.path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
                bytes => bytes.map_err(failed(&inner.path, "read"))?,
            };
            let mut entries = Vec::new();
            line::scan(&inner.path.display(), &bytes, |entry| entries.push(entry))?;
            Ok(entries)
        })
        .await
    }

    async fn append(&self, lease: &Lease, at: u64, batch: &[Record]) -> Result<(), JournalError> {
        let lines = self.inner.encode(lease.epoch, at, batch)?;
        let ours = lease.epoch;
        self.blocking(move |inner| {
            let mut slot = inner.held();
            inner.check(slot.as_ref(), ours)?;
            if let Some(held) = slot.as_mut() {
                held.append(&lines)?;
            }
            inner.keep(lines);
            Ok(())
        })
        .await
    }

    async fn release(&self, lease: Lease, at: u64) -> Result<(), JournalError> {
        let lines = self.inner.encode(lease.epoch, at, &[Record::Release {}])?;
        self.blocking(move |inner| {
            let mut slot = inner.held();
            inner.check(slot.as_ref(), lease.epoch)?;
            slot.take().map_or(Ok(()), |held| held.release(&lines))
        })
        .await
    }
}

/// Says which file an error is about, and what was tried.
pub(super) fn failed(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Io { path, action, source }
}
