//! One step on its way forward: tried, settled when its outcome is unknown, tried again.

use super::{
    backward,
    job::{Job, guard, token, unknown},
};
use crate::{
    Class, Event, Found, OnUnknown, Retry, StepError,
    journal::{Data, Record, Started},
};
use std::time::Duration;
use tokio::time::Instant;

/// A step that is to be done.
pub(crate) struct Forward {
    /// Its first generation in this process; its `started` record is durable.
    pub(crate) job: Job,
    /// What the next generation's record says, but for generation and token.
    pub(crate) record: Started,
    pub(crate) prior: Prior,
    pub(crate) retry: Retry,
    pub(crate) timeout: Option<Duration>,
}

/// What an earlier process left of the step.
pub(crate) enum Prior {
    /// Nothing.
    Nothing,
    /// Nobody knows.
    Unknown,
    /// Something that cannot be relied on, perhaps with its output.
    Spoilt(Option<Data>),
}

/// Why a step gave up.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: StepError,
    /// Whether it certainly left nothing.
    pub(crate) clean: bool,
}

/// What to do next.
enum Next {
    /// It was made: this is its output.
    Adopt(Data),
    /// Run again under the same token; `clean` if nothing is there.
    SameToken { clean: bool },
    /// Nothing is there any more: run again under a new token.
    NewToken,
}

impl Forward {
    /// Brings the step to its end.
    pub(crate) async fn run(mut self) -> Result<Data, Failure> {
        // Whether certainly nothing of the generation at hand is there.
        let mut clean = true;
        match std::mem::replace(&mut self.prior, Prior::Nothing) {
            Prior::Nothing => self.tell_started(),
            Prior::Unknown => match self.settle().await? {
                Next::Adopt(output) => return Ok(output),
                Next::SameToken { clean: none } => {
                    clean = none;
                    self.tell_started();
                }
                Next::NewToken => self.next_generation().await?,
            },
            Prior::Spoilt(output) => {
                let gone = backward::take_back(&self.job, output, self.retry).await;
                gone.map_err(|error| Failure { error, clean: false })?;
                self.next_generation().await?;
            }
        }
        let (began, mut failures) = (Instant::now(), 0);
        loop {
            if let Err(error) = self.job.core.still_owner().await {
                return Err(Failure { error, clean });
            }
            let cx = self.job.cx(self.timeout);
            let error = match guard(self.job.step.run(&self.job.inputs, &cx)).await {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            failures += 1;
            clean = self.is_clean_after(&error);
            if matches!(error.class(), Class::Permanent | Class::Cancelled) {
                return Err(Failure { error, clean });
            }
            let mut next = Next::NewToken;
            if !clean {
                next = match self.settle().await {
                    Ok(Next::Adopt(output)) => return Ok(output),
                    Ok(next) => next,
                    Err(why) => return Err(Failure { error: join(error, &why.error), ..why }),
                };
                clean = !matches!(next, Next::SameToken { clean: false });
            }
            let wait = self.retry.wait(error.class(), failures, began.elapsed(), self.job.seed());
            let Some(wait) = wait else { return Err(Failure { error, clean }) };
            self.tell_retrying(&error, wait);
            if let Err(stop) = self.job.cx(None).sleep(wait).await {
                return Err(Failure { error: join(stop, &error), clean });
            }
            match next {
                Next::NewToken => self.next_generation().await?,
                Next::SameToken { .. } | Next::Adopt(_) => self.tell_started(),
            }
        }
    }

    /// Whether a failed try certainly left nothing.
    fn is_clean_after(&self, error: &StepError) -> bool {
        let step = self.job.step;
        step.reads()
            || error.is_unstarted()
            || (step.atomic() && error.is_refused() && !self.job.has_noted())
    }

    /// Finds out what the generation at hand has made, and takes back what is of no use.
    async fn settle(&mut self) -> Result<Next, Failure> {
        let same_inputs = self.record.inputs.is_same(&self.job.inputs);
        match self.job.step.on_unknown() {
            OnUnknown::RunAgain if same_inputs => Ok(Next::SameToken { clean: false }),
            OnUnknown::RunAgain => {
                self.take_back(None).await?;
                Ok(Next::NewToken)
            }
            OnUnknown::Stop => Err(Failure { error: unknown(), clean: false }),
            OnUnknown::Find => {
                let found = self.job.find(self.retry).await;
                match found.map_err(|error| Failure { error, clean: false })? {
                    Found::Present(output) if same_inputs => Ok(Next::Adopt(output)),
                    Found::Absent if same_inputs => Ok(Next::SameToken { clean: true }),
                    Found::Underway if same_inputs => Ok(Next::SameToken { clean: false }),
                    Found::Absent => Ok(Next::NewToken),
                    Found::Present(output) => {
                        self.take_back(Some(output)).await?;
                        Ok(Next::NewToken)
                    }
                    Found::Underway | Found::Partly => {
                        self.take_back(None).await?;
                        Ok(Next::NewToken)
                    }
                    Found::Conflict(why) => Err(Failure {
                        error: StepError::permanent(format_args!("conflict: {why}")),
                        clean: true,
                    }),
                }
            }
        }
    }

    /// Undoes what was found. That it began is recorded first, so that nobody who comes after a
    /// crash takes what it left for whole.
    async fn take_back(&self, found: Option<Data>) -> Result<(), Failure> {
        let record = Record::Undoing { step: self.job.name.clone() };
        let undone = match self.job.core.port.append(record).await {
            Ok(()) => backward::undo(&self.job, found, self.retry).await,
            Err(error) => Err(error),
        };
        undone.map_err(|error| Failure { error, clean: false })
    }

    /// Starts anew, under a new token, once the record of it is durable.
    async fn next_generation(&mut self) -> Result<(), Failure> {
        let generation = self.job.generation + 1;
        let token = token(&self.job.core.run, &self.job.name, generation);
        let record = Started { generation, token: token.clone(), ..self.record.clone() };
        let durable = self.job.core.port.append(Record::Started(record)).await;
        durable.map_err(|error| Failure { error, clean: true })?;
        self.job.inputs = self.record.inputs.clone();
        self.job.earlier.clear();
        (self.job.generation, self.job.token) = (generation, token);
        (self.job.age, self.job.started) = (Duration::ZERO, Instant::now());
        self.tell_started();
        Ok(())
    }

    fn tell_started(&self) {
        self.job.core.emit(|| Event::Started {
            step: self.job.name.clone(),
            kind: self.job.kind.clone(),
            generation: self.job.generation,
        });
    }

    fn tell_retrying(&self, error: &StepError, wait: Duration) {
        let (step, error) = (self.job.name.clone(), error.clone());
        self.job.core.emit(|| Event::Retrying { step, error, wait });
    }
}

impl Job {
    fn has_noted(&self) -> bool {
        self.core.with_ledger(|l| l.get(&self.name).is_some_and(|a| !a.notes.is_empty()))
    }

    /// Asks the step what it has made, as often as the policy allows.
    pub(crate) async fn find(&self, retry: Retry) -> Result<Found<Data>, StepError> {
        let (began, mut failures) = (Instant::now(), 0);
        loop {
            self.core.still_owner().await?;
            let cx = self.cx(None);
            let error = match guard(self.step.find(&self.inputs, &cx)).await {
                Ok(found) => {
                    let shown = match &found {
                        Found::Absent => "nothing was made".to_owned(),
                        Found::Present(_) => "it was made, and is adopted".to_owned(),
                        Found::Underway => "it is underway".to_owned(),
                        Found::Partly => "it was made in part".to_owned(),
                        Found::Conflict(why) => format!("conflict: {why}"),
                    };
                    let step = self.name.clone();
                    self.core.emit(|| Event::Settled { step, found: shown });
                    return Ok(found);
                }
                Err(error) => error,
            };
            failures += 1;
            match retry.wait(error.class(), failures, began.elapsed(), self.seed()) {
                Some(wait) => cx.sleep(wait).await?,
                None => return Err(error),
            }
        }
    }
}

/// One error that tells of two.
fn join(first: StepError, second: &StepError) -> StepError {
    match first.hint() {
        Some(_) => first,
        None => first.with_hint(format!("and then: {second}")),
    }
}
