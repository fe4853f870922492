//! [`Held`]: the file of a journal, while its lease is held.

use super::{
    JournalError, Lease, Owner, Record,
    file::failed,
    holder::Holder,
    line,
    lock::{Living, Writing},
    open::{Identity, length, private, sync_folder},
    rescue::rescue,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file of a journal, while its lease is held.
#[derive(Debug)]
pub(super) struct Held {
    /// The path as it was given, for messages.
    name: PathBuf,
    /// The path without symbolic links, which neither they nor a change of folder can move.
    path: PathBuf,
    file: Arc<File>,
    identity: Identity,
    living: Living,
    epoch: u64,
    /// Where our last write ended. Everything up to there is whole.
    end: u64,
    /// Whether behind it may be what is left of a write that failed.
    remains: bool,
    /// What could not be written since the file was taken away.
    unwritten: Vec<u8>,
}

impl Held {
    /// Takes the lease.
    ///
    /// # Errors
    ///
    /// As [`Journal::acquire`](super::Journal::acquire).
    pub(super) fn acquire(
        name: &Path,
        owner: &Owner,
        at: u64,
    ) -> Result<(Self, Lease), JournalError> {
        let io = |action| failed(name, action);
        let file = private(OpenOptions::new().read(true).append(true).create(true))
            .open(name)
            .map(Arc::new)
            .map_err(io("open for writing"))?;
        let path = fs::canonicalize(name).map_err(io("open for writing"))?;
        let writing = Writing::begin(&file).map_err(io("lock"))?;
        let identity = Identity::of(&file.metadata().map_err(io("read"))?);
        length(&path, identity).map_err(io("open for writing"))?;

        let mut bytes = Vec::new();
        (&*file).read_to_end(&mut bytes).map_err(io("read"))?;
        let mut holder = Holder::default();
        let found = line::scan(&name.display(), &bytes, |e| holder.see(e.epoch, e.at, &e.record))?;

        let mut lock = path.clone().into_os_string();
        lock.push(".lock");
        let lock = Path::new(&lock);
        let free = Living::claim(lock).map_err(io("lock"))?;
        let epoch = holder.succeed(at, free.is_none())?;
        let living = match free {
            Some(living) => living,
            None => Living::supersede(lock).map_err(io("lock"))?,
        };

        if found.torn.is_some() {
            file.set_len(found.end).map_err(io("cut off the torn end"))?;
        }
        if found.end == 0 {
            sync_folder(&path).map_err(io("sync the folder"))?;
        }
        let mut lines = Vec::new();
        line::encode(&mut lines, epoch, at, &[Record::Lease { owner: owner.clone() }])
            .map_err(|e| io("encode")(e.into()))?;
        write(&file, &lines).map_err(|e| {
            let _ = cut(&file, found.end);
            io("append")(e)
        })?;
        drop(writing);

        let (name, end) = (name.to_owned(), found.end + lines.len() as u64);
        let (remains, unwritten) = (false, Vec::new());
        let held = Self { name, path, file, identity, living, epoch, end, remains, unwritten };
        Ok((held, Lease { epoch, torn: found.torn }))
    }

    /// The epoch of the lease.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Appends lines: one look at the file, one write, one sync.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`](super::Journal::append).
    pub(super) fn append(&mut self, lines: &[u8]) -> Result<(), JournalError> {
        let _writing = self.lock()?;
        self.append_locked(lines)
    }

    /// Gives the lease back with these last lines.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append); the owner counts as dead even then.
    pub(super) fn release(mut self, lines: &[u8]) -> Result<(), JournalError> {
        let _writing = self.lock()?;
        if !self.unwritten.is_empty() {
            self.unwritten.extend_from_slice(lines);
        }
        self.append_locked(lines)?;
        self.living.end();
        Ok(())
    }

    fn lock(&self) -> Result<Writing, JournalError> {
        Writing::begin(&self.file).map_err(failed(&self.name, "lock"))
    }

    fn append_locked(&mut self, lines: &[u8]) -> Result<(), JournalError> {
        let name = self.name.clone();
        let io = || failed(&name, "append");
        let length = match length(&self.path, self.identity) {
            Ok(length) => length,
            Err(lost) => {
                // What was refused before comes again, with what has ended since.
                if self.unwritten.len() < lines.len() {
                    self.unwritten = lines.to_vec();
                }
                return Err(io()(rescue(&self.file, &self.path, self.end, &self.unwritten, lost)));
            }
        };
        if length < self.end {
            let why = format!(
                "it has {length} bytes, but had {} after the last write; restore it from a copy",
                self.end
            );
            return Err(io()(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        if self.end < length {
            self.look_behind()?;
            cut(&self.file, self.end).map_err(io())?;
            self.remains = false;
        }
        if let Err(e) = write(&self.file, lines) {
            let e = io()(e);
            self.remains = cut(&self.file, self.end).is_err();
            return Err(e);
        }
        self.end += lines.len() as u64;
        self.unwritten.clear();
        Ok(())
    }

    /// Looks at what is behind our last write: `Ok` if it is what our own failed write left.
    fn look_behind(&self) -> Result<(), JournalError> {
        let io = || failed(&self.name, "append");
        let mut bytes = Vec::new();
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.end)).map_err(io())?;
        file.read_to_end(&mut bytes).map_err(io())?;
        let mut theirs = 0;
        let scan = line::scan(&self.name.display(), &bytes, |entry| theirs = entry.epoch);
        match scan {
            _ if self.epoch < theirs => Err(JournalError::Fenced { ours: self.epoch, theirs }),
            _ if self.remains => Ok(()),
            _ => {
                let why = "something that takes no lease wrote to it; restore it from a copy";
                Err(io()(io::Error::new(io::ErrorKind::InvalidData, why)))
            }
        }
    }
}

/// Writes at the end, durably.
fn write(mut file: &File, lines: &[u8]) -> io::Result<()> {
    file.write_all(lines)?;
    file.sync_data()
}

/// Cuts off what is behind `end`.
fn cut(file: &File, end: u64) -> io::Result<()> {
    file.set_len(end)?;
    file.sync_data()
}
