//! A keyring in a file that only its owner can read.

use super::{Keyring, SealError, SealingKey};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

impl Keyring {
    /// The keyring in a file.
    ///
    /// # Errors
    ///
    /// When there is none, when others may read it, or when it holds something else.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        let mut text = String::new();
        let read = File::open(path).and_then(|mut file| {
            let mode = mode(&file)?;
            file.read_to_string(&mut text)?;
            Ok(mode)
        });
        let mode = read.map_err(|error| SealError::File { path: path.to_owned(), error })?;
        if mode & 0o077 != 0 {
            return Err(SealError::Open { path: path.to_owned(), mode });
        }
        Self::read(&text, &format_args!("key file {}", path.display()))
    }

    /// The keyring in a file; if there is none, a new one with a new key.
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file); and when it cannot be written.
    pub fn from_file_or_new(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        match Self::from_file(path) {
            Err(SealError::File { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                // Somebody may be doing the same: a link is refused where there is a file.
                let keyring = Self::new(SealingKey::generate()?);
                let put = |new: &Path| match fs::hard_link(new, path) {
                    Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    linked => linked,
                };
                keyring.put(path, put)?;
                Self::from_file(path)
            }
            found => found,
        }
    }

    /// Writes it to a file that only its owner can read, in place of what is there; a crash
    /// leaves the one or the other.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn to_file(&self, path: impl AsRef<Path>) -> Result<(), SealError> {
        let path = path.as_ref();
        self.put(path, |new| fs::rename(new, path))
    }

    /// Writes it durably to a new file, has that put in its place, and tidies up.
    fn put(&self, path: &Path, put: impl Fn(&Path) -> io::Result<()>) -> Result<(), SealError> {
        let mut new = path.as_os_str().to_owned();
        new.push(format!(".{}", std::process::id()));
        let new = PathBuf::from(new);
        let text: String = self.keys().map(|key| key.expose() + "\n").collect();
        let written = create(&new)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| put(&new))
            .and_then(|()| sync_folder(path));
        // There is none any more where it was renamed.
        let _ = fs::remove_file(&new);
        written.map_err(|error| SealError::File { path: path.to_owned(), error })
    }
}

/// A new file that only its owner can read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The mode of a file; where there is none, that of a file that nobody else can read.
fn mode(file: &File) -> io::Result<u32> {
    let metadata = file.metadata()?;
    #[cfg(unix)]
    return Ok(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777);
    #[cfg(not(unix))]
    return Ok(metadata).map(|_| 0o600);
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}
