//! [`ask`]: a read outside a run.

use crate::{error, fresh::is_not_found};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backon::{ExponentialBuilder, Retryable as _};
use hopper_core::{Class, StepError};
use std::{error::Error, future::Future, time::Duration};

/// Reads outside a run, and repeats it a few times when it fails in a way that may pass.
///
/// # Errors
///
/// The last try's.
pub async fn ask<T, E, Fut>(
    operation: &str,
    mut call: impl FnMut() -> Fut + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    let attempt = || {
        let sent = call();
        async move { sent.await.map_err(|failed| error::of(operation, &failed)) }
    };
    let backoff = ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(300))
        .with_factor(2.0)
        .with_max_times(3);
    attempt
        .retry(backoff)
        .sleep(tokio::time::sleep)
        .when(|error| matches!(error.class(), Class::Transient | Class::Throttled))
        .await
}

/// As [`ask`], of what AWS looks up by its name; `None` if there is no such thing.
///
/// # Errors
///
/// The last try's.
pub async fn ask_if_any<T, E, Fut>(
    operation: &str,
    call: impl FnMut() -> Fut + Send,
) -> Result<Option<T>, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    match ask(operation, call).await {
        Ok(thing) => Ok(Some(thing)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
