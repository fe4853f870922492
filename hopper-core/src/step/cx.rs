//! [`Cx`]: what a running step may use.

use super::Step;
use crate::{
    Envs, Event, StepError,
    engine::{Cancel, Observers, Outbox, SubStep},
    journal::{Data, Record},
    ledger::Ledger,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What a running step may use: its name and token, notes, sub-steps, and the wish that it stop.
///
/// Inputs are read with [`cx.get(&self.vpc)`](Cx::get).
#[derive(Clone)]
pub struct Cx {
    pub(crate) core: Arc<CxCore>,
    pub(crate) name: Arc<str>,
    pub(crate) token: Arc<str>,
    pub(crate) generation: u32,
    /// When this generation was started, as far as this process knows.
    pub(crate) started: Instant,
    /// How old the `started` record already was when this process read it.
    pub(crate) age_before: Duration,
    /// When the try has to stop.
    pub(crate) deadline: Option<Instant>,
    /// The level of cancellation at which it has to stop.
    pub(crate) stop_at: u8,
}

/// What all steps of a run share.
pub(crate) struct CxCore {
    pub(crate) workflow: Arc<str>,
    pub(crate) run: Arc<str>,
    pub(crate) seed: u64,
    pub(crate) envs: Envs,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) port: Port,
    pub(crate) cancel: Cancel,
    pub(crate) observers: Observers,
}

/// The way from a running step to the engine's journal.
#[derive(Clone)]
pub(crate) struct Port(pub(crate) Outbox);

impl Port {
    /// Returns when the record is durable.
    pub(crate) async fn append(&self, record: Record) -> Result<(), StepError> {
        self.0.append(record).await
    }
}

impl CxCore {
    pub(crate) fn with_ledger<T>(&self, f: impl FnOnce(&mut Ledger) -> T) -> T {
        f(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn emit(&self, event: impl FnOnce() -> Event) {
        self.observers.emit(event);
    }
}

/// Why a step was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// The run was cancelled.
    Interrupted,
    /// The try took longer than its timeout.
    TimedOut,
}

impl Cancelled {
    /// The error to return.
    #[must_use]
    pub fn error(self) -> StepError {
        match self {
            Self::Interrupted => StepError::cancelled("interrupted"),
            Self::TimedOut => StepError::transient("took longer than its timeout"),
        }
    }
}

impl Cx {
    /// The step's full name, e.g. `net/vpc`: unique in the run.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The workflow's name.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.core.workflow
    }

    /// The run's id.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.core.run
    }

    /// The idempotency token: 32 hexadecimal digits made of the run's id, the step's name and
    /// the [generation](Cx::generation). The same as long as the outcome of a try is unknown.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// How often the step was started anew, from 1.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// How long ago this generation of the step was started, e.g. for the pace of a wait. It may
    /// have acted since: it is no measure of what must be visible by now.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age_before + self.started.elapsed()
    }

    /// Has the journal remember something before the step goes on, e.g. the id of what it just
    /// made and still has to configure. Returns when it is durable.
    ///
    /// # Errors
    ///
    /// When it cannot be encoded, or the journal cannot be written.
    pub async fn note<T: Serialize + Sync + ?Sized>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<(), StepError> {
        let value = Data::of(value)
            .map_err(|e| StepError::permanent(format_args!("cannot encode note {key}: {e}")))?;
        let (step, key) = (self.name.clone(), key.to_owned());
        self.core.port.append(Record::Note { step, key, value }).await
    }

    /// What this generation of the step noted under this key.
    #[must_use]
    pub fn noted<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.core
            .with_ledger(|l| l.get(&self.name).and_then(|a| a.notes.get(key).cloned()))
            .and_then(|data| data.get().ok())
    }

    /// Tells the observers what the step is about, e.g. `pending for 40 s`.
    pub fn progress(&self, message: impl fmt::Display) {
        self.core
            .emit(|| Event::Progress { step: self.name.clone(), message: message.to_string() });
    }

    /// Whether the step was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> Option<Cancelled> {
        if self.stop_at <= self.core.cancel.level() {
            return Some(Cancelled::Interrupted);
        }
        self.deadline.is_some_and(|d| d <= Instant::now()).then_some(Cancelled::TimedOut)
    }

    /// Returns when the step is asked to stop. It never makes the engine drop the step: a step
    /// that waits looks at it, a step in the middle of a call does not.
    pub async fn cancelled(&self) -> Cancelled {
        let timeout = async {
            match self.deadline {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.core.cancel.requested(self.stop_at) => Cancelled::Interrupted,
            () = timeout => Cancelled::TimedOut,
        }
    }

    /// Sleeps, unless the step is asked to stop.
    ///
    /// # Errors
    ///
    /// The [`error`](Cancelled::error) to return when it is.
    pub async fn sleep(&self, time: Duration) -> Result<(), StepError> {
        tokio::select! {
            biased;
            why = self.cancelled() => Err(why.error()),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// Runs a step inside this one, journaled and undone like any other, as `this/name`.
    ///
    /// For a count or a branch that is only known while running. When this step is run again,
    /// the journaled output of the inner one is returned instead.
    ///
    /// # Errors
    ///
    /// The inner step's own, or that it was done before with other inputs.
    pub async fn step<S: Step>(
        &self,
        name: impl fmt::Display,
        step: S,
    ) -> Result<S::Output, StepError> {
        SubStep::new(self, name, &step)?.run::<S>().await
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("name", &self.name)
            .field("token", &self.token)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
