//! What starting a step comes to, forward and backward: nothing, a failure, or work and the record
//! that has to be durable before it.

use super::{
    Engine,
    backward::backward,
    driver::{Closing, Start},
    forward::{Failure, Forward, Prior},
    job::{Job, token},
    update::Update,
};
use crate::{
    Account, Difference, How, Plan, StepDiff, StepError,
    journal::{Data, Edges, Record, Started, Updating},
    ledger::State,
    plan::Node,
    step::CxCore,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// What the steps that were started ask of the rest of the run.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Steps that turned out to need replacement, and may be replaced.
    pub(super) late: Vec<usize>,
    /// Whether a change was refused.
    pub(super) refused: bool,
    /// Whether something that had to go before is still there.
    pub(super) stuck: bool,
}

/// What starting a step of the plan comes to.
pub(super) fn start_forward(
    engine: &Engine,
    core: &Arc<CxCore>,
    plan: &Plan,
    i: usize,
    now: u64,
    asked: &mut Asked,
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
    let mut prior = Prior::Nothing;
    let mut job = Job {
        core: core.clone(),
        step: node.step,
        name: node.name.clone(),
        kind: node.kind().into(),
        generation: account.as_ref().map_or(1, |a| a.started.generation + 1),
        token: "".into(),
        inputs: inputs.clone(),
        earlier: Vec::new(),
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
        inputs: inputs.clone(),
        needs: node.rests_on().iter().map(name_of).collect(),
        undo_before: node.undo_before.iter().map(name_of).collect(),
        parent: None,
        class: node.settings.class.clone(),
    };
    let (retry, timeout) = (node.settings.retry.unwrap_or(engine.retry), node.settings.timeout);
    let mut first = None;
    if let Some(a) =
        account.filter(|a| a.state.is_left() && !(a.is_made() && node.reads_anew(core, a)))
    {
        (job.generation, job.token) = (a.started.generation, a.started.token.clone());
        job.age = Duration::from_millis(now.saturating_sub(a.at));
        match a.state {
            State::Done | State::Updating => {
                return match change(core, plan, node, &a, record) {
                    Change::None => Start::Nothing,
                    Change::Noted(record) => Start::Note(record),
                    Change::InPlace { record, was } => {
                        let output = a.output.unwrap_or_else(|| Data::from_text("null"));
                        update(Update { job, was, output, retry, timeout }, record)
                    }
                    Change::Replacement(_) if engine.replace.allows(node.name()) => {
                        asked.late.push(i);
                        Start::Later
                    }
                    Change::Replacement(diff) => {
                        asked.refused = true;
                        fail(format!(
                            "{diff}which cannot be changed in place: allow it to be replaced, \
                             together with all that rests on it, or go back to the old recipe"
                        ))
                    }
                };
            }
            State::Undoing => prior = Prior::Spoilt(a.output),
            _ => prior = Prior::Unknown,
        }
        job.earlier = a.was.into_iter().rev().map(|was| was.inputs).collect();
        if !a.started.inputs.is_same(&record.inputs) {
            job.inputs = a.started.inputs;
        }
    } else {
        job.token = token(&core.run, &node.name, job.generation);
        record.token = job.token.clone();
        first = Some(Record::Started(record.clone()));
    }
    let forward = Forward { job, record, prior, retry, timeout };
    let step = node.name.clone();
    let work = Box::pin(async move {
        match forward.run().await {
            Ok(output) => done(step, output),
            Err(Failure { error, clean }) => {
                Closing { record: Record::Failed { step, error, clean } }
            }
        }
    });
    Start::Work { name: node.name.clone(), record: first, work }
}

/// How a step is recorded that is done.
fn done(step: Arc<str>, output: Data) -> Closing {
    Closing { record: Record::Done { step, output } }
}

/// What becomes of a step that is done, or half-way changed.
enum Change {
    None,
    Noted(Record),
    /// With the record that has to be durable before it, unless that is so already, and all that
    /// may be in place from before.
    InPlace {
        record: Option<Record>,
        was: Vec<Data>,
    },
    Replacement(StepDiff),
}

fn change(core: &CxCore, plan: &Plan, node: &Node, a: &Account, now: Started) -> Change {
    let known = |step: &str| core.with_ledger(|l| l.get(step)?.output.clone());
    let fields = match a.started.inputs.is_same(&now.inputs) {
        true => Vec::new(),
        false => node.differences(&a.started.inputs, &known),
    };
    let (is_same, edges) = (fields.is_empty(), plan.has_same_edges(node, a));
    let rewired =
        Edges { step: now.step, needs: now.needs, undo_before: now.undo_before, class: now.class };
    if *a.started.kind != *now.kind || !fields.iter().all(|f| f.in_place) {
        return Change::Replacement(StepDiff {
            step: node.name().to_owned(),
            kind: node.kind().to_owned(),
            recorded_kind: Some(a.started.kind.to_string()).filter(|kind| kind != node.kind()),
            is: Difference::Changed { how: How::Replacement, fields },
        });
    }
    if is_same && a.state == State::Done {
        return if edges { Change::None } else { Change::Noted(Record::Edges(rewired)) };
    }
    let mut was: Vec<Data> = Vec::new();
    let earlier = a.was.iter().map(|was| &was.inputs).chain([&a.started.inputs]);
    for inputs in earlier.filter(|inputs| !inputs.is_same(&now.inputs)) {
        if !was.contains(inputs) {
            was.push(inputs.clone());
        }
    }
    if was.is_empty() {
        was.push(now.inputs.clone());
    }
    let record = (!is_same || !edges)
        .then_some(Record::Updating(Updating { inputs: now.inputs, edges: rewired }));
    Change::InPlace { record, was }
}

fn update(update: Update, record: Option<Record>) -> Start {
    let (name, step) = (update.job.name.clone(), update.job.name.clone());
    let work = Box::pin(async move {
        match update.run().await {
            Ok(output) => done(step, output),
            Err(error) => Closing { record: Record::Failed { step, error, clean: false } },
        }
    });
    Start::Work { name, record, work }
}

impl Node {
    /// Whether it only reads, and is to read again because it is not the same any more.
    fn reads_anew(&self, core: &CxCore, a: &Account) -> bool {
        let known = |step: &str| core.with_ledger(|l| l.get(step)?.output.clone());
        self.reads()
            && *a.started.kind == *self.kind()
            && !self.differences(&a.started.inputs, &known).is_empty()
    }
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
        earlier: a.was.into_iter().rev().map(|was| was.inputs).collect(),
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
        Closing { record }
    });
    Start::Work { name, record, work }
}
