//! The keys that secrets in a journal are sealed with.

use crate::{args::Of, failure::Failure, journal};
use hopper_core::{Engine, Keyring, SealingKey};
use std::path::PathBuf;

/// The environment variable that may hold the keys, the current one first.
pub const VARIABLE: &str = "HOPPER_KEY";

/// The engine, sealing secrets if there is a key to seal them with: in the environment, or in the
/// file beside the journal.
///
/// # Errors
///
/// When there is something else in its place, or others may read the file.
pub fn seal(engine: Engine, of: &Of) -> Result<Engine, Failure> {
    Ok(keyring(of)?.into_iter().fold(engine, Engine::seal))
}

/// The same, with a new key in the file beside the journal if there is none: for a run whose
/// secrets have to be the same ones when it is gone on with, as a cluster's authority has to.
///
/// # Errors
///
/// As [`seal`]; and when there is neither a key nor a place for one, beside a journal in S3.
pub fn seal_always(engine: Engine, of: &Of) -> Result<Engine, Failure> {
    if let Some(keyring) = keyring(of)? {
        return Ok(engine.seal(keyring));
    }
    let Some(path) = file(of)? else {
        return Err(Failure::usage(format_args!(
            "the run has secrets, and there is no file beside a journal in S3 for the key that \
             seals them: give one in {VARIABLE}, 32 bytes in hexadecimal, e.g. of `openssl rand \
             -hex 32`, and keep it"
        )));
    };
    let keyring = Keyring::new(SealingKey::generate().map_err(Failure::failed)?);
    keyring.to_file(path).map_err(Failure::failed)?;
    Ok(engine.seal(keyring))
}

/// The keys, if there are any.
///
/// # Errors
///
/// As [`seal`].
pub fn keyring(of: &Of) -> Result<Option<Keyring>, Failure> {
    if let Some(keyring) = Keyring::from_env(VARIABLE).map_err(Failure::usage)? {
        return Ok(Some(keyring));
    }
    match file(of)? {
        Some(path) if path.exists() => Keyring::from_file(path).map(Some).map_err(Failure::usage),
        _ => Ok(None),
    }
}

/// The file beside the journal; none beside one in S3.
///
/// # Errors
///
/// When the journal is nowhere.
pub fn file(of: &Of) -> Result<Option<PathBuf>, Failure> {
    if journal::in_s3(&of.journal)?.is_some() {
        return Ok(None);
    }
    let mut path = of.journal.clone().into_os_string();
    path.push(".key");
    Ok(Some(path.into()))
}
