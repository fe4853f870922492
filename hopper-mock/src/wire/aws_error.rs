//! [`AwsError`]: a refusal as AWS words it.

use serde::{Deserialize, Serialize};

/// A refusal: the code clients match on, a text for people, and the HTTP status.
///
/// It also keeps what stood in the way, which AWS does not tell and a test wants to know: see
/// [`blockers`](Self::blockers).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct AwsError {
    /// The code on the wire, such as `InvalidVpcID.NotFound`.
    pub code: String,
    /// The text AWS sends with it.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// The ids that stand in the way, where the refusal is about a dependency.
    pub blockers: Vec<String>,
}

impl AwsError {
    /// A refusal with the status AWS gives the code, 400 for most.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        let code = code.into();
        let status = status_of(&code);
        Self { code, message: message.into(), status, blockers: Vec::new() }
    }

    /// The same refusal with another HTTP status, where services differ: `LimitExceeded` is 409
    /// in IAM and 400 in Auto Scaling.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same refusal, naming what stands in the way.
    #[must_use]
    pub fn blocked_by(mut self, blockers: impl IntoIterator<Item = String>) -> Self {
        self.blockers.extend(blockers);
        self
    }

    /// `InvalidParameterValue`, worded as EC2 does: the value, the parameter, and why.
    pub fn invalid_value(parameter: &str, value: impl std::fmt::Display, why: &str) -> Self {
        Self::new(
            "InvalidParameterValue",
            format!("Value ({value}) for parameter {parameter} is invalid. {why}"),
        )
    }

    /// `MissingParameter` for the parameter named.
    pub fn missing(parameter: &str) -> Self {
        Self::new("MissingParameter", format!("The request must contain the parameter {parameter}"))
    }

    /// `DependencyViolation` on deleting `thing` (worded `vpc 'vpc-0a'`), naming the blockers.
    pub fn dependency(thing: &str, blockers: impl IntoIterator<Item = String>) -> Self {
        Self::new(
            "DependencyViolation",
            format!("The {thing} has dependencies and cannot be deleted."),
        )
        .blocked_by(blockers)
    }
}

/// The HTTP status of a code: 400 but for these. The server-side codes of EC2 are those of its
/// error page; 500 for capacity and 503 for the request limit were seen on the wire. Those of IAM
/// and Auto Scaling are in their service models, those of S3 in its list of error codes.
fn status_of(code: &str) -> u16 {
    match code {
        "AuthFailure" => 401,
        "UnauthorizedOperation" | "AccessDenied" => 403,
        "NotModified" => 304,
        "DryRunOperation" | "PreconditionFailed" => 412,
        "InternalError"
        | "InternalFailure"
        | "ServerInternal"
        | "InsufficientInstanceCapacity"
        | "InsufficientAddressCapacity"
        | "InsufficientVolumeCapacity" => 500,
        "NoSuchBucket" | "NoSuchEntity" | "NoSuchKey" => 404,
        "BucketAlreadyOwnedByYou"
        | "BucketNotEmpty"
        | "ConditionalRequestConflict"
        | "EntityAlreadyExists"
        | "DeleteConflict"
        | "ConcurrentModification"
        | "EntityTemporarilyUnmodifiable" => 409,
        "ServiceFailure" | "ResourceContention" | "ServiceLinkedRoleFailure" => 500,
        "MethodNotAllowed" => 405,
        "NotImplemented" => 501,
        "RequestLimitExceeded" | "ServiceUnavailable" | "SlowDown" | "Unavailable" => 503,
        _ => 400,
    }
}
