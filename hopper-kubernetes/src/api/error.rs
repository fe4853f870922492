//! What went wrong with the API, as a step's error.

use hopper_core::StepError;

/// What another try may mend: a lost connection, a server that is not up yet, a conflict of two
/// writers, too many requests. A refusal stays one.
pub(crate) fn api(operation: &str, error: &kube::Error) -> StepError {
    let told = match error {
        kube::Error::Api(status) if matches!(status.code, 409 | 429 | 500..) => {
            StepError::transient(&status.message).with_code(&status.reason)
        }
        kube::Error::Api(status) => StepError::permanent(&status.message).with_code(&status.reason),
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => {
            StepError::transient(chain(error))
        }
        error => StepError::permanent(chain(error)),
    };
    told.with_operation(operation)
}

/// An error and what it comes from, which its own text leaves out.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}
