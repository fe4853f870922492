//! [`Cx`]: what a running step may use.

use super::{Step, tenure::Tenure};
use crate::{
    Envs, Event, StepError,
    dsl::encode_plain,
    engine::{Cancel, Observers, Outbox, SubStep},
    journal::{Data, Record},
    ledger::Ledger,
    seal::{Known, Vault},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
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
    pub(crate) tenure: Tenure,
    pub(crate) cancel: Cancel,
    pub(crate) observers: Observers,
    /// The way of secrets into the journal.
    pub(crate) vault: Vault,
    /// The secrets that steps have had in hand.
    pub(crate) known: Known,
}

/// The way from a running step to the engine's journal.
#[derive(Clone)]
pub(crate) struct Port(pub(crate) Outbox);

impl Port {
    /// Returns when the record is durable.
    pub(crate) async fn append(&self, record: Record) -> Result<(), StepError> {
        self.0.append(record).await
    }

    /// Returns when an append has confirmed that the journal is still this owner's.
    async fn confirm(&self) -> Result<(), StepError> {
        self.0.confirm().await
    }
}

impl CxCore {
    pub(crate) fn with_ledger<T>(&self, f: impl FnOnce(&mut Ledger) -> T) -> T {
        f(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn emit(&self, event: impl FnOnce() -> Event) {
        let mut event = event();
        self.known.blot_event(&mut event);
        self.observers.emit(&event);
    }

    /// As [`Cx::still_owner`].
    pub(crate) async fn still_owner(&self) -> Result<(), StepError> {
        while !self.tenure.is_sure() {
            let confirmed = match self.tenure.is_lost() {
                true => Err(Cancelled::Superseded.error()),
                false => self.port.confirm().await,
            };
            if self.tenure.is_lost() {
                return Err(Cancelled::Superseded.error());
            }
            confirmed?;
        }
        Ok(())
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
    /// Another owner has taken over the journal.
    Superseded,
}

impl Cancelled {
    /// The error to return.
    #[must_use]
    pub fn error(self) -> StepError {
        match self {
            Self::Interrupted => StepError::cancelled("interrupted"),
            Self::TimedOut => StepError::transient("took longer than its timeout"),
            Self::Superseded => StepError::cancelled("another owner has taken over the journal"),
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
    /// made and still has to configure. Returns when it is durable. Its secrets are kept as those
    /// of inputs and outputs are.
    ///
    /// # Errors
    ///
    /// When it cannot be encoded, or the journal cannot be written.
    pub async fn note<T: Serialize + Sync + ?Sized>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<(), StepError> {
        let value = encode_plain(value)
            .map(Data::from_text)
            .map_err(|e| StepError::permanent(format_args!("cannot encode note {key}: {e}")))?;
        self.core.known.learn(&value);
        let (step, key) = (self.name.clone(), key.to_owned());
        self.core.port.append(Record::Note { step, key, value }).await
    }

    /// What this generation of the step noted under this key.
    #[must_use]
    pub fn noted<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.core
            .with_ledger(|l| l.get(&self.name).and_then(|a| a.notes.get(key).cloned()))
            .and_then(|data| {
                self.core.known.learn(&data);
                data.get().ok()
            })
    }

    /// Whether a step of this kind that this one rests on has made such a thing, e.g. the route
    /// table at hand: what a run has made itself is nobody else's.
    pub fn rests_on<S: Step>(&self, is: impl Fn(&S::Output) -> bool) -> bool {
        self.core.with_ledger(|ledger| {
            let account = ledger.get(&self.name);
            account.into_iter().flat_map(|account| account.rests_on()).any(|need| {
                let made = ledger.get(need).filter(|need| &*need.started.kind == S::KIND);
                let output =
                    made.filter(|made| made.is_made()).and_then(|made| made.output.as_ref());
                output.and_then(|output| output.get().ok()).is_some_and(|output| is(&output))
            })
        })
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
        if self.core.tenure.is_lost() {
            return Some(Cancelled::Superseded);
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
            () = self.core.tenure.lost() => Cancelled::Superseded,
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

    /// Makes sure that the journal is still this owner's: to be called right before each call
    /// that changes something, for nobody else can keep apart what two owners send.
    ///
    /// It costs two looks at clocks. Only when half the [lease](crate::Engine::lease) has passed since
    /// the last append, by either clock, does it wait for an append that confirms it: after the
    /// process was stopped, the machine suspended, or the calendar set.
    ///
    /// # Errors
    ///
    /// When another owner has taken over, or the journal cannot be written: nothing more may be
    /// sent then. Return the error.
    pub async fn still_owner(&self) -> Result<(), StepError> {
        self.core.still_owner().await
    }

    /// Makes a call as the journal's owner: [`still_owner`](Cx::still_owner) is asked before the
    /// call begins, and again whenever the process was held up while the call was being made.
    ///
    /// What remains is the moment between the look and the operating system's taking the bytes.
    /// What was sent in it, and what was sent before, is found by the successor.
    ///
    /// # Errors
    ///
    /// As [`still_owner`](Cx::still_owner). A call in flight is dropped only when another owner
    /// has taken over; when the journal merely cannot be written, it is let finish.
    pub async fn as_owner<C: Future + Send>(&self, call: C) -> Result<C::Output, StepError> {
        let (mut call, mut began) = (pin!(call), false);
        loop {
            match self.still_owner().await {
                Ok(()) => began = true,
                Err(_) if began && !self.core.tenure.is_lost() => return Ok(call.await),
                Err(error) => return Err(error),
            }
            let reply = poll_fn(|task| match self.core.tenure.is_sure() {
                true => call.as_mut().poll(task).map(Some),
                false => Poll::Ready(None),
            });
            if let Some(reply) = reply.await {
                return Ok(reply);
            }
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
