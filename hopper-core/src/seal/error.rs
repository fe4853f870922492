//! [`SealError`]: why a key cannot be had, or a secret cannot be read.

use std::{io, path::PathBuf};

/// Why a key cannot be had, or a sealed secret cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A text is no key.
    #[error(
        "{place} holds no key: a key is 32 bytes, as 64 hexadecimal digits or in base64, and the \
         current one comes first"
    )]
    NotAKey {
        /// Where it stands. What it is is not told: it may be a key that was cut short.
        place: String,
    },
    /// The file with the key cannot be read or written.
    #[error("key file {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Others may read the file with the key.
    #[error(
        "key file {} may be read by others (mode {mode:04o}): `chmod 600` it, and take a new key \
         if somebody has",
        path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes for a key: {0}")]
    Random(String),
    /// The journal was sealed with a key that was not given.
    #[error(
        "a secret of step {step} is sealed with key {wanted}, and what was given is {}: give \
         that key, or none at all to have the secrets made again",
        given.join(", ")
    )]
    OtherKey {
        /// The step.
        step: String,
        /// The id of the key it takes.
        wanted: String,
        /// The ids of the keys that were given.
        given: Vec<String>,
    },
    /// What was sealed is not what stands there now.
    #[error(
        "a secret of step {step} is damaged, or was tampered with: what stands at {place} is not \
         what key {key} sealed there"
    )]
    Damaged {
        /// The step.
        step: String,
        /// Where in the step's record, e.g. `inputs/token`.
        place: String,
        /// The id of the key.
        key: String,
    },
}
