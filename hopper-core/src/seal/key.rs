//! [`SealingKey`]: what secrets are sealed with.

use super::SealError;
use aes_gcm_siv::{Aes256GcmSiv, KeyInit as _};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// How many bytes a key has.
const LENGTH: usize = 32;

/// 32 bytes that secrets are sealed with. `Debug` shows its [id](Self::id) only.
///
/// ```
/// use hopper_core::SealingKey;
///
/// let key: SealingKey = "0123456789abcdef".repeat(4).parse()?;
/// assert_eq!(format!("{key:?}"), "SealingKey(155aa278)");
/// # Ok::<(), hopper_core::SealError>(())
/// ```
#[derive(Clone)]
pub struct SealingKey {
    bytes: [u8; LENGTH],
    id: String,
    pub(super) cipher: Aes256GcmSiv,
    /// What nonces are drawn with.
    pub(super) nonces: [u8; 32],
}

impl SealingKey {
    /// A key of your own: 32 bytes that nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; LENGTH]) -> Self {
        // One key for each use, so that none can tell anything of another.
        let derived = |purpose: &str| -> [u8; 32] {
            Sha256::new().chain_update(purpose).chain_update(bytes).finalize().into()
        };
        let [a, b, c, d, ..] = derived("hopper sealing key id\0");
        Self {
            bytes,
            id: format!("{a:02x}{b:02x}{c:02x}{d:02x}"),
            cipher: Aes256GcmSiv::new(&derived("hopper sealing cipher\0").into()),
            nonces: derived("hopper sealing nonces\0"),
        }
    }

    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// When there is none to be had.
    pub fn generate() -> Result<Self, SealError> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).map_err(|e| SealError::Random(e.to_string()))?;
        Ok(Self::new(bytes))
    }

    /// What the key is called where it is used: 8 hexadecimal digits that tell nothing of it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself, as 64 hexadecimal digits: to keep it where only its owner can read it.
    #[must_use]
    pub fn expose(&self) -> String {
        self.bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key in a text that stands at `place`.
    pub(super) fn read(text: &str, place: &dyn fmt::Display) -> Result<Self, SealError> {
        let bytes = match text.len() {
            64 => (0..LENGTH)
                .map(|i| text.get(2 * i..2 * i + 2).filter(|d| !d.starts_with('+')))
                .map(|digits| u8::from_str_radix(digits?, 16).ok())
                .collect(),
            _ => BASE64_STANDARD.decode(text).ok(),
        };
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok()).map(Self::new);
        bytes.ok_or_else(|| SealError::NotAKey { place: place.to_string() })
    }
}

/// 64 hexadecimal digits, or base64.
impl FromStr for SealingKey {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        Self::read(text.trim(), &"the text")
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_hexadecimal_digits_and_from_base64() {
        let key = SealingKey::new(*b"0123456789abcdef0123456789ABCDEF");
        let again: SealingKey = key.expose().parse().unwrap();
        assert_eq!(again.bytes, key.bytes);
        let again: SealingKey = key.expose().to_uppercase().parse().unwrap();
        assert_eq!(again.bytes, key.bytes);
        let again: SealingKey =
            format!(" {}\n", BASE64_STANDARD.encode(key.bytes)).parse().unwrap();
        assert_eq!(again.bytes, key.bytes);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let short = "0123456789abcdef".repeat(4)[1..].to_owned();
        let odd = "+1".repeat(32);
        for text in ["", "hunter2", &short, &odd, &"é".repeat(32), &"zz".repeat(32)] {
            let error = text.parse::<SealingKey>().unwrap_err().to_string();
            assert!(error.starts_with("the text holds no key: a key is 32 bytes"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    #[test]
    fn a_key_shows_nothing_of_itself() {
        let key = SealingKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("SealingKey({})", key.id()));
        assert!(!key.expose().contains(key.id()));
        assert_ne!(key.id(), SealingKey::generate().unwrap().id());
    }
}
