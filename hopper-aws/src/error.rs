//! Errors of the SDK as [`StepError`]s: with operation, code, request id, and what to do.

use crate::classify::{Meaning, by_status, meaning};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use hopper_core::StepError;
use std::error::Error;

/// What a failed call means.
///
/// A service's refusal has made nothing. What failed on the way (a broken connection, a timeout,
/// a reply that cannot be read, an error of the server) leaves open whether the call has acted.
pub fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> StepError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let step_error = match error {
        SdkError::ServiceError(refusal) => {
            let (meta, status) = (refusal.err().meta(), refusal.raw().status().as_u16());
            let code = meta.code().unwrap_or_default();
            let meaning = meaning(code).unwrap_or_else(|| by_status(status));
            let message = match meta.message() {
                Some(message) => as_fragment(message),
                None => format!("answered with status {status}"),
            };
            let id = meta.request_id().or_else(|| error.request_id());
            let told = told(message, meaning);
            let told = if code.is_empty() { told } else { told.with_code(code) };
            if let Some(id) = id { told.with_request_id(id) } else { told }
        }
        SdkError::ConstructionFailure(_) => {
            StepError::permanent(format_args!("cannot be sent: {}", context(error))).refused()
        }
        _ => match credentials_error(error) {
            Some(error) => credentials(error),
            None => on_the_way(error),
        },
    };
    step_error.with_operation(operation)
}

/// A call that AWS answered with less than it promises.
pub fn incomplete(operation: &str, lacks: &str) -> StepError {
    StepError::transient(format_args!("the answer has no {lacks}")).with_operation(operation)
}

fn told(message: impl std::fmt::Display, meaning: Meaning) -> StepError {
    let error = StepError::permanent(message).with_class(meaning.class);
    let error = if meaning.refused { error.refused() } else { error };
    match meaning.hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// A failure between here and AWS.
fn on_the_way<E>(error: &SdkError<E, HttpResponse>) -> StepError
where
    E: Error + 'static,
{
    let text = context(error);
    match error {
        SdkError::TimeoutError(_) => StepError::transient(format_args!("timed out: {text}")),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            StepError::transient(format_args!("timed out: {text}"))
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            StepError::permanent(format_args!("cannot be sent: {text}"))
                .with_hint("check the endpoint's address")
        }
        SdkError::ResponseError(_) => {
            StepError::transient(format_args!("the answer cannot be read: {text}"))
        }
        _ => StepError::transient(format_args!("no answer: {text}")),
    }
}

/// The error of the credential chain, when that is why a call was not sent.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut source = Some(error);
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// No call is sent without credentials.
fn credentials(error: &CredentialsError) -> StepError {
    let text = context(error);
    match error {
        CredentialsError::ProviderTimedOut(_) => {
            StepError::transient(format_args!("getting credentials took too long: {text}"))
        }
        CredentialsError::CredentialsNotLoaded(_) => {
            StepError::permanent("there are no credentials")
                .with_hint("set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        _ => StepError::permanent(format_args!("cannot get credentials: {text}"))
            .with_hint("check the profile, or log in again"),
    }
    .refused()
}

/// The chain of sources, without the debug output that the SDK adds after it.
pub(crate) fn context(error: &(dyn Error + 'static)) -> String {
    let mut texts = Vec::<String>::new();
    let mut source = error.source();
    while let Some(error) = source {
        let text = as_fragment(&error.to_string());
        if !texts.last().is_some_and(|last| last.ends_with(&text)) {
            texts.push(text);
        }
        source = error.source();
    }
    texts.join(": ")
}

/// AWS's sentence as a fragment: no full stop, and no capital unless it starts a name.
pub(crate) fn as_fragment(sentence: &str) -> String {
    let sentence = sentence.trim().trim_end_matches('.');
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};
    use hopper_core::Class;

    fn service(code: &str, message: &str, status: u16) -> StepError {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        of("CreateVpc", &SdkError::service_error(meta, raw))
    }

    fn dispatch(error: ConnectorError) -> StepError {
        of::<ErrorMetadata>("CreateVpc", &SdkError::dispatch_failure(error))
    }

    #[test]
    fn a_refusal_has_made_nothing_and_says_what_to_do() {
        let error =
            service("VpcLimitExceeded", "The maximum number of VPCs has been reached.", 400);
        assert!(error.is_refused());
        assert_eq!(
            error.to_string(),
            "CreateVpc: VpcLimitExceeded: the maximum number of VPCs has been reached; raise the \
             quota in Service Quotas, or delete what is not needed"
        );
        assert!(service("InvalidVpcID.NotFound", "x", 400).is_refused());
    }

    #[test]
    fn a_server_error_leaves_it_open_unless_it_is_known_to_refuse() {
        let open = service("InternalError", "An internal error has occurred", 500);
        assert_eq!((open.class(), open.is_refused()), (Class::Transient, false));
        let unheard_of = service("Whatever", "x", 502);
        assert_eq!((unheard_of.class(), unheard_of.is_refused()), (Class::Transient, false));
        let full = service("InsufficientInstanceCapacity", "x", 500);
        assert_eq!((full.class(), full.is_refused()), (Class::Transient, true));
        let throttled = service("RequestLimitExceeded", "Request limit exceeded.", 503);
        assert_eq!((throttled.class(), throttled.is_refused()), (Class::Throttled, true));
    }

    #[test]
    fn a_broken_connection_leaves_it_open() {
        let error = dispatch(ConnectorError::io("connection reset by peer".into()));
        assert_eq!((error.class(), error.is_refused()), (Class::Transient, false));
        assert!(error.to_string().contains("connection reset by peer"), "{error}");
        let error = dispatch(ConnectorError::timeout("read timeout".into()));
        assert_eq!((error.class(), error.is_refused()), (Class::Transient, false));
    }

    #[test]
    fn missing_credentials_are_permanent_and_say_what_to_set() {
        let missing = CredentialsError::not_loaded("no providers in chain");
        let error = dispatch(ConnectorError::other(Box::new(missing), None));
        assert_eq!((error.class(), error.is_refused()), (Class::Permanent, true));
        assert_eq!(
            error.to_string(),
            "CreateVpc: there are no credentials; set AWS_PROFILE or AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY"
        );
    }

    #[test]
    fn names_keep_their_capitals() {
        assert_eq!(
            as_fragment("The vpc ID 'vpc-1' does not exist."),
            "the vpc ID 'vpc-1' does not exist"
        );
        assert_eq!(as_fragment("VPC is gone"), "VPC is gone");
    }
}
