//! [`SharedPki`]: what the machines of a control plane have in common, made beforehand.

use crate::pki::Shared;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Found, Made, OnUnknown, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Makes what the machines of a control plane have in common besides the cluster's authority. It
/// exists nowhere but in the journal, sealed, and on them, so there is nothing to undo.
///
/// Made beforehand, it need not be fetched from the first machine: kubeadm keeps what it uploads
/// for that for two hours only (`kubeadm init --upload-certs`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SharedPki {}

outputs! {
    /// What the machines of a control plane have in common.
    pub struct SharedPkiOut -> SharedPkiRefs {
        /// Files below `/etc/kubernetes/pki`: on each line a path, and the contents in base64.
        files: Secret<String>,
    }
}

impl Step for SharedPki {
    const KIND: &'static str = "kubernetes.shared_pki";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = ();
    type Output = SharedPkiOut;

    async fn run(&self, (): &(), _: &Cx) -> Result<SharedPkiOut, StepError> {
        let shared = Shared::generate().map_err(StepError::permanent)?;
        let lines =
            shared.files().map(|(path, text)| format!("{path} {}\n", BASE64_STANDARD.encode(text)));
        Ok(SharedPkiOut { files: Secret::new(lines.concat()) })
    }

    async fn find(&self, (): &(), _: &Cx) -> Result<Found<SharedPkiOut>, StepError> {
        Ok(Found::Absent) // never asked: others are as good as long as nobody has seen them
    }

    async fn undo(&self, (): &(), _: &Cx, _: Made<'_, SharedPkiOut>) -> Result<(), StepError> {
        Ok(())
    }
}
