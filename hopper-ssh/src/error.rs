//! [`SshError`]: what went wrong, with which host, and what to do.

use std::time::Duration;

/// What went wrong, with which host, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SshError {
    /// Nobody answered in time.
    #[error(
        "{host}: no SSH within {} s ({last}): check that it runs, and what its security groups \
         and routes let through", waited.as_secs()
    )]
    NoAnswer {
        /// The host.
        host: String,
        /// How long it was tried.
        waited: Duration,
        /// What came of the last try.
        last: String,
    },
    /// It is not who it was.
    #[error(
        "{host}: its host key is {offered}, and on record is {pinned}: either it was made anew, \
         then forget the old one, or somebody is in between"
    )]
    HostKeyChanged {
        /// The host.
        host: String,
        /// The fingerprint it shows.
        offered: String,
        /// Those on record.
        pinned: String,
    },
    /// It does not let us in.
    #[error("{host}: {user} is not let in with {tried}: give the key whose public half it has")]
    Denied {
        /// The host.
        host: String,
        /// As whom.
        user: String,
        /// Which keys were tried.
        tried: String,
    },
    /// An identity cannot be used.
    #[error("{0}")]
    Identity(String),
    /// The connection broke.
    #[error("{host}: the connection was lost: {why}")]
    Lost {
        /// The host.
        host: String,
        /// Why.
        why: String,
    },
    /// The host refuses something.
    #[error("{host}: {what}: {why}")]
    Refused {
        /// The host.
        host: String,
        /// What was asked of it.
        what: String,
        /// What it said.
        why: String,
    },
    /// A script was broken off with its machine, and nobody knows how far it came.
    #[error(
        "{host}: script {token} was broken off in the middle, by a restart or a kill: look at \
         what it did, and run it under another token"
    )]
    BrokenOff {
        /// The host.
        host: String,
        /// The script's token.
        token: String,
    },
}

impl SshError {
    /// Whether another connection may help.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::NoAnswer { .. })
    }
}
