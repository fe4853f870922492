//! Rules of key pairs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hopper_mock::Mock;

use crate::support::{accepted, made, mock, refused, seconds};

const PUBLIC: &str = "ssh-ed25519 \
     AAAAC3NzaC1lZDI1NTE5AAAAIFZtzTQOiTb+m7k7uMdw1pfpLaiYhzw4/ONR/LfTRyJG someone@example.com";

pub(crate) fn key(mock: &Mock, name: &str) -> String {
    let material = BASE64_STANDARD.encode(PUBLIC);
    let params = [("KeyName", name), ("PublicKeyMaterial", material.as_str())];
    made(&mock.call("ImportKeyPair", &params), "keyPairId")
}

// [D] What was imported reads back.
#[test]
fn an_imported_key_reads_back() {
    let mock = mock();
    mock.advance(seconds(61));
    let material = BASE64_STANDARD.encode(PUBLIC);
    let params = [
        ("KeyName", "eds_laptop"),
        ("PublicKeyMaterial", &material),
        ("TagSpecification.1.ResourceType", "key-pair"),
        ("TagSpecification.1.Tag.1.Key", "who"),
        ("TagSpecification.1.Tag.1.Value", "ed"),
    ];
    let reply = accepted(&mock, "ImportKeyPair", &params);
    let id = made(&reply, "keyPairId");
    let fingerprint = "UmnlcT7LBeO2EGUldC9g7qvr7Odca2CnH3y+GtMBDG4=";
    assert_eq!(reply.text("keyFingerprint"), Some(fingerprint));

    let by_name = [("KeyName.1", "eds_laptop"), ("IncludePublicKey", "true")];
    let reply = accepted(&mock, "DescribeKeyPairs", &by_name);
    for (path, expected) in [
        ("keyPairId", id.as_str()),
        ("keyName", "eds_laptop"),
        ("keyFingerprint", fingerprint),
        ("keyType", "ed25519"),
        ("publicKey", PUBLIC),
        ("createTime", "2026-01-01T00:01:01.000Z"),
        ("tagSet/0/value", "ed"),
    ] {
        assert_eq!(reply.text(&format!("keySet/0/{path}")), Some(expected), "{path}");
    }
    let reply = accepted(&mock, "DescribeKeyPairs", &[("KeyPairId.1", &id)]);
    assert_eq!((reply.count("keySet"), reply.text("keySet/0/publicKey")), (1, None));
}

// [D] Names are unique; the refusals of keys have codes of their own.
#[test]
fn bad_imports_are_refused() {
    let mock = mock();
    key(&mock, "mine");
    let material = BASE64_STANDARD.encode(PUBLIC);
    let import = |name: &str, material: &str, code: &str| {
        let params = [("KeyName", name), ("PublicKeyMaterial", material)];
        refused(&mock, "ImportKeyPair", &params, code);
    };
    import("mine", &material, "InvalidKeyPair.Duplicate/400");
    import("", &material, "InvalidParameterValue/400");
    import("other", &BASE64_STANDARD.encode("garbage"), "InvalidKey.Format/400");
    import("other", "not base64!", "InvalidKey.Format/400");
    refused(&mock, "ImportKeyPair", &[("KeyName", "other")], "MissingParameter/400");
}

// [D] Filters, and NotFound for names and ids.
#[test]
fn keys_are_found_by_name_id_and_filter() {
    let mock = mock();
    key(&mock, "one");
    let other = key(&mock, "other");
    let names = |params: &[(&str, &str)]| {
        let reply = accepted(&mock, "DescribeKeyPairs", params);
        reply.texts("keySet/*/keyName").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]).len(), 2);
    assert_eq!(names(&[("Filter.1.Name", "key-name"), ("Filter.1.Value.1", "on*")]), ["one"]);
    assert_eq!(names(&[("Filter.1.Name", "key-pair-id"), ("Filter.1.Value.1", &other)]), ["other"]);
    refused(&mock, "DescribeKeyPairs", &[("KeyName.1", "none")], "InvalidKeyPair.NotFound/400");
    let unknown = [("KeyPairId.1", "key-0123456789abcdef0")];
    refused(&mock, "DescribeKeyPairs", &unknown, "InvalidKeyPair.NotFound/400");
}

// [D] Deleting what is not there succeeds.
#[test]
fn keys_are_deleted_by_name_or_id() {
    let mock = mock();
    let fresh = mock.world();
    key(&mock, "one");
    let other = key(&mock, "other");
    assert_eq!(mock.world().leftovers().len(), 2);
    accepted(&mock, "DeleteKeyPair", &[("KeyName", "none")]);
    accepted(&mock, "DeleteKeyPair", &[("KeyName", "one")]);
    let reply = accepted(&mock, "DeleteKeyPair", &[("KeyPairId", &other)]);
    assert_eq!(reply.text("keyPairId"), Some(other.as_str()));
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
    refused(&mock, "DeleteKeyPair", &[], "MissingParameter/400");
}

// [D] A made pair shows its private key once. The same seed makes the same key.
#[test]
fn a_made_pair_shows_its_private_key_once() {
    let create = [("KeyName", "made"), ("KeyType", "ed25519")];
    let reply = accepted(&mock(), "CreateKeyPair", &create);
    let again = accepted(&mock(), "CreateKeyPair", &create);
    let material = made(&reply, "keyMaterial");
    assert_eq!(again.text("keyMaterial"), Some(material.as_str()));
    assert!(material.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"), "{material}");

    let mock = mock();
    let fingerprint = made(&accepted(&mock, "CreateKeyPair", &create), "keyFingerprint");
    assert!(!mock.world().to_string().contains("PRIVATE"));
    let shown = [("KeyName.1", "made"), ("IncludePublicKey", "true")];
    let public = made(&accepted(&mock, "DescribeKeyPairs", &shown), "keySet/0/publicKey");
    let material = BASE64_STANDARD.encode(public);
    let params = [("KeyName", "copy"), ("PublicKeyMaterial", material.as_str())];
    let copy = accepted(&mock, "ImportKeyPair", &params);
    assert_eq!(copy.text("keyFingerprint"), Some(fingerprint.as_str()));
}

// [D] RSA is the default: 2048 bits, PKCS #1 in PEM, and a fingerprint of 20 bytes, while that of
// an imported RSA key has 16. The same seed makes the same key.
#[test]
fn a_made_pair_is_an_rsa_pair_unless_it_is_asked_for_otherwise() {
    let mock = mock();
    let reply = accepted(&mock, "CreateKeyPair", &[("KeyName", "made")]);
    let material = made(&reply, "keyMaterial");
    assert!(material.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"), "{material}");
    let fingerprint = made(&reply, "keyFingerprint");
    assert_eq!(fingerprint.split(':').count(), 20, "{fingerprint}");
    assert!(!mock.world().to_string().contains("PRIVATE"));
    let shown = [("KeyName.1", "made"), ("IncludePublicKey", "true")];
    let reply = accepted(&mock, "DescribeKeyPairs", &shown);
    assert_eq!(reply.text("keySet/0/keyType"), Some("rsa"));
    let public = BASE64_STANDARD.encode(made(&reply, "keySet/0/publicKey"));
    let params = [("KeyName", "copy"), ("PublicKeyMaterial", public.as_str())];
    let copy = accepted(&mock, "ImportKeyPair", &params);
    assert_eq!(made(&copy, "keyFingerprint").split(':').count(), 16);

    let again = accepted(&crate::support::mock(), "CreateKeyPair", &[("KeyName", "made")]);
    assert_eq!(again.text("keyMaterial"), Some(material.as_str()));
}

// The simulator does not write PuTTY's format, and says so.
#[test]
fn other_pairs_are_not_made() {
    let mock = mock();
    let putty = [("KeyName", "k"), ("KeyType", "ed25519"), ("KeyFormat", "ppk")];
    refused(&mock, "CreateKeyPair", &putty, "UnsupportedOperation/400");
    let dsa = [("KeyName", "k"), ("KeyType", "dsa")];
    refused(&mock, "CreateKeyPair", &dsa, "InvalidParameterValue/400");
}
