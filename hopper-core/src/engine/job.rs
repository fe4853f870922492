//! [`Job`]: one step of a run, with all that acting on it takes.

use crate::{
    Cx, StepError,
    journal::Data,
    step::{CxCore, ErasedStep},
};
use futures_util::FutureExt as _;
use sha2::{Digest as _, Sha256};
use std::{any::Any, future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::time::Instant;

/// One generation of a step: what it acts on, and as whom.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) core: Arc<CxCore>,
    pub(crate) step: &'static dyn ErasedStep,
    pub(crate) name: Arc<str>,
    pub(crate) kind: Arc<str>,
    pub(crate) generation: u32,
    pub(crate) token: Arc<str>,
    pub(crate) inputs: Data,
    /// What may still be in place of earlier inputs, after a change that was not finished.
    pub(crate) earlier: Vec<Data>,
    /// How old the `started` record was when this process read it.
    pub(crate) age: Duration,
    pub(crate) started: Instant,
    /// The level of cancellation at which it stops.
    pub(crate) stop_at: u8,
}

impl Job {
    pub(crate) fn cx(&self, timeout: Option<Duration>) -> Cx {
        Cx {
            core: self.core.clone(),
            name: self.name.clone(),
            token: self.token.clone(),
            generation: self.generation,
            started: self.started,
            age_before: self.age,
            deadline: timeout.map(|t| Instant::now() + t),
            stop_at: self.stop_at,
        }
    }

    /// The jitter's seed: the run's, and the step's name.
    pub(crate) fn seed(&self) -> u64 {
        self.name.bytes().fold(self.core.seed ^ u64::from(self.generation), |seed, byte| {
            // FNV-1a.
            (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
    }
}

/// A step's idempotency token.
pub(crate) fn token(run: &str, step: &str, generation: u32) -> Arc<str> {
    let digest = Sha256::digest(format!("{run}\0{step}\0{generation}"));
    let first = digest.iter().take(16).fold(0, |first, &byte| first << 8 | u128::from(byte));
    format!("{first:032x}").into()
}

/// Turns a panic of the step into an error with unknown outcome.
pub(crate) async fn guard<T>(
    call: impl Future<Output = Result<T, StepError>>,
) -> Result<T, StepError> {
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|panic| Err(panicked(&*panic)))
}

pub(crate) fn panicked(panic: &(dyn Any + Send)) -> StepError {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    StepError::permanent(format_args!("panicked: {}", text.as_deref().unwrap_or("no message")))
}

/// Why a step that cannot be looked for is not gone on with.
pub(super) fn unknown() -> StepError {
    StepError::permanent("it is unknown whether the step has acted, and it cannot be looked for")
        .with_hint(
            "look at what it makes, and say with Engine::forget that it is gone, or with \
                    Engine::mark_done that it is there",
        )
}
