//! [`Reached`]: a machine lets us in, and its host keys are on record.

use crate::{Hosts, Way, error::ssh};
use hopper_core::{Cx, Found, Made, OnUnknown, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Waits until a machine lets us in over SSH, and has its host key recorded: the one that was
/// known beforehand, or the one it shows first.
///
/// Whoever goes there later with the recorded keys is refused when they have changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reached {
    /// The machine.
    pub way: Way,
}

outputs! {
    /// What is known of a machine that was reached.
    pub struct ReachedOut -> ReachedRefs {
        /// Its host keys, `ssh-ed25519 AAAA…` or `SHA256:…`.
        host_keys: Vec<String>,
    }
}

impl Step for Reached {
    const KIND: &'static str = "ssh.reached";
    const ATOMIC: bool = true;
    const READS: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ReachedOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<ReachedOut, StepError> {
        let place = self.way.place(cx)?;
        cx.progress(format_args!("waiting for SSH on {} ({})", place.name, place.address));
        let machine = hosts.machine(&place);
        let session = tokio::select! {
            biased;
            session = machine.session() => session.map_err(|error| ssh(&error))?,
            why = cx.cancelled() => return Err(why.error()),
        };
        let shown = session.new_key().and_then(|key| key.to_openssh().ok());
        let host_keys = shown.map_or(place.host_keys, |key| vec![key]);
        Ok(ReachedOut { host_keys })
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<ReachedOut>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ReachedOut>) -> Result<(), StepError> {
        Ok(())
    }
}
