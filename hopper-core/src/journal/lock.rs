//! The operating system's locks: around a write, and for as long as an owner lives.

use super::open::private;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

/// How often, and how many milliseconds apart, a lock on the journal is asked for: for 5 s,
/// many times what the slowest disk needs for a write.
const TRIES: (u32, u64) = (1000, 5);

/// How often, and how many milliseconds apart, an owner is asked whether it lives: a program that
/// it was just starting has a copy of the lock between `fork` and `exec`, though the owner is gone.
const FORKED: (u32, u64) = (20, 5);

/// The lock on a journal, held around a write.
#[derive(Debug)]
pub(super) struct Writing(Arc<File>);

impl Writing {
    /// Takes it, with patience; but not for ever, since its holder may be a stopped process.
    ///
    /// # Errors
    ///
    /// When another holds it for too long, or the file system has no locks.
    pub(super) fn begin(file: &Arc<File>) -> io::Result<Self> {
        for _ in 0..TRIES.0 {
            match file.try_lock() {
                Ok(()) => return Ok(Self(Arc::clone(file))),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(TRIES.1)),
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
        let why = "another process has stopped in the middle of a write; end it, or let it go on";
        Err(io::Error::new(io::ErrorKind::TimedOut, why))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Should it fail, closing the file unlocks it.
        let _ = self.0.unlock();
    }
}

/// The lock that tells that an owner lives: the kernel lets go of it when the process ends.
///
/// It is taken, replaced and removed only under the lock on the journal.
#[derive(Debug)]
pub(super) struct Living {
    path: PathBuf,
    /// Open for as long as the owner lives.
    _file: File,
}

impl Living {
    /// Takes the lock at `path`; `None` while another owner lives.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or locked.
    pub(super) fn claim(path: &Path) -> io::Result<Option<Self>> {
        let file =
            private(OpenOptions::new().write(true).create(true).truncate(false)).open(path)?;
        for _ in 0..FORKED.0 {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { path: path.to_owned(), _file: file })),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(FORKED.1)),
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
        Ok(None)
    }

    /// Takes it from an owner that lives but has lost its lease, by a new file in its place.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    pub(super) fn supersede(path: &Path) -> io::Result<Self> {
        fs::remove_file(path)?;
        Self::claim(path)?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    /// Lets go of it and leaves no file behind.
    pub(super) fn end(self) {
        // A file that stays is no hindrance: what counts is the lock on it.
        let _ = fs::remove_file(&self.path);
    }
}
