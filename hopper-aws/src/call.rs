//! Calls: the one retry loop.
//!
//! A read, or a look at what may not be there, is repeated when it fails in a way that may pass. A call that changes something is made
//! once, but for one case: it was refused because something that was made a moment ago is not
//! visible everywhere yet. Anything else about a failed step is the engine's to decide.
//!
//! Every call, of a read too, is made [as the journal's owner](Cx::as_owner): an owner that was
//! stopped and succeeded sends nothing more.

use crate::{
    Aws, error,
    fresh::{FRESH, is_not_found},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backon::{ExponentialBuilder, Retryable as _};
use hopper_core::{Class, Cx, StepError};
use std::{error::Error, future::Future, time::Duration};

/// How long a read is repeated.
const READ_PATIENCE: Duration = Duration::from_secs(120);

/// Reads, and repeats it for as long as trying again may help.
///
/// # Errors
///
/// The last try's.
pub async fn read<T, E, Fut>(
    aws: &Aws,
    cx: &Cx,
    operation: &str,
    call: impl FnMut() -> Fut + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    reading(cx, operation, call, |error| aws.fresh().explains(error)).await
}

/// Reads what AWS looks up by its name, and answers `None` if there is no such thing; what was
/// made a moment ago may only not be visible yet. Repeated for as long as trying again may help.
///
/// # Errors
///
/// The last try's.
pub async fn read_if_any<T, E, Fut>(
    cx: &Cx,
    operation: &str,
    call: impl FnMut() -> Fut + Send,
) -> Result<Option<T>, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    match reading(cx, operation, call, |_| false).await {
        Ok(thing) => Ok(Some(thing)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn reading<T, E, Fut>(
    cx: &Cx,
    operation: &str,
    call: impl FnMut() -> Fut + Send,
    mut is_worth_it: impl FnMut(&StepError) -> bool + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    let backoff = backoff(cx).with_max_delay(Duration::from_secs(20)).with_factor(2.0);
    repeat(cx, operation, backoff.with_total_delay(Some(READ_PATIENCE)), call, |error| {
        matches!(error.class(), Class::Transient | Class::Throttled) || is_worth_it(error)
    })
    .await
}

/// Changes something, and repeats it only when it was refused because something fresh is not
/// visible yet.
///
/// # Errors
///
/// The last try's.
pub async fn act<T, E, Fut>(
    aws: &Aws,
    cx: &Cx,
    operation: &str,
    call: impl FnMut() -> Fut + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    let backoff = backoff(cx).with_max_delay(Duration::from_secs(5)).with_factor(1.5);
    repeat(cx, operation, backoff.with_total_delay(Some(FRESH)), call, |error| {
        error.is_refused() && aws.fresh().explains(error)
    })
    .await
}

async fn repeat<T, E, Fut>(
    cx: &Cx,
    operation: &str,
    backoff: ExponentialBuilder,
    mut call: impl FnMut() -> Fut + Send,
    mut again: impl FnMut(&StepError) -> bool + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
{
    let attempt = || {
        // A call of the SDK is some ten kilobytes, and steps make many: on the heap they do not
        // add up to more than a thread's stack.
        let sent = Box::pin(call());
        async move { cx.as_owner(sent).await?.map_err(|failed| error::of(operation, &failed)) }
    };
    attempt
        .retry(backoff.without_max_times())
        .sleep(tokio::time::sleep)
        .when(|error| cx.is_cancelled().is_none() && again(error))
        .notify(|error, wait| tracing::debug!(step = cx.name(), %error, ?wait, "trying again"))
        .await
}

/// Half a second, growing; the jitter is drawn from the step's token, so that the same seed waits
/// the same.
fn backoff(cx: &Cx) -> ExponentialBuilder {
    let seed = cx.token().get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok());
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_jitter()
        .with_jitter_seed(seed.unwrap_or_default())
}
