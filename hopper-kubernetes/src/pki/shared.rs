//! [`Shared`]: what the machines of a control plane have in common besides the cluster's authority.

use super::{Authority, PkiError};
use rcgen::KeyPair;
use std::fmt;

/// What the machines of a control plane have in common besides the cluster's authority ("PKI
/// certificates and requirements", Kubernetes documentation): authorities for etcd and for the
/// aggregation layer, and the key that signs the tokens of service accounts.
pub struct Shared {
    etcd: Authority,
    front_proxy: Authority,
    service_accounts: KeyPair,
}

impl Shared {
    /// New ones, with ECDSA keys on P-256, which API servers take for service accounts as well.
    ///
    /// # Errors
    ///
    /// When there are no random numbers.
    pub fn generate() -> Result<Self, PkiError> {
        Ok(Self {
            etcd: Authority::named("etcd-ca")?,
            front_proxy: Authority::named("front-proxy-ca")?,
            service_accounts: KeyPair::generate()?,
        })
    }

    /// The files below `/etc/kubernetes/pki`, with their contents in PEM: secrets.
    #[must_use]
    pub fn files(&self) -> [(&'static str, String); 6] {
        let Self { etcd, front_proxy, service_accounts } = self;
        [
            ("etcd/ca.crt", etcd.certificate().to_owned()),
            ("etcd/ca.key", etcd.key()),
            ("front-proxy-ca.crt", front_proxy.certificate().to_owned()),
            ("front-proxy-ca.key", front_proxy.key()),
            ("sa.key", service_accounts.serialize_pem()),
            ("sa.pub", service_accounts.public_key_pem()),
        ]
    }
}

/// Shows nothing that is a secret.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("etcd", &self.etcd).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another_and_in_pem() {
        let shared = Shared::generate().unwrap();
        for (path, text) in shared.files() {
            assert!(text.starts_with("-----BEGIN "), "{path}: {text}");
            assert_eq!(path.ends_with(".pub"), text.contains("PUBLIC KEY"), "{path}");
        }
        assert_ne!(shared.etcd.hash(), shared.front_proxy.hash());
        assert!(!format!("{shared:?}").contains("PRIVATE"));
    }
}
