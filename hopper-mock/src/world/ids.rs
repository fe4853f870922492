//! [`Ids`]: ids that look drawn at random and follow from the seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Makes ids. The nth id with a prefix depends on the seed, the prefix and n alone, so making one
/// thing more does not change the ids of other things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ids {
    seed: u64,
    made: BTreeMap<String, u64>,
    /// The next ids by their prefixes, where they are given.
    #[serde(skip)]
    given: BTreeMap<String, String>,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, made: BTreeMap::new(), given: BTreeMap::new() }
    }

    /// Gives the next id of each of these kinds, and of no others.
    pub(crate) fn give(&mut self, ids: &[&str]) {
        let prefixed = |id: &&str| Some((id.split_once('-')?.0.to_owned(), (*id).to_owned()));
        self.given = ids.iter().filter_map(prefixed).collect();
    }

    /// The next number drawn for a purpose.
    pub(crate) fn draw(&mut self, purpose: &str) -> u64 {
        let bytes = self.next(purpose);
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// The next id, unless it is given: the prefix, a hyphen and 17 hexadecimal digits, the first of
    /// them 0.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        if let Some(given) = self.given.remove(prefix) {
            return given;
        }
        format!("{prefix}-0{:016x}", self.draw(prefix))
    }

    /// The next id with upper-case letters and digits, as IAM makes them (`AROA` and 17 more).
    pub(crate) fn unique(&mut self, prefix: &str) -> String {
        spell(prefix, &self.next(prefix))
    }

    /// The next request id, in the shape of a UUID.
    pub(crate) fn request_id(&mut self) -> String {
        self.uuid("request")
    }

    /// The next id for a purpose, in the shape of a UUID.
    pub(crate) fn uuid(&mut self, purpose: &str) -> String {
        let (high, low) = (self.draw(purpose), self.draw(purpose));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// How many were drawn for each purpose.
    pub(crate) fn made(&self) -> impl Iterator<Item = (&str, u64)> {
        self.made.iter().map(|(purpose, made)| (purpose.as_str(), *made))
    }

    fn next(&mut self, purpose: &str) -> [u8; 32] {
        let made = match self.made.get_mut(purpose) {
            Some(made) => made,
            None => self.made.entry(purpose.to_owned()).or_default(),
        };
        *made += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(made.to_be_bytes());
        hash.update(purpose);
        hash.finalize().into()
    }
}

/// The unique id of a thing that is the same in every account.
pub(crate) fn unique_id_of(prefix: &str, name: &str) -> String {
    spell(prefix, &Sha256::digest(name).into())
}

fn spell(prefix: &str, bytes: &[u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let tail = bytes.iter().take(17).map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    prefix.chars().chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_seed_prefix_and_number() {
        let (mut one, mut two) = (Ids::new(7), Ids::new(7));
        two.id("subnet");
        let id = one.id("vpc");
        assert_eq!(id, two.id("vpc"));
        assert_ne!(id, one.id("vpc"));
        assert_ne!(id, Ids::new(8).id("vpc"));
        assert_eq!(id.len(), "vpc-".len() + 17);
    }

    #[test]
    fn request_ids_are_uuids_of_version_4() {
        let id = Ids::new(1).request_id();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(Ids::new(1).unique("AROA").starts_with("AROA"));
    }
}
