//! [`Authority`]: a cluster's certificate authority, made beforehand.

use crate::pki;
use hopper_core::{Cx, Found, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Makes a cluster's certificate authority. It exists nowhere but in the journal, sealed, so there
/// is nothing to undo.
///
/// Made beforehand, it is known to machines before the control plane runs, so that workers start
/// beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Authority {}

outputs! {
    /// A certificate authority. Only its key has to be a secret; the others are kept with it since
    /// they are drawn.
    pub struct AuthorityOut -> AuthorityRefs {
        /// Its certificate, in PEM.
        certificate: Secret<String>,
        /// Its private key, in PEM.
        key: Secret<String>,
        /// What nodes know it by: `sha256:…`.
        hash: Secret<String>,
    }
}

impl Step for Authority {
    const KIND: &'static str = "kubernetes.authority";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = AuthorityOut;

    async fn run(&self, (): &(), _: &Cx) -> Result<AuthorityOut, StepError> {
        let authority = pki::Authority::generate().map_err(StepError::permanent)?;
        Ok(AuthorityOut {
            certificate: Secret::new(authority.certificate().to_owned()),
            key: Secret::new(authority.key()),
            hash: Secret::new(authority.hash()),
        })
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<AuthorityOut>, StepError> {
        Ok(Found::Absent) // never asked: another is as good as long as nobody has seen it
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, AuthorityOut>) -> Result<(), StepError> {
        Ok(())
    }
}
