//! [`Credits`]: what a burstable instance may do once its CPU credits are used up.

use aws_sdk_ec2::types::CreditSpecificationRequest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a burstable instance (`t2`, `t3`, `t3a`, `t4g`) may do once its CPU credits are used up.
///
/// AWS's default is `Standard` for `t2` and `Unlimited` for the others; other types take neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credits {
    /// It slows down to its baseline.
    Standard,
    /// It goes on at full speed, and what it uses is paid for.
    Unlimited,
}

impl Credits {
    /// As AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Unlimited => "unlimited",
        }
    }

    /// As a launch takes it.
    pub(crate) fn request(self) -> CreditSpecificationRequest {
        CreditSpecificationRequest::builder().cpu_credits(self.as_str()).build()
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
