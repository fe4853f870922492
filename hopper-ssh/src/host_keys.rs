//! [`HostKeys`]: whose key is known.

use russh::keys::{HashAlg, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which keys the hosts of a cluster have, by the hosts' names: known beforehand, or recorded at
/// first sight.
///
/// It is a value that the caller keeps. What stands for a key is `ssh-ed25519 AAAA…`, or its
/// fingerprint, `SHA256:…`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostKeys(BTreeMap<String, BTreeSet<String>>);

/// What is thought of a key that a host shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It is on record.
    Known,
    /// Nothing is on record for this host.
    New,
    /// Others are on record.
    Changed,
}

impl HostKeys {
    /// Records a key of a host's.
    pub fn pin(&mut self, name: &str, key: &PublicKey) {
        self.0.entry(name.to_owned()).or_default().insert(text(key));
    }

    /// Records a key of a host's by its fingerprint, `SHA256:…`.
    pub fn pin_fingerprint(&mut self, name: &str, fingerprint: &str) {
        self.0.entry(name.to_owned()).or_default().insert(fingerprint.to_owned());
    }

    /// Forgets the keys of a host.
    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// What is thought of a key that a host shows.
    #[must_use]
    pub fn trust(&self, name: &str, key: &PublicKey) -> Trust {
        match self.0.get(name).filter(|pins| !pins.is_empty()) {
            None => Trust::New,
            Some(pins) if pins.contains(&text(key)) => Trust::Known,
            Some(pins) if pins.contains(&fingerprint(key)) => Trust::Known,
            Some(_) => Trust::Changed,
        }
    }

    /// The fingerprints on record for a host.
    #[must_use]
    pub fn fingerprints(&self, name: &str) -> Vec<String> {
        let pins = self.0.get(name).into_iter().flatten();
        let shown = |pin: &String| match pin.parse::<PublicKey>() {
            Ok(key) => fingerprint(&key),
            Err(_) => pin.clone(),
        };
        pins.map(shown).collect()
    }
}

/// As `ssh-keygen -l` shows it: `SHA256:…`.
pub(crate) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// The key without its comment.
fn text(key: &PublicKey) -> String {
    PublicKey::from(key.key_data().clone()).to_openssh().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    const OTHER: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq";

    #[test]
    fn a_key_is_known_by_itself_or_by_its_fingerprint() {
        let (key, other): (PublicKey, PublicKey) = (KEY.parse().unwrap(), OTHER.parse().unwrap());
        let mut keys = HostKeys::default();
        assert_eq!(keys.trust("prod/bastion", &key), Trust::New);
        keys.pin("prod/bastion", &key);
        assert_eq!(keys.trust("prod/bastion", &key), Trust::Known);
        assert_eq!(keys.trust("prod/bastion", &other), Trust::Changed);
        assert_eq!(keys.trust("test/bastion", &other), Trust::New);
        keys.pin_fingerprint("test/bastion", &fingerprint(&other));
        assert_eq!(keys.trust("test/bastion", &other), Trust::Known);
        assert_eq!(keys.trust("test/bastion", &key), Trust::Changed);
        let kept: HostKeys = serde_json::from_str(&serde_json::to_string(&keys).unwrap()).unwrap();
        assert_eq!(kept, keys);
        keys.forget("prod/bastion");
        assert_eq!(keys.trust("prod/bastion", &other), Trust::New);
    }
}
