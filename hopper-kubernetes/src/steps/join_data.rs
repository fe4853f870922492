//! [`JoinData`]: what a machine has to know in order to join.

use crate::pki::BootstrapToken;
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Makes what a machine has to know in order to join a cluster: a token, where the API is, and what
/// its authority is known by. The token is worth something once the cluster knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JoinData {
    /// What the authority is known by: `sha256:…`.
    pub hash: Input<Secret<String>>,
    /// Where the API is, e.g. `10.0.0.10:6443`.
    pub endpoint: Input<String>,
}

outputs! {
    /// What a machine has to know in order to join.
    pub struct JoinDataOut -> JoinDataRefs {
        /// The token.
        token: Secret<String>,
        /// All of it, as JSON: `token`, `endpoint`, `caCertHash`.
        json: Secret<String>,
    }
}

impl Step for JoinData {
    const KIND: &'static str = "kubernetes.join_data";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = JoinDataOut;

    async fn run(&self, (): &(), cx: &Cx) -> Result<JoinDataOut, StepError> {
        let token = BootstrapToken::generate().map_err(StepError::permanent)?;
        let json = serde_json::json!({
            "token": token.expose(),
            "endpoint": cx.get(&self.endpoint),
            "caCertHash": cx.get(&self.hash).expose()?,
        });
        Ok(JoinDataOut {
            token: Secret::new(token.expose().to_owned()),
            json: Secret::new(json.to_string() + "\n"),
        })
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<JoinDataOut>, StepError> {
        Ok(Found::Absent) // never asked: another token is as good
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, JoinDataOut>) -> Result<(), StepError> {
        Ok(())
    }
}
