//! [`DiskForm`]: a disk as it is saved, as what differs from a fresh image.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::disk::{Disk, Node};
use super::ubuntu::{self, Release};

/// What was made or changed, and what was removed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DiskForm {
    changed: BTreeMap<String, Node>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    removed: Vec<String>,
    /// The image it is compared with.
    #[serde(default, skip_serializing_if = "is_default")]
    release: Release,
}

fn is_default(release: &Release) -> bool {
    *release == Release::default()
}

fn fresh(release: Release) -> &'static BTreeMap<String, Node> {
    static NOBLE: OnceLock<BTreeMap<String, Node>> = OnceLock::new();
    static XENIAL: OnceLock<BTreeMap<String, Node>> = OnceLock::new();
    let kept = match release {
        Release::Noble => &NOBLE,
        Release::Xenial => &XENIAL,
    };
    kept.get_or_init(|| ubuntu::disk(release).nodes)
}

impl From<Disk> for DiskForm {
    fn from(disk: Disk) -> Self {
        let release = Release::of(&disk);
        let fresh = fresh(release);
        let removed = fresh.keys().filter(|path| !disk.nodes.contains_key(*path));
        let removed = removed.cloned().collect();
        let mut changed = disk.nodes;
        changed.retain(|path, node| fresh.get(path) != Some(node));
        Self { changed, removed, release }
    }
}

impl From<DiskForm> for Disk {
    fn from(form: DiskForm) -> Self {
        let mut nodes = fresh(form.release).clone();
        nodes.extend(form.changed);
        nodes.retain(|path, _| !form.removed.contains(path));
        Self { nodes }
    }
}

/// The content of a file: text as it is, anything else in base64.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes { base64: String },
}

pub(super) fn serialize<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let content = match std::str::from_utf8(data) {
        Ok(text) => Content::Text(text.to_owned()),
        Err(_) => Content::Bytes { base64: BASE64_STANDARD.encode(data) },
    };
    content.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    match Content::deserialize(deserializer)? {
        Content::Text(text) => Ok(text.into_bytes()),
        Content::Bytes { base64 } => {
            BASE64_STANDARD.decode(base64).map_err(serde::de::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_in_the_image_is_saved() {
        let mut disk = ubuntu::disk(Release::Xenial);
        let saved = serde_json::to_string(&disk).unwrap();
        assert_eq!(saved, r#"{"changed":{},"release":"xenial"}"#);
        assert_eq!(serde_json::from_str::<Disk>(&saved).unwrap(), disk);
        disk = ubuntu::disk(Release::Noble);
        assert_eq!(serde_json::to_string(&disk).unwrap(), r#"{"changed":{}}"#);
        disk.put("/opt/text", "a\n");
        disk.put("/opt/bytes", [0xff, 0]);
        disk.put("/etc/hostname", "other\n");
        disk.remove("root", "/etc/machine-id").unwrap();
        let saved = serde_json::to_string(&disk).unwrap();
        assert!(saved.contains(r#""File":"a\n""#) && saved.contains(r#"{"base64":"/wA="}"#));
        assert!(saved.contains(r#""removed":["/etc/machine-id"]"#) && saved.len() < 400, "{saved}");
        assert_eq!(serde_json::from_str::<Disk>(&saved).unwrap(), disk);
    }
}
