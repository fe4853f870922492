//! [`File`]: a kubeconfig that is changed whole or not at all, and put back.

use super::Rest;
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
    /// When it cannot be read, or is no text.
    pub fn read(&self) -> io::Result<Option<String>> {
        let text = read(&self.path)?.map(String::from_utf8).transpose();
        text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
    }

    /// What is kept beside it; `None` if nothing is, or something that is no text.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn kept(&self) -> io::Result<Option<String>> {
        Ok(read(&self.backup)?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Whether what is kept beside it already is something else than this.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn has_other_backup(&self, text: &str) -> io::Result<bool> {
        Ok(read(&self.backup)?.is_some_and(|bytes| bytes != text.as_bytes()))
    }

    /// Keeps what is in it beside it, with its permissions.
    ///
    /// # Errors
    ///
    /// When its permissions cannot be read, or the copy not be written.
    pub fn keep(&self, text: &str) -> io::Result<()> {
        let permissions = fs::metadata(&self.path)?.permissions();
        replace(&self.backup, text.as_bytes(), Some(permissions))
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

    /// Makes it what is left when a cluster is taken out. What was kept beside it is of no use
    /// any more then, and goes; what others have put there stays.
    ///
    /// # Errors
    ///
    /// When it cannot be written, moved or removed.
    pub fn put_back(&self, rest: &Rest) -> io::Result<()> {
        match rest {
            Rest::Kept => fs::rename(&self.backup, &self.path),
            Rest::Nothing => gone(&self.path),
            Rest::Theirs { text, is_kept } => {
                self.write(text)?;
                if *is_kept { self.forget() } else { Ok(()) }
            }
        }
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

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
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
