//! [`Redact`]: secrets that are blotted out of what a machine says.

use std::fmt;

/// What stands for a secret.
const BLOT: &str = "<secret>";

/// Secrets that are blotted out of what a machine says.
#[derive(Clone, Default)]
pub struct Redact(Vec<String>);

impl Redact {
    /// These. One of several lines is blotted out line by line; what is shorter than four
    /// characters is not looked for.
    pub fn new(secrets: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for secret in secrets {
            let parts = secret.as_ref().lines().map(str::trim);
            lines.extend(parts.filter(|part| 4 <= part.len()).map(ToOwned::to_owned));
        }
        // A secret may be the beginning of another one.
        lines.sort_by_key(|line| std::cmp::Reverse(line.len()));
        Self(lines)
    }

    /// The line without the secrets.
    #[must_use]
    pub fn line(&self, line: &str) -> String {
        self.0.iter().fold(line.to_owned(), |line, secret| line.replace(secret, BLOT))
    }
}

/// Shows how many there are.
impl fmt::Debug for Redact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redact({} secrets)", self.0.len())
    }
}
