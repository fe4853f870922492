//! Private keys as `CreateKeyPair` makes them: from a seed, so that the same world makes the same.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use sha1::{Digest as _, Sha1};
use ssh_key::private::Ed25519Keypair;
use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{Mpint, PrivateKey, PublicKey};

use super::public_key::{colons, ed25519_fingerprint};
use crate::wire::AwsError;

/// A pair that was made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) fingerprint: String,
    /// The public key in OpenSSH's format.
    pub(super) public_key: String,
    /// The private key in PEM.
    pub(super) material: String,
}

/// An ED25519 pair, whose private key is in OpenSSH's format.
pub(super) fn ed25519(seed: [u8; 32]) -> Result<Made, AwsError> {
    let key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    Ok(Made {
        fingerprint: ed25519_fingerprint(key.public_key()),
        public_key: key.public_key().to_openssh().map_err(internal)?,
        material: key.to_openssh(ssh_key::LineEnding::LF).map_err(internal)?.to_string(),
    })
}

/// A 2048-bit RSA pair, whose private key is in PKCS #1 and whose fingerprint is the SHA-1 digest
/// of the private key in PKCS #8.
///
/// Source: the API reference of `CreateKeyPair`, and "Verify the fingerprint of your key pair" in
/// the EC2 user guide.
pub(super) fn rsa(seed: [u8; 32]) -> Result<Made, AwsError> {
    let mut random = ChaCha20Rng::from_seed(seed);
    let key = rsa::RsaPrivateKey::new(&mut random, 2048).map_err(internal)?;
    let der = key.to_pkcs8_der().map_err(internal)?;
    let number = |n: &rsa::BigUint| Mpint::from_positive_bytes(&n.to_bytes_be()).map_err(internal);
    let public = RsaPublicKey { e: number(key.e())?, n: number(key.n())? };
    Ok(Made {
        fingerprint: colons(&Sha1::digest(der.as_bytes())),
        public_key: PublicKey::from(KeyData::Rsa(public)).to_openssh().map_err(internal)?,
        material: key.to_pkcs1_pem(LineEnding::LF).map_err(internal)?.to_string(),
    })
}

fn internal(error: impl std::fmt::Display) -> AwsError {
    AwsError::new("InternalError", error.to_string())
}
