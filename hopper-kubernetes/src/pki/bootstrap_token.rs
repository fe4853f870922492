//! [`BootstrapToken`]: what a node joins with.

use std::fmt;

const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// The lengths of a token's two parts ("Authenticating with Bootstrap Tokens", Kubernetes
/// documentation).
const PARTS: [usize; 2] = [6, 16];

/// What a node joins with: `abcdef.0123456789abcdef`.
#[derive(Clone, PartialEq, Eq)]
pub struct BootstrapToken(String);

impl BootstrapToken {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When there are no random numbers.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let part = |length: usize| {
            let mut text = String::new();
            while text.len() < length {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes)?;
                // 252 is the largest multiple of 36: every letter is as likely.
                let fair = bytes.iter().filter(|byte| **byte < 252);
                let letters = fair.filter_map(|byte| LETTERS.get(usize::from(byte % 36)));
                text.extend(letters.map(|letter| char::from(*letter)).take(length - text.len()));
            }
            Ok(text)
        };
        let [id, secret] = PARTS;
        Ok(Self(format!("{}.{}", part(id)?, part(secret)?)))
    }

    /// The token: a secret.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Shows its public part.
impl fmt::Debug for BootstrapToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BootstrapToken({}.…)", self.0.split('.').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_kubeadm_wants_it() {
        let token = BootstrapToken::generate().unwrap();
        let (id, secret) = token.expose().split_once('.').unwrap();
        assert_eq!([id.len(), secret.len()], PARTS);
        assert!((id.to_owned() + secret).bytes().all(|byte| LETTERS.contains(&byte)));
        assert!(!format!("{token:?}").contains(secret));
        assert_ne!(token, BootstrapToken::generate().unwrap());
    }
}
