//! [`RevokedToken`]: a token that nobody joins with any more.

use super::renewed_token::{delete, join};
use crate::{Hosts, api::Access};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Secret, Step, StepError};
use kube::Api;
use serde::{Deserialize, Serialize};

/// Takes the token away that nodes have joined with so far. It does not come back when this is
/// undone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevokedToken {
    /// The cluster.
    pub access: Access,
    /// How nodes have joined so far, as [`JoinData`](super::JoinData) gives it.
    pub join: Input<Secret<String>>,
}

impl Step for RevokedToken {
    const KIND: &'static str = "kubernetes.revoked_token";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let join = join(cx.get(&self.join).expose()?)?;
        let id = join["token"].as_str().and_then(|token| token.split('.').next());
        let secrets = Api::namespaced(self.access.client(hosts, cx).await?, "kube-system");
        delete(&secrets, cx, id.unwrap_or_default()).await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}
