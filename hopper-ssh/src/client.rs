//! [`Client`]: our side of the key exchange, which judges the host's key.

use crate::{HostKeys, Trust};
use russh::{
    client::Handler,
    keys::{PublicKey, PublicKeyOrCertificate},
};
use std::sync::{Arc, Mutex, PoisonError};

/// The key that a host has shown, and what is thought of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown(Arc<Mutex<Option<(PublicKey, Trust)>>>);

impl Shown {
    pub(crate) fn get(&self) -> Option<(PublicKey, Trust)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Our side of the key exchange.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) pins: HostKeys,
    pub(crate) shown: Shown,
}

impl Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        offered: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        // Certificates are not asked for; one that comes all the same is no key on record.
        let PublicKeyOrCertificate::PublicKey { key, .. } = offered else { return Ok(false) };
        let trust = self.pins.trust(&self.name, key);
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((key.clone(), trust));
        Ok(trust != Trust::Changed)
    }
}
