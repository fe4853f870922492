//! What proves to machines who we are.

use crate::failure::Failure;
use hopper_ssh::Identity;
use std::{
    env,
    path::{Path, PathBuf},
};

/// The files that keys are in by default, as `ssh` has it.
const FILES: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// The keys in these files; without any those of the agent, and those that lie where `ssh` looks
/// and have no passphrase.
///
/// # Errors
///
/// When there is no key in a file that was named.
pub fn identities(files: &[PathBuf]) -> Result<Vec<Identity>, Failure> {
    if !files.is_empty() {
        return files.iter().map(|file| Identity::file(file).map_err(Failure::usage)).collect();
    }
    let agent = env::var_os("SSH_AUTH_SOCK").map(|_| Identity::agent());
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let here = FILES.iter().map(|file| Path::new(&home).join(".ssh").join(file));
    let here = here.filter(|file| file.exists()).filter_map(|file| Identity::file(file).ok());
    Ok(agent.into_iter().chain(here).collect())
}
