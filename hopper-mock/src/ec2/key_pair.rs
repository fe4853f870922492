//! Key pairs.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::filter::{self, Attribute, Filter, one};
use super::private_key;
use super::public_key::import;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A key pair. Of the private key nothing is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// Its id.
    pub id: String,
    /// Its name, unique in the region.
    pub name: String,
    /// `rsa` or `ed25519`.
    pub key_type: String,
    /// SHA-256 in base64 for ED25519; for RSA, MD5 of the public key if it was imported and SHA-1
    /// of the private key if AWS made it.
    pub fingerprint: String,
    /// The public key in OpenSSH's format.
    pub public_key: String,
    /// When it was imported or made.
    pub create_time: Time,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for KeyPair {
    const KIND: Kind = Kind {
        name: "key-pair",
        prefix: "key",
        noun: "key pair",
        malformed: "InvalidKeyPair.Malformed",
        missing: "InvalidKeyPair.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.key_pairs
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.key_pairs
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

const FILTERS: &[Attribute<KeyPair>] = &[
    ("fingerprint", |pair, _| one(&pair.fingerprint)),
    ("key-name", |pair, _| one(&pair.name)),
    ("key-pair-id", |pair, _| one(&pair.id)),
];

/// The pair with this name.
///
/// # Errors
/// `InvalidKeyPair.NotFound`.
pub(super) fn named<'a>(world: &'a World, name: &str) -> Result<&'a KeyPair, AwsError> {
    let mut pairs = world.ec2.key_pairs.values();
    let pair = pairs.find(|pair| pair.name == name && world.sees(&pair.id));
    pair.ok_or_else(|| KeyPair::KIND.not_found(name))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeKeyPairs {
    #[serde(default, rename = "KeyName")]
    names: Vec<String>,
    #[serde(default, rename = "KeyPairId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    #[serde(default)]
    include_public_key: bool,
}

/// Lists pairs, all in one page.
pub(crate) fn describe(world: &mut World, input: &DescribeKeyPairs) -> Answer {
    filter::check(&input.filters, FILTERS, true)?;
    let mut wanted = Vec::new();
    for name in &input.names {
        wanted.push(named(world, name)?);
    }
    for id in &input.ids {
        wanted.push(world.find(id)?);
    }
    if input.names.is_empty() && input.ids.is_empty() {
        wanted.extend(world.ec2.key_pairs.values().filter(|pair| world.sees(&pair.id)));
    }
    wanted.retain(|pair| filter::passes(world, *pair, Some(&pair.tags), &input.filters, FILTERS));
    let items = wanted.iter().map(|pair| {
        let public_key = input.include_public_key.then_some(&pair.public_key);
        pair.summary()
            .text("keyType", &pair.key_type)
            .opt("publicKey", public_key)
            .text("createTime", pair.create_time)
    });
    Ok(Xml::new().list("keySet", items))
}

impl KeyPair {
    fn summary(&self) -> Xml {
        Xml::new()
            .text("keyPairId", &self.id)
            .text("keyName", &self.name)
            .text("keyFingerprint", &self.fingerprint)
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ImportKeyPair {
    key_name: String,
    public_key_material: String,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Takes a public key. On the wire its text is in base64.
pub(crate) fn import_key_pair(world: &mut World, input: &ImportKeyPair) -> Answer {
    let (kind, name) = (&KeyPair::KIND, &input.key_name);
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    check_new_name(world, name)?;
    let material = BASE64_STANDARD.decode(&input.public_key_material).map_err(|_| {
        AwsError::new("InvalidKey.Format", "The public key material is not in base64")
    })?;
    let imported = import(&material)?;
    let pair = KeyPair {
        id: world.new_id::<KeyPair>(),
        name: name.clone(),
        key_type: imported.key_type.to_owned(),
        fingerprint: imported.fingerprint,
        public_key: imported.text,
        create_time: world.now,
        tags,
    };
    let answer = pair.summary();
    world.add(pair);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateKeyPair {
    key_name: String,
    #[serde(default)]
    key_type: KeyType,
    #[serde(default)]
    key_format: KeyFormat,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeyType {
    #[default]
    Rsa,
    Ed25519,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeyFormat {
    #[default]
    Pem,
    Ppk,
}

/// Makes a pair and shows its private key this once. PuTTY's format is refused: the simulator does
/// not write it.
pub(crate) fn create(world: &mut World, input: &CreateKeyPair) -> Answer {
    let (kind, name) = (&KeyPair::KIND, &input.key_name);
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    check_new_name(world, name)?;
    if matches!(input.key_format, KeyFormat::Ppk) {
        let why = "The simulator makes key pairs in format pem only";
        return Err(AwsError::new("UnsupportedOperation", why));
    }
    let id = world.new_id::<KeyPair>();
    let seed: [u8; 32] = Sha256::digest(format!("{id} {}", world.user_id)).into();
    let (key_type, made) = match input.key_type {
        KeyType::Rsa => ("rsa", private_key::rsa(seed)?),
        KeyType::Ed25519 => ("ed25519", private_key::ed25519(seed)?),
    };
    let pair = KeyPair {
        id,
        name: name.clone(),
        key_type: key_type.to_owned(),
        fingerprint: made.fingerprint,
        public_key: made.public_key,
        create_time: world.now,
        tags,
    };
    let answer = pair.summary().text("keyMaterial", made.material);
    world.add(pair);
    Ok(answer)
}

fn check_new_name(world: &World, name: &str) -> Result<(), AwsError> {
    let is_taken = |c: char| c.is_ascii_graphic() || c == ' ';
    if !(1..=255).contains(&name.len()) || !name.chars().all(is_taken) || name.trim() != name {
        let why = "A key name has 1 to 255 ASCII characters, without spaces around it.";
        return Err(AwsError::invalid_value("keyName", name, why));
    }
    if let Some(other) = world.ec2.key_pairs.values().find(|pair| pair.name == name) {
        return Err(AwsError::new(
            "InvalidKeyPair.Duplicate",
            format!("The keypair '{name}' already exists."),
        )
        .blocked_by([other.id.clone()]));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteKeyPair {
    key_name: Option<String>,
    key_pair_id: Option<String>,
}

/// Deletes a pair. That there is none is a success too.
pub(crate) fn delete(world: &mut World, input: &DeleteKeyPair) -> Answer {
    let is_given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if !is_given(&input.key_name) && !is_given(&input.key_pair_id) {
        return Err(AwsError::missing("KeyName"));
    }
    if let Some(id) = &input.key_pair_id {
        KeyPair::KIND.check(id)?;
    }
    let is_meant = |pair: &KeyPair| {
        input.key_name.as_ref().is_none_or(|name| *name == pair.name)
            && input.key_pair_id.as_ref().is_none_or(|id| *id == pair.id)
    };
    let gone = world.ec2.key_pairs.extract_if(.., |_, pair| is_meant(pair)).next();
    Ok(Xml::done().opt("keyPairId", gone.map(|(id, _)| id)))
}
