//! The certificates of a cluster.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use sha2::{Digest as _, Sha256};

/// A key that follows from a text. PKCS #8 of Ed25519 is these bytes and the seed (RFC 8410).
fn key(text: &str) -> Result<KeyPair, rcgen::Error> {
    const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let mut der = HEAD.to_vec();
    der.extend(Sha256::digest(text));
    let pem = pem("PRIVATE KEY", &der);
    KeyPair::from_pkcs8_pem_and_sign_algo(&pem, &rcgen::PKCS_ED25519)
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The authority that kubeadm makes: its certificate and its key.
pub(in crate::host) fn authority(instance_id: &str) -> Result<(String, String), rcgen::Error> {
    let key = key(&format!("kubernetes authority of {instance_id}"))?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "kubernetes");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// A certificate with its key, in PEM.
fn issue(
    (certificate, authority_key): (&str, &str),
    text: &str,
    mut params: CertificateParams,
    names: &[(DnType, &str)],
    usage: ExtendedKeyUsagePurpose,
) -> Result<(rcgen::Certificate, KeyPair), rcgen::Error> {
    let issuer = Issuer::from_ca_cert_pem(certificate, KeyPair::from_pem(authority_key)?)?;
    let key = key(text)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    for (kind, name) in names {
        params.distinguished_name.push(kind.clone(), *name);
    }
    params.extended_key_usages = vec![usage];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    Ok((params.signed_by(&key, &issuer)?, key))
}

/// The certificate of the API server.
pub(super) fn server(
    authority: (&str, &str),
    instance_id: &str,
    names: Vec<String>,
) -> Result<(rcgen::Certificate, KeyPair), rcgen::Error> {
    let (text, params) =
        (format!("kube-apiserver of {instance_id}"), CertificateParams::new(names)?);
    let usage = ExtendedKeyUsagePurpose::ServerAuth;
    issue(authority, &text, params, &[(DnType::CommonName, "kube-apiserver")], usage)
}

/// A kubeconfig as kubeadm writes it, for a user of a group. With an authority that is none it has
/// no certificates.
pub(in crate::host) fn kubeconfig(
    authority: (&str, &str),
    instance_id: &str,
    server: &str,
    (user, group): (&str, &str),
) -> String {
    let names = [(DnType::OrganizationName, group), (DnType::CommonName, user)];
    let text = format!("{user} of {instance_id}");
    let usage = ExtendedKeyUsagePurpose::ClientAuth;
    let made = issue(authority, &text, CertificateParams::default(), &names, usage);
    let (certificate, key) = match &made {
        Ok((certificate, key)) => (certificate.pem(), key.serialize_pem()),
        Err(_) => (String::new(), String::new()),
    };
    let data = |text: &str| BASE64_STANDARD.encode(text);
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    \
         server: https://{server}\n  name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    \
         user: {user}\n  name: {user}@kubernetes\ncurrent-context: {user}@kubernetes\nusers:\n\
         - name: {user}\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
        data(authority.0),
        data(&certificate),
        data(&key)
    )
}
