//! [`Identity`]: what proves who we are.

use crate::SshError;
use russh::keys::{PrivateKey, load_secret_key};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What proves who we are: a private key, or the keys of the agent.
#[derive(Clone)]
pub struct Identity(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Key(Arc<PrivateKey>),
    /// At this socket, or at that of the environment.
    Agent(Option<PathBuf>),
}

impl Identity {
    /// The key in a file, of the format that `ssh-keygen` writes, or PEM; without a passphrase.
    ///
    /// # Errors
    ///
    /// When there is no key in it, or it has a passphrase: the agent is for those.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, SshError> {
        let path = path.as_ref();
        let key = load_secret_key(path, None).map_err(|error| {
            SshError::Identity(format!(
                "{}: {error}; a key with a passphrase is for the agent, `ssh-add {}`",
                path.display(),
                path.display()
            ))
        })?;
        Ok(Self(Kind::Key(Arc::new(key))))
    }

    /// A key at hand.
    ///
    /// # Errors
    ///
    /// When the text is no private key in the format of OpenSSH, or it has a passphrase.
    pub fn openssh(text: &str) -> Result<Self, SshError> {
        let wrong =
            |why: &dyn fmt::Display| SshError::Identity(format!("not a private key: {why}"));
        let key = PrivateKey::from_openssh(text).map_err(|error| wrong(&error))?;
        match key.is_encrypted() {
            true => Err(wrong(&"it has a passphrase")),
            false => Ok(Self(Kind::Key(Arc::new(key)))),
        }
    }

    /// The keys that the agent at `SSH_AUTH_SOCK` holds.
    #[must_use]
    pub fn agent() -> Self {
        Self(Kind::Agent(None))
    }

    /// The keys that the agent at this socket holds.
    #[must_use]
    pub fn agent_at(socket: impl Into<PathBuf>) -> Self {
        Self(Kind::Agent(Some(socket.into())))
    }
}

/// Shows the public half.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Key(key) => write!(f, "key {}", crate::host_keys::fingerprint(key.public_key())),
            Kind::Agent(_) => f.write_str("the agent"),
        }
    }
}
