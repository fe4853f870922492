//! The API server's TLS: who it is, and who comes.

use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime,
};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::pki;
use crate::Time;

/// Who comes: a user with groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) groups: Vec<String>,
}

/// What one connection is served with.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) config: Arc<ServerConfig>,
    verifier: Arc<dyn ClientCertVerifier>,
}

/// Lets any certificate pass: the API server answers 401 to one it does not know, and does not end
/// the handshake.
#[derive(Debug)]
struct Lenient(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Lenient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

impl Tls {
    /// With the authority of a host.
    pub(super) fn new(
        (certificate, key): (&str, &str),
        instance_id: &str,
        names: Vec<String>,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (own, own_key) = pki::server((certificate, key), instance_id, names)?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(certificate.as_bytes())?)?;
        let provider = Arc::new(ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .allow_unauthenticated()
                .build()?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(Lenient(verifier.clone())))
            .with_single_cert(vec![own.der().clone()], key)?;
        Ok(Self { config: Arc::new(config), verifier })
    }

    /// Who has shown these certificates; nobody, if the authority has not issued them or their time
    /// is over.
    pub(super) fn user(&self, shown: &[CertificateDer<'_>], now: Time) -> Option<User> {
        let (first, rest) = shown.split_first()?;
        let millis = u64::try_from(now.as_millis()).ok()?;
        let now = UnixTime::since_unix_epoch(Duration::from_millis(millis));
        self.verifier.verify_client_cert(first, rest, now).ok()?;
        let (_, certificate) = X509Certificate::from_der(first).ok()?;
        let subject = certificate.subject();
        let text = |one: &x509_parser::x509::AttributeTypeAndValue<'_>| {
            one.as_str().map(str::to_owned).unwrap_or_default()
        };
        Some(User {
            name: subject.iter_common_name().next().map(text).unwrap_or_default(),
            groups: subject.iter_organization().map(text).collect(),
        })
    }
}
