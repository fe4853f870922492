//! [`WorldFile`]: a world kept in a file, whole at every moment.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::world::World;

/// The version of the format. It rises when an older program could not read the file.
const FORMAT: u32 = 1;

/// A file with a world.
#[derive(Clone, Debug)]
pub(super) struct WorldFile {
    path: PathBuf,
}

/// What tells one writing of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// Why a world could not be read from its file or written to it.
#[derive(Debug, thiserror::Error)]
pub enum WorldFileError {
    /// The file system refused.
    #[error("cannot {verb} the world in {path}: {source}")]
    Io {
        /// What was tried: `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is no world.
    #[error("{path} holds no world: {source}; remove it or name another file")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The file was written by a newer or older version.
    #[error(
        "{path} has format {found}, this version reads {FORMAT}; use the version that wrote it"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    world: &'a World,
}

#[derive(Deserialize)]
struct Read {
    world: World,
}

#[derive(Deserialize)]
struct Header {
    format: u32,
}

impl WorldFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The world in the file, or `None` if there is no file.
    pub(super) fn load(&self) -> Result<Option<World>, WorldFileError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.io("read", source)),
        };
        let damaged = |source| WorldFileError::Damaged { path: self.path.clone(), source };
        let Header { format } = serde_json::from_str(&text).map_err(damaged)?;
        if format != FORMAT {
            return Err(WorldFileError::Format { path: self.path.clone(), found: format });
        }
        let Read { world } = serde_json::from_str(&text).map_err(damaged)?;
        Ok(Some(world))
    }

    /// The file as it is now, or `None` if there is none.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let about = std::fs::metadata(&self.path).ok()?;
        Some(Stamp { modified: about.modified().ok(), length: about.len() })
    }

    /// Replaces the file: a reader, or the next process, sees the old world or the new one. When
    /// this returns, the new one is on the disk.
    pub(super) fn save(&self, world: &World) -> Result<(), WorldFileError> {
        self.try_save(world).map_err(|source| self.io("write", source))
    }

    fn try_save(&self, world: &World) -> io::Result<()> {
        let text = serde_json::to_vec(&Written { format: FORMAT, world })?;
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        let mut file = File::create(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn io(&self, verb: &'static str, source: io::Error) -> WorldFileError {
        WorldFileError::Io { verb, path: self.path.clone(), source }
    }
}
