//! [`File`]: a kubeconfig that is changed whole or not at all, and put back.

use sha2::{Digest as _, Sha256};
use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// A kubeconfig's file; a symbolic link is followed.
#[derive(Clone, Debug)]
pub struct File {
    path: PathBuf,
    backup: PathBuf,
}

/// What was written, as far as it is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

impl Written {
    /// Of this text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let sum = Sha256::digest(text.as_bytes());
        Self { sha256: sum.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

/// Where a file is kept as it was before a cluster of this name was put into it.
#[must_use]
pub fn backup_of(path: &Path, name: &str) -> PathBuf {
    let mut backup = path.to_owned().into_os_string();
    backup.push(format!(".before-{name}"));
    backup.into()
}

impl File {
    /// The file at a path, for a cluster of this name.
    #[must_use]
    pub fn new(path: &Path, name: &str) -> Self {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self { backup: backup_of(&path, name), path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is kept as it was.
    #[must_use]
    pub fn backup(&self) -> &Path {
        &self.backup
    }

    /// What is in it; `None` if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps it as it is beside it, with its permissions, if there is one.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or the copy not be written.
    pub fn keep(&self) -> io::Result<()> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        let permissions = fs::metadata(&self.path)?.permissions();
        replace(&self.backup, &bytes, Some(permissions))
    }

    /// Writes it whole or not at all, for its owner's eyes alone. Its folder is made if need be.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, text: &str) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        replace(&self.path, text.as_bytes(), None)
    }

    /// Puts back what was kept.
    ///
    /// # Errors
    ///
    /// When it cannot be moved.
    pub fn restore(&self) -> io::Result<()> {
        fs::rename(&self.backup, &self.path)
    }

    /// Removes it.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub fn remove(&self) -> io::Result<()> {
        gone(&self.path)
    }

    /// Removes what was kept.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub fn forget(&self) -> io::Result<()> {
        gone(&self.backup)
    }
}

fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Writes a file under another name first, which a crash may leave and the next try overwrites.
fn replace(path: &Path, bytes: &[u8], mode: Option<fs::Permissions>) -> io::Result<()> {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    gone(&part)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        file.set_permissions(mode)?;
    }
    file.sync_all()?;
    fs::rename(&part, path)
}
