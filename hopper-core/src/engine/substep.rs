//! [`SubStep`]: a step that runs inside another one.

use super::{
    forward::{Failure, Forward, Prior},
    job::{Job, token},
};
use crate::{
    Cx, Event, Retry, Step, StepError,
    dsl::encode_plain,
    journal::{Data, Record, Started},
    ledger::State,
    step::erased,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// A step that runs inside another one, journaled and undone like any other.
pub(crate) struct SubStep {
    parent: Cx,
    name: Arc<str>,
    inputs: Data,
}

impl SubStep {
    pub(crate) fn new<S: Step>(
        parent: &Cx,
        name: impl fmt::Display,
        step: &S,
    ) -> Result<Self, StepError> {
        let name = format!("{}/{name}", parent.name).into();
        let inputs = encode_plain(step).map(Data::from_text);
        let inputs = inputs.map_err(|e| StepError::permanent(format_args!("{name}: {e}")))?;
        Ok(Self { parent: parent.clone(), name, inputs })
    }

    pub(crate) async fn run<S: Step>(self) -> Result<S::Output, StepError> {
        let (core, name) = (self.parent.core.clone(), self.name.clone());
        let output = match self.output::<S>().await? {
            (output, true) => output,
            (output, false) => {
                let record = Record::Done { step: name.clone(), output: output.clone() };
                core.port.append(record).await?;
                core.emit(|| Event::Done { step: name });
                output
            }
        };
        output.decode().map_err(|e| StepError::permanent(format_args!("cannot decode: {e}")))
    }

    /// Its output, and whether it was journaled before.
    async fn output<S: Step>(self) -> Result<(Data, bool), StepError> {
        let Self { parent, name, inputs } = self;
        let core = parent.core.clone();
        let known = core.with_ledger(|l| l.get(&name).cloned());
        if known.as_ref().is_some_and(|a| a.started.parent.as_ref() != Some(&parent.name)) {
            let why = format!("{name} is the name of another step already");
            return Err(StepError::permanent(why));
        }
        let record = Started {
            step: name.clone(),
            kind: S::KIND.into(),
            generation: known.as_ref().map_or(1, |a| a.started.generation + 1),
            token: "".into(),
            inputs: inputs.clone(),
            needs: core.with_ledger(|l| siblings(l, &parent.name)),
            undo_before: Vec::new(),
            parent: Some(parent.name.clone()),
            class: None,
        };
        let mut prior = Prior::Nothing;
        let mut job = Job {
            step: erased::<S>(),
            name: name.clone(),
            kind: record.kind.clone(),
            generation: record.generation,
            token: token(&core.run, &name, record.generation),
            inputs,
            earlier: Vec::new(),
            age: Duration::ZERO,
            started: Instant::now(),
            stop_at: parent.stop_at,
            core: core.clone(),
        };
        if let Some(account) = known.filter(|a| a.state.is_left()) {
            let same = account.started.inputs.is_same(&record.inputs);
            match (account.state, account.output) {
                (State::Done, Some(output)) if same => return Ok((output, true)),
                (State::Done, _) => {
                    return Err(StepError::permanent(format_args!(
                        "{name} {}",
                        was_and_is(&account.started.inputs, &record.inputs)
                    )));
                }
                (State::Undoing, output) => prior = Prior::Spoilt(output),
                _ => prior = Prior::Unknown,
            }
            (job.generation, job.token) = (account.started.generation, account.started.token);
            job.age = parent.age();
            if !same {
                job.inputs = account.started.inputs;
            }
        } else {
            let record = Started { token: job.token.clone(), ..record.clone() };
            if let Err(error) = core.port.append(Record::Started(record)).await {
                // Should there be room again, it must not look as if it had acted.
                let failed = Record::Failed { step: name, error: error.clone(), clean: true };
                let _ = core.port.append(failed).await;
                return Err(error);
            }
        }
        let forward = Forward { job, record, prior, retry: Retry::default(), timeout: None };
        match Box::pin(forward.run()).await {
            Ok(output) => Ok((output, false)),
            Err(Failure { error, clean }) => {
                let failed = Record::Failed { step: name.clone(), error: error.clone(), clean };
                core.port.append(failed).await?;
                let event = Event::Failed { step: name, error: error.clone() };
                core.emit(|| event);
                Err(error.of_outer())
            }
        }
    }
}

/// With what a step was done, and what it is now: without its secrets, so that nobody may see the
/// difference.
fn was_and_is(recorded: &Data, now: &Data) -> String {
    let secret = match recorded.shown() == now.shown() {
        true => " with another secret",
        false => "",
    };
    format!("was done with other inputs: {recorded:?}, now {now:?}{secret}")
}

/// What a new sub-step may rest on: its parent, and every sibling that is done.
fn siblings(ledger: &crate::Ledger, parent: &Arc<str>) -> Vec<Arc<str>> {
    let done = ledger
        .steps()
        .iter()
        .filter(|a| a.state == State::Done && a.started.parent.as_ref() == Some(parent));
    std::iter::once(parent.clone()).chain(done.map(|a| a.started.step.clone())).collect()
}
