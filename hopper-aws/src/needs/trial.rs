//! [`Trial`]: a call with `DryRun`, which changes nothing and tells whether it is permitted.

use crate::{Aws, error};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::{Deserialize, Serialize};
use std::{error::Error, fmt, pin::Pin};

/// Whether a call is permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Allowed,
    /// It is not.
    Denied,
    /// Nobody could be asked.
    Unknown,
}

impl Verdict {
    /// What the answer to a call with `DryRun` says. It is `DryRunOperation` when the call would
    /// be permitted and `UnauthorizedOperation` when not (EC2 API reference, e.g. CreateVpc);
    /// any other answer leaves it open.
    pub(crate) fn of<T, E>(answer: &Result<T, SdkError<E, HttpResponse>>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Err(failed) = answer else { return Self::Unknown };
        match error::of("DryRun", failed).code() {
            Some("DryRunOperation") => Self::Allowed,
            Some("UnauthorizedOperation") => Self::Denied,
            _ => Self::Unknown,
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// A call with `DryRun` that is still to be made.
pub(crate) struct Trial {
    pub(crate) action: &'static str,
    pub(crate) call: Box<dyn FnOnce(Aws) -> Answer + Send>,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trial({})", self.action)
    }
}
