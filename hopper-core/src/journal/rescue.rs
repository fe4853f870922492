//! [`rescue`]: saving a journal whose file was taken away while it was in use.

use super::open::{private, sync_folder};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// Saves what a file held that was deleted or replaced, and the lines that were to follow, beside
/// where it was, as `<journal>.rescued`. The system keeps the file for as long as it is open.
///
/// Returns the error to tell: what was lost, and where what was saved is.
pub(super) fn rescue(
    mut file: &File,
    path: &Path,
    end: u64,
    lines: &[u8],
    lost: io::Error,
) -> io::Error {
    if lost.kind() != io::ErrorKind::NotFound {
        return lost;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".rescued");
    let beside = Path::new(&beside);
    let mut save = || {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(end).read_to_end(&mut bytes)?;
        bytes.extend_from_slice(lines);
        let mut saved =
            private(OpenOptions::new().write(true).create(true).truncate(true)).open(beside)?;
        saved.write_all(&bytes)?;
        saved.sync_all()?;
        sync_folder(beside)
    };
    let why = match save() {
        Ok(()) => format!(
            "{lost}; all it held, and what has ended since, is in {}: move that to where it was",
            beside.display()
        ),
        Err(error) => format!("{lost}; put it back, for what it held cannot be saved: {error}"),
    };
    io::Error::new(io::ErrorKind::NotFound, why)
}
