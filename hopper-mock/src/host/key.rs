//! The keys a host shows to whoever connects.

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};
use sha2::{Digest as _, Sha256};

/// The host key of an instance: it follows from the instance's id, which follows from the seed, and
/// from how often the key was changed.
pub(super) fn host_key(instance_id: &str, changes: u32) -> PrivateKey {
    let mut hash = Sha256::new();
    hash.update("ssh host key ");
    hash.update(changes.to_be_bytes());
    hash.update(instance_id);
    PrivateKey::from(Ed25519Keypair::from_seed(&hash.finalize().into()))
}

/// A public key in OpenSSH's format with the comment cloud-init gives it.
pub(super) fn public_line(key: &PrivateKey, host: &str) -> String {
    let line = key.public_key().to_openssh().unwrap_or_default();
    let mut parts = line.split_whitespace();
    let (kind, data) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{kind} {data} root@{host}")
}

/// The fingerprint as OpenSSH shows it.
pub(super) fn fingerprint(key: &PrivateKey) -> String {
    key.public_key().fingerprint(HashAlg::Sha256).to_string()
}
