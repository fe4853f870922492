//! Public keys as `ImportKeyPair` takes them, and the fingerprints EC2 makes of them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use pkcs1::der::asn1::BitString;
use pkcs1::der::{Encode as _, asn1::UintRef};
use spki::SubjectPublicKeyInfo;
use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{HashAlg, Mpint, PublicKey};

use crate::wire::AwsError;

/// A public key: its type, its fingerprint, and its text.
#[derive(Debug)]
pub(super) struct Imported {
    pub(super) key_type: &'static str,
    pub(super) fingerprint: String,
    pub(super) text: String,
}

/// Reads an OpenSSH public key.
///
/// # Errors
/// `InvalidKey.Format` for anything but an ED25519 key or an RSA key of a length EC2 takes.
pub(super) fn import(material: &[u8]) -> Result<Imported, AwsError> {
    let text = std::str::from_utf8(material).map_err(|_| invalid())?.trim();
    let key = PublicKey::from_openssh(text).map_err(|_| invalid())?;
    let (key_type, fingerprint) = match key.key_data() {
        KeyData::Rsa(rsa) => ("rsa", rsa_fingerprint(rsa).ok_or_else(invalid)?),
        KeyData::Ed25519(_) => ("ed25519", ed25519_fingerprint(&key)),
        _ => return Err(invalid()),
    };
    Ok(Imported { key_type, fingerprint, text: text.to_owned() })
}

/// The SHA-256 digest OpenSSH shows too, but padded, of an ED25519 key.
///
/// Source: "Verify the fingerprint of your key pair" in the EC2 user guide.
pub(super) fn ed25519_fingerprint(key: &PublicKey) -> String {
    BASE64_STANDARD.encode(key.fingerprint(HashAlg::Sha256).as_bytes())
}

/// The MD5 digest of the key in DER, which `openssl rsa -pubout -outform DER` writes.
///
/// Source: "Verify the fingerprint of your key pair" in the EC2 user guide, and the lengths (1024,
/// 2048 and 4096 bits) from the API reference of `ImportKeyPair`.
fn rsa_fingerprint(key: &RsaPublicKey) -> Option<String> {
    let modulus = key.n.as_positive_bytes()?;
    if !matches!(modulus.len() * 8, 1024 | 2048 | 4096) {
        return None;
    }
    Some(colons(&Md5::digest(der(modulus, &key.e).ok()?)))
}

/// A digest as fingerprints of RSA keys show it.
pub(super) fn colons(digest: &[u8]) -> String {
    let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn der(modulus: &[u8], exponent: &Mpint) -> pkcs1::der::Result<Vec<u8>> {
    let modulus = UintRef::new(modulus)?;
    let public_exponent = UintRef::new(exponent.as_positive_bytes().unwrap_or_default())?;
    let key = pkcs1::RsaPublicKey { modulus, public_exponent }.to_der()?;
    let subject_public_key = BitString::from_bytes(&key)?;
    SubjectPublicKeyInfo { algorithm: pkcs1::ALGORITHM_ID, subject_public_key }.to_der()
}

fn invalid() -> AwsError {
    AwsError::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCe81TCZsUDZl4Pfb06n8K9sT9lVZI0sHhfQ00Y+SHXahhRceJUz03zER6Wt1U3+SiDPwmyoYPacxO5GHmQCxLmU7DMmVTOuY6dbfTgL7UUkGXUYO9G5tJEFfOj3jfHOLfbT3oAvEjUDg9uxjSwit64Edj+vhjHNmR28c/3QrAb/6W1qpH04iX/k5XYcIu/xpVsLNTC7Z7xEMiDTB/pPYplNmi4hGJJb2/e2rqCzjHJnaJAB97qqthJ89LsNwjV8/zMwzaWSqRMFutpL8F6CB670kYJtb+7fW+xk/KglutJOKWKIHoi+qEWipIgIMcDle1savWNeNZUKPR+fKjaYhCf someone@example.com";
    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZtzTQOiTb+m7k7uMdw1pfpLaiYhzw4/ONR/LfTRyJG someone@example.com";
    const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCiUT7LQAC9X3YtPsjlrYtzy3n2yIIa1/aqzp1Ov8nKc3SAdsJWcXJIi4J3esMmg88s7Ni/S8PQlePok8YY1VnQ= x";

    // [D] RSA: as `ssh-keygen -e -m PKCS8 | openssl pkey -pubin -outform DER | openssl md5 -c`.
    #[test]
    fn an_rsa_key_has_the_md5_of_its_der() {
        let imported = import(format!("{RSA}\n").as_bytes()).unwrap();
        assert_eq!(imported.key_type, "rsa");
        assert_eq!(imported.fingerprint, "9a:9b:da:04:18:fa:22:97:05:69:4e:22:83:29:c5:b3");
        assert_eq!(imported.text, RSA);
    }

    // [D] ED25519: as `ssh-keygen -l`, which leaves out the padding.
    #[test]
    fn an_ed25519_key_has_the_sha256_of_openssh() {
        let imported = import(ED25519.as_bytes()).unwrap();
        assert_eq!(imported.key_type, "ed25519");
        assert_eq!(imported.fingerprint, "UmnlcT7LBeO2EGUldC9g7qvr7Odca2CnH3y+GtMBDG4=");
    }

    // [D] Only these two types are taken.
    #[test]
    fn other_keys_and_garbage_are_refused() {
        for material in [ECDSA, "garbage", "", "ssh-rsa AAAA", &RSA[..200]] {
            let error = import(material.as_bytes()).unwrap_err();
            assert_eq!(error.code, "InvalidKey.Format", "{material}");
        }
        assert!(import(&[0xff, 0xfe]).is_err());
    }
}
