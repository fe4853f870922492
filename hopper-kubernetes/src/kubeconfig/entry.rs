//! [`Entry`]: a cluster, with whom one is there.

use super::KubeconfigError;
use crate::pki::{Authority, PkiError};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::fmt;

/// A cluster, its administrator, and the context that is both: all three under the cluster's name.
pub struct Entry {
    name: String,
    server: String,
    authority: String,
    certificate: String,
    key: String,
}

impl Entry {
    /// The administrator of a cluster whose API answers at an address, with a certificate that its
    /// authority has just signed: one of the group `system:masters`, who may do everything.
    ///
    /// # Errors
    ///
    /// When there are no random numbers, or the authority's certificate cannot be read.
    pub fn issue(
        name: impl Into<String>,
        server: impl Into<String>,
        authority: &Authority,
    ) -> Result<Self, PkiError> {
        let (certificate, key) = authority.client("kubernetes-admin", "system:masters")?;
        Ok(Self {
            name: name.into(),
            server: server.into(),
            authority: authority.certificate().to_owned(),
            certificate,
            key,
        })
    }

    /// The one of a kubeconfig as kubeadm writes it, with another address of the API.
    ///
    /// # Errors
    ///
    /// When it is no kubeconfig with the data of an authority, a certificate and a key.
    pub fn of(
        name: impl Into<String>,
        server: impl Into<String>,
        kubeconfig: &str,
    ) -> Result<Self, KubeconfigError> {
        let read: Value =
            serde_saphyr::from_str(kubeconfig).map_err(|_| KubeconfigError::NotOne)?;
        let data = |pointer: &str| {
            let packed = read.pointer(pointer).and_then(Value::as_str);
            let bytes = packed.and_then(|packed| BASE64_STANDARD.decode(packed).ok());
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(KubeconfigError::NotOne)
        };
        Ok(Self {
            name: name.into(),
            server: server.into(),
            authority: data("/clusters/0/cluster/certificate-authority-data")?,
            certificate: data("/users/0/user/client-certificate-data")?,
            key: data("/users/0/user/client-key-data")?,
        })
    }

    /// What all three are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The cluster's, the user's and the context's own part, in that order.
    pub(super) fn parts(&self) -> [Value; 3] {
        let packed = |pem: &str| BASE64_STANDARD.encode(pem);
        [
            json!({
                "server": self.server,
                "certificate-authority-data": packed(&self.authority),
            }),
            json!({
                "client-certificate-data": packed(&self.certificate),
                "client-key-data": packed(&self.key),
            }),
            json!({ "cluster": self.name, "user": self.name }),
        ]
    }
}

/// Shows no certificate and no key.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({} at {})", self.name, self.server)
    }
}
