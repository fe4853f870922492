//! [`until`] and [`within`]: looking at something again and again, until it is as it should be.

use hopper_core::{Class, Cx, StepError};
use std::{future::Future, time::Duration};
use tokio::time::Instant;

/// What was seen.
#[derive(Debug)]
pub(crate) enum Look<T> {
    /// It is as it should be.
    Ready(T),
    /// Not yet: how it is.
    NotYet(String),
}

/// Looks until it is ready, as [`within`] does.
///
/// # Errors
///
/// When it is not ready after this time, with how it was at last.
pub(crate) async fn until<T, Fut>(
    cx: &Cx,
    what: &str,
    time: Duration,
    look: impl FnMut() -> Fut + Send,
) -> Result<T, StepError>
where
    Fut: Future<Output = Result<Look<T>, StepError>> + Send,
{
    let ready = within(cx, what, time, look).await?;
    ready.map_err(|last| StepError::permanent(format_args!("{what}: not ready {last}")))
}

/// Looks until it is ready, or this time is over: then how it was at last. An error that another
/// look may mend is one more reason to wait. The looks become rarer: at intervals of a fiftieth of
/// the time waited, of a second at least.
pub(crate) async fn within<T, Fut>(
    cx: &Cx,
    what: &str,
    time: Duration,
    mut look: impl FnMut() -> Fut + Send,
) -> Result<Result<T, String>, StepError>
where
    Fut: Future<Output = Result<Look<T>, StepError>> + Send,
{
    let began = Instant::now();
    let mut told = String::new();
    loop {
        let last = match look().await {
            Ok(Look::Ready(ready)) => return Ok(Ok(ready)),
            Ok(Look::NotYet(how)) => how,
            Err(error) if matches!(error.class(), Class::Transient | Class::Throttled) => {
                error.to_string()
            }
            Err(error) => return Err(error),
        };
        let waited = began.elapsed();
        if time <= waited {
            return Ok(Err(format!("after {} s: {last}", waited.as_secs())));
        }
        if last != told {
            cx.progress(format_args!("{what}: {last}"));
            told = last;
        }
        cx.sleep((waited / 50).max(Duration::from_secs(1))).await?;
    }
}
