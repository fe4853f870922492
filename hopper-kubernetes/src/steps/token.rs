//! [`Token`]: with what a machine joins.

use crate::pki::BootstrapToken;
use hopper_core::{Cx, Found, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Makes a token with which machines join a cluster, once the cluster knows it. It exists nowhere
/// but in the journal, sealed, so there is nothing to undo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {}

outputs! {
    /// With what a machine joins.
    pub struct TokenOut -> TokenRefs {
        /// The token: `abcdef.0123456789abcdef`.
        token: Secret<String>,
    }
}

impl Step for Token {
    const KIND: &'static str = "kubernetes.token";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = TokenOut;

    async fn run(&self, (): &(), _: &Cx) -> Result<TokenOut, StepError> {
        let token = BootstrapToken::generate().map_err(StepError::permanent)?;
        Ok(TokenOut { token: Secret::new(token.expose().to_owned()) })
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<TokenOut>, StepError> {
        Ok(Found::Absent) // never asked: another token is as good
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, TokenOut>) -> Result<(), StepError> {
        Ok(())
    }
}
