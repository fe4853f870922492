//! Sealing a text: AES-256-GCM-SIV (RFC 8452) of RustCrypto's `aes-gcm-siv`.
//!
//! The nonce is drawn from the key, the place and the text, so that the same run gives the same
//! bytes, and no random number is needed that may be bad. Two equal texts at the same place in the
//! same generation of a step of one run therefore look the same sealed; any others do not.
//! The place is authenticated too: what was sealed at one place cannot be read at another.
//! The length of a text can be told from what was sealed.

use super::SealingKey;
use aes_gcm_siv::{
    Nonce,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

/// How many bytes a nonce has.
const NONCE: usize = 12;

/// Where a secret stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) run: &'a str,
    pub(super) step: &'a str,
    pub(super) generation: u32,
    /// Which value of the step's.
    pub(super) value: &'a str,
    /// Where in it: a JSON pointer (RFC 6901).
    pub(super) pointer: &'a str,
}

impl Place<'_> {
    /// As bytes: the lengths keep one part from being taken for another.
    fn bytes(&self) -> Vec<u8> {
        let Self { run, step, generation, value, pointer } = self;
        let mut bytes = b"hopper 1".to_vec();
        bytes.extend(generation.to_le_bytes());
        for part in [run, step, value, pointer] {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

impl SealingKey {
    /// Seals a text: `KEY-ID:BASE64`. `None` if it is too long for the cipher (64 GiB).
    pub(super) fn seal(&self, place: &Place<'_>, text: &str) -> Option<String> {
        let aad = place.bytes();
        let digest = Sha256::new()
            .chain_update(self.nonces)
            .chain_update((aad.len() as u64).to_le_bytes())
            .chain_update(&aad)
            .chain_update(text)
            .finalize();
        let nonce = digest.get(..NONCE)?;
        let payload = Payload { msg: text.as_bytes(), aad: &aad };
        let sealed = self.cipher.encrypt(Nonce::from_slice(nonce), payload).ok()?;
        Some(format!("{}:{}", self.id(), BASE64_STANDARD.encode([nonce, &sealed].concat())))
    }

    /// Reads what [`seal`](Self::seal) made; `None` if it was not this key, place and text.
    pub(super) fn unseal(&self, place: &Place<'_>, sealed: &str) -> Option<String> {
        let sealed = BASE64_STANDARD.decode(sealed.strip_prefix(self.id())?.strip_prefix(':')?);
        let sealed = sealed.ok()?;
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        let text = self.cipher.decrypt(Nonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> =
        Place { run: "r", step: "net/key", generation: 1, value: "output", pointer: "/private" };

    fn key() -> SealingKey {
        SealingKey::new([7; 32])
    }

    #[test]
    fn what_is_sealed_is_read_by_its_key_at_its_place_only() {
        let sealed = key().seal(&PLACE, "\"hunter2\"").unwrap();
        assert_eq!(key().unseal(&PLACE, &sealed).as_deref(), Some("\"hunter2\""));
        let elsewhere = [
            Place { run: "s", ..PLACE },
            Place { step: "net/ke", ..PLACE },
            Place { generation: 2, ..PLACE },
            Place { value: "inputs", ..PLACE },
            Place { pointer: "/public", ..PLACE },
        ];
        for place in elsewhere {
            assert_eq!(key().unseal(&place, &sealed), None, "{place:?}");
            assert_ne!(key().seal(&place, "\"hunter2\"").unwrap(), sealed, "{place:?}");
        }
        assert_eq!(SealingKey::new([8; 32]).unseal(&PLACE, &sealed), None);
        let renamed = sealed.replace(key().id(), SealingKey::new([8; 32]).id());
        assert_eq!(SealingKey::new([8; 32]).unseal(&PLACE, &renamed), None);
    }

    #[test]
    fn a_change_of_any_character_is_noticed() {
        let sealed = key().seal(&PLACE, "x").unwrap();
        for i in 0..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[i] = if other[i] == b'A' { b'B' } else { b'A' };
            assert_eq!(key().unseal(&PLACE, std::str::from_utf8(&other).unwrap()), None, "{i}");
            assert_eq!(key().unseal(&PLACE, &sealed[..i]), None, "{i}");
        }
    }

    #[test]
    fn sealing_is_the_same_every_time_and_the_same_in_every_version() {
        let sealed = key().seal(&PLACE, "\"hunter2\"").unwrap();
        assert_eq!(key().seal(&PLACE, "\"hunter2\"").unwrap(), sealed);
        assert_eq!(sealed, "c5435a0a:DYrcdAc6x0il6OGqe46IQQL9kB3IRtMA11mGMPJ2QL92s8orDw==");
    }
}
