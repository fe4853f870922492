//! [`remove`]: taking something away, until it is gone or it is known what keeps it.

use crate::{
    Aws,
    blockers::{Blocked, blockers},
    error,
    fresh::{PATIENCE, is_not_found},
    pace::Pace,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use hopper_core::{Cx, StepError};
use std::{error::Error, future::Future, time::Duration};
use tokio::time::Instant;

/// How long things that hang on others are waited for: network interfaces of a load balancer go
/// up to ten minutes after it (public reports; one to five are usual).
pub(crate) const LINGERING: Pace = Pace::secs(1, 30, 720);

/// What is to be taken away.
#[derive(Debug)]
pub struct Removal<'a> {
    /// The operation, e.g. `DeleteSubnet`.
    pub operation: &'a str,
    /// What it takes away.
    pub id: &'a str,
    /// Codes of refusals that pass when others are gone.
    pub passing: &'static [&'static str],
    /// Codes that say it is so already, besides those that say it does not exist.
    pub already: &'static [&'static str],
    /// How long and how often it is tried.
    pub pace: Pace,
    /// Where to look for what keeps it.
    pub blocked: Blocked<'a>,
}

impl<'a> Removal<'a> {
    /// The usual: it waits while something depends on the thing.
    pub fn new(operation: &'a str, id: &'a str, blocked: Blocked<'a>) -> Self {
        Self {
            operation,
            id,
            passing: &["DependencyViolation"],
            already: &[],
            pace: LINGERING,
            blocked,
        }
    }
}

/// Takes something away. What is gone already is success; what something still depends on is
/// tried again until the deadline, and then the error names the culprits.
///
/// # Errors
///
/// The last refusal, with what keeps the thing.
pub async fn remove<T, E, Fut>(
    aws: &Aws,
    cx: &Cx,
    removal: Removal<'_>,
    mut call: impl FnMut() -> Fut + Send,
) -> Result<(), StepError>
where
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + Error + 'static,
    T: Send,
{
    let Removal { operation, id, passing, already, pace, blocked } = removal;
    let began = Instant::now();
    let mut refusal = None;
    for (n, look) in pace.looks(Duration::ZERO).enumerate() {
        cx.sleep((began + look).saturating_duration_since(Instant::now())).await?;
        let Err(failed) = cx.as_owner(Box::pin(call())).await? else {
            aws.fresh().remove(id);
            return Ok(());
        };
        let error = error::of(operation, &failed);
        let code = error.code().unwrap_or_default();
        if already.contains(&code) {
            return Ok(());
        }
        if !passing.contains(&code) {
            match is_not_found(&error) {
                // What was made a moment ago may only not be visible yet.
                true if aws.fresh().age(id).is_some_and(|age| age < PATIENCE) => (),
                true => return Ok(()),
                false => return Err(error),
            }
        }
        cx.progress(format_args!("{id} cannot go yet: {error}"));
        if n == 5 {
            let culprits = blockers(aws, cx, blocked).await;
            cx.progress(format_args!("{id} is kept by {}", culprits.join("; ")));
        }
        refusal = Some(error);
    }
    let refusal = refusal.unwrap_or_else(|| StepError::permanent("not tried"));
    let culprits = blockers(aws, cx, blocked).await;
    Err(match culprits.as_slice() {
        [] => refusal,
        culprits => refusal.with_hint(format!("it is kept by {}", culprits.join("; "))),
    })
}
