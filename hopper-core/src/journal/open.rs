//! Opening a journal's files, and telling one from another.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::Path,
};

/// Makes what is created readable by its owner alone (mode 0600): inputs may be confidential.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// What tells a file from another that took its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    /// The file's device and inode; elsewhere than on Unix files are not told apart.
    pub(super) fn of(file: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Self(file.dev(), file.ino())
        }
        #[cfg(not(unix))]
        {
            let _ = file;
            Self(0, 0)
        }
    }
}

/// The length of the file at `path`.
///
/// # Errors
///
/// When it is gone, or is not the file it was.
pub(super) fn length(path: &Path, expected: Identity) -> io::Result<u64> {
    let found = fs::metadata(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => lost("deleted or moved"),
        _ => e,
    })?;
    if Identity::of(&found) != expected {
        return Err(lost("replaced by another"));
    }
    Ok(found.len())
}

fn lost(how: &str) -> io::Error {
    let why = format!("the file was {how} while it was in use");
    io::Error::new(io::ErrorKind::NotFound, why)
}

/// Makes the entry of a new file in its folder durable.
///
/// # Errors
///
/// When the folder cannot be synced.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
