//! What AWS's error codes mean: the one table.
//!
//! Sources: "Error codes for the Amazon EC2 API" (EC2 API reference), "Request throttling for
//! the Amazon EC2 API" (EC2 developer guide), and the SDK's own list of throttling codes
//! (`aws-runtime`, `retries/classifiers.rs`); for IAM, Auto Scaling and Systems Manager the
//! errors of their service models, with their HTTP statuses (API references, "Errors" of each
//! action, and "Common errors"); for S3 "Error responses" of its API reference. What is only known from public logs says so.

use hopper_core::Class;

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Whether another try may help.
    pub(crate) class: Class,
    /// Whether it is certain that the call made nothing, whatever the HTTP status.
    pub(crate) refused: bool,
    /// What to do about it.
    pub(crate) hint: Option<&'static str>,
}

const fn refused(class: Class, hint: &'static str) -> Meaning {
    Meaning { class, refused: true, hint: Some(hint) }
}

const THROTTLED: Meaning = Meaning { class: Class::Throttled, refused: true, hint: None };
const NO_CAPACITY: Meaning = refused(
    Class::Transient,
    "AWS is short of it at the moment: try later, or another zone or type",
);
const QUOTA: Meaning =
    refused(Class::Permanent, "raise the quota in Service Quotas, or delete what is not needed");
/// It will pass, and nothing was made.
const BUSY: Meaning = Meaning { class: Class::Transient, refused: true, hint: None };
const CREDENTIALS: Meaning = refused(
    Class::Permanent,
    "the credentials are not valid: check them with `aws sts get-caller-identity`",
);
const EXPIRED: Meaning =
    refused(Class::Permanent, "the credentials have expired: log in again, then resume");
const FORBIDDEN: Meaning =
    refused(Class::Permanent, "allow the operation in the policy of the user or role");
const CLOCK: Meaning = refused(Class::Permanent, "set this machine's clock");

/// The code's meaning; `None` leaves it to the HTTP status.
pub(crate) fn meaning(code: &str) -> Option<Meaning> {
    Some(match code {
        // Throttling: the call was not made. `RequestLimitExceeded` comes with status 503 (logs).
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "EC2ThrottledException"
        | "PriorRequestNotComplete"
        | "BandwidthLimitExceeded"
        | "SlowDown" => THROTTLED,

        // Listed among the server errors, and with status 500 (logs), yet nothing was made.
        "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientReservedInstanceCapacity"
        | "InsufficientCapacity"
        | "InsufficientAddressCapacity"
        | "InsufficientVolumeCapacity" => NO_CAPACITY,

        // The service does not know whether it acted; status 500 or 503.
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "ServerInternal"
        | "ServiceFailure"
        | "Unavailable"
        | "ServiceUnavailable"
        | "RequestTimeout"
        | "RequestTimeoutException" => {
            Meaning { class: Class::Transient, refused: false, hint: None }
        }

        // Two calls at once to the same thing, or it is still busy with an earlier one. Auto
        // Scaling's `ResourceContention` and `ServiceLinkedRoleFailure` ("not yet ready") come
        // with status 500, yet nothing was made.
        "ConcurrentTagAccess"
        | "ConcurrentModification"
        | "EntityTemporarilyUnmodifiable"
        | "ResourceContention"
        | "ScalingActivityInProgress"
        | "ServiceLinkedRoleFailure" => BUSY,

        // S3's, from "Error responses" of its API reference. The first one is another write to
        // the same key at the same time.
        "ConditionalRequestConflict" | "OperationAborted" => BUSY,
        "NoSuchBucket" | "InvalidBucketName" => {
            refused(Class::Permanent, "make the bucket, or mend its name")
        }
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => {
            refused(Class::Permanent, "the bucket is in another region: name that one")
        }

        "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "IncompleteSignature" => CREDENTIALS,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => EXPIRED,
        "RequestTimeTooSkewed" => CLOCK,
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" => FORBIDDEN,
        "OptInRequired" => refused(Class::Permanent, "subscribe to the service in the AWS console"),
        "PendingVerification" | "Blocked" => {
            refused(Class::Permanent, "the account is held back: ask AWS Support")
        }

        "DependencyViolation" | "ResourceInUse" => {
            refused(Class::Permanent, "something that is still there depends on it")
        }
        "DeleteConflict" => refused(Class::Permanent, "something is still in it or attached to it"),
        "EntityAlreadyExists" | "AlreadyExists" => {
            refused(Class::Permanent, "choose another name, or delete what has it")
        }
        "MalformedPolicyDocument" => refused(Class::Permanent, "mend the policy document"),
        "PolicyNotAttachable" => {
            refused(Class::Permanent, "the policy is for a service's own role: take another")
        }
        "UnmodifiableEntity" => refused(
            Class::Permanent,
            "only the service that the role is for can change it: take another role",
        ),
        "InstanceRefreshInProgress" => {
            refused(Class::Permanent, "wait for the instance refresh, or cancel it")
        }
        "ParameterNotFound" | "ParameterVersionNotFound" => {
            refused(Class::Permanent, "check the parameter's name, and the region")
        }
        // What it is about, the message says.
        "NoSuchEntity"
        | "InvalidInput"
        | "ValidationError"
        | "ValidationException"
        | "InvalidNextToken"
        | "ActiveInstanceRefreshNotFound" => {
            Meaning { class: Class::Permanent, refused: true, hint: None }
        }
        "InvalidSubnet.Conflict" => refused(
            Class::Permanent,
            "another subnet of the VPC has these addresses: choose others",
        ),
        "InvalidSubnet.Range" => refused(Class::Permanent, "choose addresses inside the VPC"),
        "InvalidVpc.Range" | "InvalidVpcRange" => {
            refused(Class::Permanent, "choose a prefix from /16 to /28")
        }
        "IdempotentParameterMismatch" => {
            refused(Class::Permanent, "the same request was made before with other parameters")
        }
        "VcpuLimitExceeded" | "InstanceLimitExceeded" | "MaxIOPSLimitExceeded" => QUOTA,
        code if code.ends_with("LimitExceeded") => QUOTA,
        _ => return None,
    })
}

/// The meaning of a code the table does not have, by its HTTP status: in the four hundreds the
/// call was refused, anything else leaves it open.
pub(crate) fn by_status(status: u16) -> Meaning {
    match status {
        429 => THROTTLED,
        // 501: what is asked is not AWS, and does not have this.
        400..=499 | 501 => Meaning { class: Class::Permanent, refused: true, hint: None },
        _ => Meaning { class: Class::Transient, refused: false, hint: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_error_that_refuses_is_told_from_one_that_leaves_it_open() {
        for code in ["InsufficientInstanceCapacity", "RequestLimitExceeded", "VpcLimitExceeded"] {
            assert!(meaning(code).is_some_and(|m| m.refused), "{code}");
        }
        for code in ["InternalError", "Unavailable"] {
            assert!(meaning(code).is_some_and(|m| !m.refused), "{code}");
        }
        assert_eq!(meaning("RequestLimitExceeded").map(|m| m.class), Some(Class::Throttled));
        assert_eq!(meaning("AddressLimitExceeded"), Some(QUOTA));
        assert_eq!(meaning("InvalidVpcID.NotFound"), None);
    }

    /// IAM 2010-05-08, Auto Scaling 2011-01-01, Systems Manager 2014-11-06.
    #[test]
    fn iam_auto_scaling_and_systems_manager_are_known() {
        for code in ["ConcurrentModification", "ResourceContention", "ScalingActivityInProgress"] {
            assert_eq!(meaning(code), Some(BUSY), "{code}");
        }
        for code in [
            "NoSuchEntity",
            "EntityAlreadyExists",
            "DeleteConflict",
            "ResourceInUse",
            "AlreadyExists",
        ] {
            let known = meaning(code).map(|m| (m.class, m.refused));
            assert_eq!(known, Some((Class::Permanent, true)), "{code}");
        }
        assert_eq!(meaning("LimitExceeded"), Some(QUOTA));
        assert_eq!(meaning("Throttling"), Some(THROTTLED));
        assert_eq!(meaning("ServiceFailure").map(|m| m.refused), Some(false));
    }

    #[test]
    fn the_status_decides_what_the_table_does_not() {
        assert!(by_status(400).refused && by_status(404).refused);
        assert!(!by_status(500).refused && !by_status(502).refused);
        assert_eq!(by_status(503).class, Class::Transient);
        assert_eq!(by_status(429).class, Class::Throttled);
    }
}
