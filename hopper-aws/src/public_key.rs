//! [`PublicKey`]: the public half of an SSH key.

use hopper_core::Value;
use serde::{Deserialize, Serialize};
use ssh_key::{Algorithm, HashAlg};
use std::{fmt, str::FromStr};

/// The public half of an SSH key, of a kind that EC2 takes: RSA or ED25519 ("Amazon EC2 key
/// pairs", EC2 user guide).
///
/// ```
/// use hopper_aws::PublicKey;
///
/// let text = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti me";
/// let key: PublicKey = text.parse()?;
/// assert_eq!(key.to_string(), text);
/// assert!("ssh-ed25519 me".parse::<PublicKey>().is_err());
/// # Ok::<(), hopper_aws::PublicKeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(ssh_key::PublicKey);

/// Why a text is not a [`PublicKey`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// It is the private half.
    #[error("this is a private key, give the public one: the file that ends in `.pub`")]
    Private,
    /// It cannot be read.
    #[error("not a public key in the format of OpenSSH, `ssh-ed25519 AAAA…`: {0}")]
    Malformed(ssh_key::Error),
    /// EC2 does not take this kind.
    #[error("EC2 takes no {0} keys, make one with `ssh-keygen -t ed25519`")]
    Unsupported(String),
}

impl PublicKey {
    /// Whether it is the same key, whatever the comment says.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.0.key_data() == other.0.key_data()
    }

    /// Its fingerprint as `ssh-keygen -l` shows it: `SHA256:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }
}

impl Value for PublicKey {}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        if text.contains("PRIVATE KEY") {
            return Err(PublicKeyError::Private);
        }
        let kind = || text.split_whitespace().next().unwrap_or_default().to_owned();
        let key = match ssh_key::PublicKey::from_openssh(text.trim()) {
            Err(ssh_key::Error::AlgorithmUnknown) => Err(PublicKeyError::Unsupported(kind())),
            read => read.map_err(PublicKeyError::Malformed),
        }?;
        match key.algorithm() {
            Algorithm::Rsa { .. } | Algorithm::Ed25519 => Ok(Self(key)),
            _ => Err(PublicKeyError::Unsupported(kind())),
        }
    }
}

impl TryFrom<String> for PublicKey {
    type Error = PublicKeyError;

    fn try_from(text: String) -> Result<Self, PublicKeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_openssh().map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn a_comment_makes_no_other_key() {
        let [plain, signed] = [KEY.to_owned(), format!("{KEY} me@here\n")]
            .map(|text| text.parse::<PublicKey>().unwrap());
        assert!(plain.is_same_key(&signed));
        assert_eq!(plain.fingerprint(), signed.fingerprint());
        assert!(plain.fingerprint().starts_with("SHA256:"));
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| text.parse::<PublicKey>().unwrap_err();
        assert_eq!(error("-----BEGIN OPENSSH PRIVATE KEY-----"), PublicKeyError::Private);
        assert!(matches!(error("nonsense"), PublicKeyError::Malformed(_)));
        assert!(matches!(error(&KEY[..60]), PublicKeyError::Malformed(_)));
        let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc=";
        let refusal = error(ecdsa).to_string();
        assert!(refusal.contains("takes no"), "{refusal}");
    }

    #[test]
    fn is_a_string_in_json() {
        let json = format!("\"{KEY} me\"");
        let key: PublicKey = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), json);
        assert!(serde_json::from_str::<PublicKey>("\"me\"").is_err());
    }
}
