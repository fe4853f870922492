//! [`Ciphers`]: what stands in the world for secrets.
//!
//! A record holds the cipher text of a secret, as AWS does. The plain text is apart from what
//! exists in the world, so nothing that prints, compares or lists the world comes near it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::world::World;

/// A text that is not shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct PlainText(pub(super) String);

impl fmt::Debug for PlainText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Plain texts by their cipher texts: what only KMS knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ciphers(BTreeMap<String, PlainText>);

impl Ciphers {
    /// The plain text.
    pub(super) fn decrypt(&self, cipher_text: &str) -> Option<&str> {
        self.0.get(cipher_text).map(|plain| plain.0.as_str())
    }

    /// Forgets a secret.
    pub(super) fn forget(&mut self, cipher_text: &str) {
        self.0.remove(cipher_text);
    }
}

/// Keeps a secret, and gives the cipher text that stands for it. It says nothing about the plain
/// text, not even whether two are the same.
pub(super) fn encrypt(world: &mut World, plain: &PlainText) -> String {
    let ids = &mut world.machinery.ids;
    let (high, low) = (ids.draw("cipher"), ids.draw("cipher"));
    let cipher_text = format!("AQICAH{high:016x}{low:016x}");
    world.machinery.ciphers.0.insert(cipher_text.clone(), plain.clone());
    cipher_text
}
