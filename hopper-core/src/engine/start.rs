//! What starting a step comes to, forward and backward: nothing, a failure, or work and the record
//! that has to be durable before it.

use super::{
    Engine,
    backward::backward,
    driver::{Closing, Start},
    forward::{Failure, Forward, Prior},
    job::{Job, token},
};
use crate::{
    Account, Plan, StepError,
    journal::{Data, Record, Started},
    ledger::State,
    step::CxCore,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// What starting a step of the plan comes to.
pub(super) fn start_forward(
    engine: &Engine,
    core: &Arc<CxCore>,
    plan: &Plan,
    i: usize,
    now: u64,
) -> Start {
    let node = &plan.nodes()[i];
    let fail = |why: String| Start::Fail(node.name.clone(), StepError::permanent(why));
    let (inputs, account) = core.with_ledger(|l| (node.resolve(l), l.get(&node.name).cloned()));
    if account.as_ref().is_some_and(|a| a.started.parent.is_some()) {
        return fail("has the name of a step that ran inside another one".to_owned());
    }
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(why) => return fail(why),
    };
    let recorded = inputs.redacted();
    let mut prior = Prior::Nothing;
    let mut job = Job {
        core: core.clone(),
        step: node.step,
        name: node.name.clone(),
        kind: node.kind().into(),
        generation: account.as_ref().map_or(1, |a| a.started.generation + 1),
        token: "".into(),
        inputs: inputs.clone(),
        age: Duration::ZERO,
        started: Instant::now(),
        stop_at: 1,
    };
    let name_of = |&d: &usize| plan.nodes()[d].name.clone();
    let mut record = Started {
        step: node.name.clone(),
        kind: job.kind.clone(),
        generation: job.generation,
        token: job.token.clone(),
        inputs: recorded,
        needs: node.rests_on().iter().map(name_of).collect(),
        undo_before: node.undo_before.iter().map(name_of).collect(),
        parent: None,
        class: node.settings.class.clone(),
    };
    let mut first = None;
    if let Some(a) = account.filter(|a| a.state.is_left()) {
        let same = a.started.inputs == record.inputs;
        match a.state {
            State::Done if same => return Start::Nothing,
            State::Done => {
                return fail(format!(
                    "was made with {:?}, and is now {:?}: take the run down first",
                    a.started.inputs, record.inputs
                ));
            }
            State::Undoing => prior = Prior::Spoilt(a.output),
            _ => prior = Prior::Unknown,
        }
        (job.generation, job.token) = (a.started.generation, a.started.token);
        job.age = Duration::from_millis(now.saturating_sub(a.at));
        if !same {
            job.inputs = a.started.inputs;
        }
    } else {
        job.token = token(&core.run, &node.name, job.generation);
        record.token = job.token.clone();
        first = Some(Record::Started(record.clone()));
    }
    let (retry, timeout) = (node.settings.retry.unwrap_or(engine.retry), node.settings.timeout);
    let forward = Forward { job, record, inputs, prior, retry, timeout };
    let step = node.name.clone();
    let work = Box::pin(async move {
        match forward.run().await {
            Ok(output) => {
                let redacted = output.redacted();
                let output = (redacted != output).then_some(output);
                Closing { record: Record::Done { step, output: redacted }, output }
            }
            Err(Failure { error, clean }) => {
                Closing { record: Record::Failed { step, error, clean }, output: None }
            }
        }
    });
    Start::Work { name: node.name.clone(), record: first, work }
}

/// What starting to undo a step comes to.
pub(super) fn start_backward(
    engine: &Engine,
    core: &Arc<CxCore>,
    registry: &super::Registry,
    account: &Account,
    now: u64,
) -> Start {
    if !account.state.is_left() {
        return Start::Nothing;
    }
    let a = account.clone();
    let name = a.started.step.clone();
    let Some(step) = registry.get(&a.started.kind) else {
        let kind = &a.started.kind;
        let error = StepError::permanent(format_args!("the registry does not know {kind}"));
        return Start::Fail(name, error);
    };
    let job = Job {
        core: core.clone(),
        step,
        name: name.clone(),
        kind: a.started.kind,
        generation: a.started.generation,
        token: a.started.token,
        inputs: a.started.inputs,
        age: Duration::from_millis(now.saturating_sub(a.at)),
        started: Instant::now(),
        stop_at: 2,
    };
    let record = (!step.reads()).then(|| Record::Undoing { step: name.clone() });
    let (retry, output, state): (_, Option<Data>, _) = (engine.undo_retry, a.output, a.state);
    let closing = name.clone();
    let work = Box::pin(async move {
        let record = match backward(job, state, output, retry).await {
            Ok(()) => Record::Undone { step: closing },
            Err(error) => Record::UndoFailed { step: closing, error },
        };
        Closing { record, output: None }
    });
    Start::Work { name, record, work }
}
