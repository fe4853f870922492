//! `hopper rotate-key`: seals what a journal holds of secrets with another key.

use crate::{args::Of, failure::Failure, journal, keys, out::say, runtime, site::Backend};
use hopper_core::{Engine, Keyring, SealingKey};
use std::{env, path::PathBuf};

/// Makes a new key in the file beside the journal, or takes those of the environment, and seals
/// with it what older keys sealed. The older ones in the file are forgotten then.
///
/// # Errors
///
/// When the keys or the journal cannot be read or written.
pub fn rotate_key(args: &Of) -> Result<u8, Failure> {
    let given = env::var_os(keys::VARIABLE).is_some_and(|text| !text.is_empty());
    let (keyring, path) = match (keys::keyring(args)?, keys::file(args)?) {
        (Some(keyring), _) if given => (keyring, None),
        (None, None) => {
            let what = "there is no file beside a journal in S3: give the new key and the old one";
            return Err(Failure::usage(format_args!("{what} in {}", keys::VARIABLE)));
        }
        (keyring, path) => {
            let new = SealingKey::generate().map_err(Failure::failed)?;
            let keyring = match keyring {
                Some(keyring) => keyring.rotated(new),
                None => Keyring::new(new),
            };
            write(&keyring, path.as_ref())?;
            (keyring, path)
        }
    };
    let id = keyring.current().id().to_owned();
    let has_run = journal::ledger(args)?.run().is_some();
    let resealed = match has_run {
        true => runtime::run(Backend::Aws, async {
            let engine = Engine::new(journal::open(args).await?).seal(keyring.clone());
            engine.reseal().await.map_err(Failure::usage)
        })?,
        false => 0,
    };
    // From here on the journal needs the new key alone.
    write(&Keyring::new(keyring.current().clone()), path.as_ref())?;
    say(format_args!("sealed with key {id} from now on; sealed anew: {resealed} steps"));
    Ok(0)
}

fn write(keyring: &Keyring, path: Option<&PathBuf>) -> Result<(), Failure> {
    path.map_or(Ok(()), |path| keyring.to_file(path).map_err(Failure::failed))
}
