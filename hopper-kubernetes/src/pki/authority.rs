//! [`Authority`]: who signs the certificates of a cluster.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PublicKeyData as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};
use std::fmt;
use x509_parser::pem::Pem;

/// From when to when certificates are valid. kubeadm gives an authority ten years and has its own
/// certificates renewed within them; here the years are fixed, so that no clock is asked.
const FROM: i32 = 2026;
const TO: i32 = 2046;

/// Who signs the certificates of a cluster: its private key, and the certificate it has signed for
/// itself.
pub struct Authority {
    key: KeyPair,
    certificate: String,
}

/// A key or a certificate cannot be made, or read.
#[derive(Debug, thiserror::Error)]
#[error("certificates: {0}")]
pub struct PkiError(#[from] rcgen::Error);

impl Authority {
    /// A new one, with an ECDSA key on P-256.
    ///
    /// # Errors
    ///
    /// When there are no random numbers.
    pub fn generate() -> Result<Self, PkiError> {
        Self::named("kubernetes")
    }

    /// A new one of this name.
    pub(super) fn named(common_name: &str) -> Result<Self, PkiError> {
        let key = KeyPair::generate()?;
        let mut params = dated()?;
        params.distinguished_name = name(&[(DnType::CommonName, common_name)]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyCertSign,
        ];
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { key, certificate })
    }

    /// The one of this certificate and this key, both in PEM.
    ///
    /// # Errors
    ///
    /// When the key cannot be read.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, PkiError> {
        Ok(Self { key: KeyPair::from_pem(key)?, certificate: certificate.to_owned() })
    }

    /// Its certificate, in PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key, in PEM: a secret.
    #[must_use]
    pub fn key(&self) -> String {
        self.key.serialize_pem()
    }

    /// By what a node that joins knows it: `sha256:` and the SHA-256 of its public key as
    /// SubjectPublicKeyInfo ("kubeadm join", `--discovery-token-ca-cert-hash`).
    #[must_use]
    pub fn hash(&self) -> String {
        hash(&self.key.subject_public_key_info())
    }

    /// A certificate and its key, both in PEM, for a client of this name in these groups, e.g.
    /// `system:masters`, who may do everything.
    ///
    /// # Errors
    ///
    /// When there are no random numbers, or the authority's certificate cannot be read.
    pub fn client(&self, user: &str, group: &str) -> Result<(String, String), PkiError> {
        let key = KeyPair::generate()?;
        let mut params = dated()?;
        params.distinguished_name =
            name(&[(DnType::OrganizationName, group), (DnType::CommonName, user)]);
        params.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let issuer = Issuer::from_ca_cert_pem(&self.certificate, &self.key)?;
        Ok((params.signed_by(&key, &issuer)?.pem(), key.serialize_pem()))
    }
}

/// Shows what everybody may see.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({})", self.hash())
    }
}

/// By what a node that joins knows the authority of this certificate, in PEM: see
/// [`Authority::hash`].
///
/// # Errors
///
/// When it is no certificate.
pub fn hash_of(certificate: &str) -> Result<String, PkiError> {
    let wrong = |_| PkiError(rcgen::Error::CouldNotParseCertificate);
    let pem = Pem::iter_from_buffer(certificate.as_bytes()).next();
    let pem = pem.ok_or(PkiError(rcgen::Error::CouldNotParseCertificate))?.map_err(wrong)?;
    let parsed = pem.parse_x509();
    let parsed = parsed.map_err(|_| PkiError(rcgen::Error::CouldNotParseCertificate))?;
    Ok(hash(parsed.public_key().raw))
}

fn hash(public_key: &[u8]) -> String {
    let digest = Sha256::digest(public_key);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn dated() -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.not_before = date_time_ymd(FROM, 1, 1);
    params.not_after = date_time_ymd(TO, 1, 1);
    Ok(params)
}

fn name(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    parts.iter().for_each(|(kind, text)| name.push(kind.clone(), *text));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_read_back_signs_as_before() {
        let authority = Authority::generate().unwrap();
        let again = Authority::from_pem(authority.certificate(), &authority.key()).unwrap();
        assert_eq!(again.hash(), authority.hash());
        assert_eq!(authority.hash().len(), "sha256:".len() + 64);
        assert_eq!(hash_of(authority.certificate()).unwrap(), authority.hash());
        assert!(hash_of("no certificate").is_err());
        let (certificate, key) = again.client("kubernetes-admin", "system:masters").unwrap();
        assert!(certificate.contains("BEGIN CERTIFICATE") && key.contains("PRIVATE KEY"));
        assert!(!format!("{authority:?}").contains("PRIVATE"));
        assert!(Authority::from_pem("", "no key").is_err());
    }
}
