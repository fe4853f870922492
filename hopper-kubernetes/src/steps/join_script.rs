//! [`JoinScript`]: a script that joins, with a token in it.

use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// What stands in the text for how to join.
pub const JOIN: &str = "@JOIN@";

/// Makes a script with which a machine joins a cluster, with the token in it: whoever may read the
/// user data of the machine can join as well.
///
/// The chapter's way. [`JoinData`](super::JoinData) in a parameter that only the machines' role may
/// read is the safe one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JoinScript {
    /// The script, in which [`JOIN`] stands for the arguments of `kubeadm join`.
    pub text: String,
    /// Where the API is, e.g. `10.0.0.10:6443`.
    pub endpoint: Input<String>,
    /// The token.
    pub token: Input<Secret<String>>,
    /// What the authority is known by: `sha256:…`.
    pub hash: Input<String>,
}

outputs! {
    /// A script with which a machine joins.
    pub struct JoinScriptOut -> JoinScriptRefs {
        /// The script.
        text: Secret<String>,
    }
}

impl Step for JoinScript {
    const KIND: &'static str = "kubernetes.join_script";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = JoinScriptOut;

    async fn run(&self, (): &(), cx: &Cx) -> Result<JoinScriptOut, StepError> {
        let (token, hash) = (cx.get(&self.token).expose()?, cx.get::<String>(&self.hash));
        let endpoint = cx.get::<String>(&self.endpoint);
        let join = format!("--token {token} --discovery-token-ca-cert-hash {hash} {endpoint}");
        Ok(JoinScriptOut { text: Secret::new(self.text.replace(JOIN, &join)) })
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<JoinScriptOut>, StepError> {
        Ok(Found::Absent) // never asked: it is made again, the same
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, JoinScriptOut>) -> Result<(), StepError> {
        Ok(())
    }
}
