//! [`Session`]: one owner's time with a journal, from taking the lease to giving it back.

use super::{
    Engine, EngineError, Event, OnFailure, Outbox, Outcome, Report,
    backward::backward,
    driver::{Closing, Driver, Drove, Start, Way},
    forward::{Failure, Forward, Prior},
    job::{Job, token},
    redo,
    schedule::Schedule,
    undo_order,
};
use crate::{
    Account, Ledger, Plan, StepError,
    journal::{Data, FORMAT, Record, RunRecord, Started, millis},
    ledger::State,
    plan::Node,
    step::CxCore,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// One owner's time with a journal.
pub(super) struct Session<'e> {
    engine: &'e Engine,
    registry: super::Registry,
    driver: Driver,
    core: Arc<CxCore>,
    /// When it began, in milliseconds since 1970.
    now: u64,
}

impl<'e> Session<'e> {
    /// Takes the lease, reads the journal, and begins a run if there is none.
    pub(super) async fn open(engine: &'e Engine, plan: Option<&Plan>) -> Result<Self, EngineError> {
        let now = millis(engine.clock.now());
        let lease = engine.journal.acquire(&engine.owner, now).await?;
        match Self::begin(engine, plan, now).await {
            Ok((ledger, first)) => {
                let (outbox, letters) = Outbox::new();
                let registry = plan.map(Plan::registry).unwrap_or_default();
                let registry = engine.registry.clone().and(registry);
                let core = engine.core(ledger, outbox);
                if let Some(torn) = lease.torn {
                    core.emit(|| Event::Repaired { line: torn.line, bytes: torn.bytes });
                }
                let (journal, owner) = (engine.journal.clone(), engine.owner.clone());
                let clock = engine.clock.clone();
                let mut driver = Driver::new(journal, lease, owner, core.clone(), clock, letters);
                if let Some(record) = first
                    && let Err(error) = driver.write(record).await
                {
                    driver.give_up().await;
                    return Err(error.into());
                }
                Ok(Self { engine, registry, driver, core, now })
            }
            Err(error) => {
                // Why it cannot begin is what the caller needs to know.
                let _ = engine.journal.release(lease, now).await;
                Err(error)
            }
        }
    }

    /// The ledger, and the record that begins a new run.
    async fn begin(
        engine: &Engine,
        plan: Option<&Plan>,
        now: u64,
    ) -> Result<(Ledger, Option<Record>), EngineError> {
        let mut ledger = Ledger::of(&engine.journal.read().await?);
        let Some(plan) = plan else {
            if ledger.run().is_none() {
                return Err(EngineError::NoRun);
            }
            engine.know(&ledger)?;
            return Ok((ledger, None));
        };
        match ledger.run() {
            Some(run) if run.workflow != plan.workflow() => Err(EngineError::OtherWorkflow {
                journal: run.workflow.clone(),
                plan: plan.workflow().to_owned(),
            }),
            Some(_) => {
                let changes = plan.changes(&ledger);
                match changes.is_empty() {
                    true => Ok((ledger, None)),
                    false => Err(EngineError::Changed(changes)),
                }
            }
            None => {
                let record = Record::Run(RunRecord {
                    format: FORMAT,
                    workflow: plan.workflow().to_owned(),
                    run: engine.new_run_id(plan.workflow()),
                    meta: engine.meta.clone(),
                });
                ledger.apply(now, &record);
                Ok((ledger, Some(record)))
            }
        }
    }

    /// Runs what is not done yet.
    pub(super) async fn run(mut self, plan: &Plan) -> Result<Report, EngineError> {
        let redo = self.core.with_ledger(|l| redo::to_be_redone(plan, l));
        let done = |l: &mut Ledger| {
            let stays = |a: &&Account| a.state == State::Done && !redo.contains(&a.started.step);
            plan.nodes().iter().filter_map(|n| l.get(&n.name)).filter(stays).count()
        };
        let done = self.core.with_ledger(done);
        self.core.emit(|| Event::Running {
            workflow: self.core.workflow.clone(),
            run: self.core.run.clone(),
            steps: plan.nodes().len(),
            done,
        });
        let edges: Vec<(usize, usize)> = (plan.nodes().iter().enumerate())
            .flat_map(|(i, n)| n.run_edges().into_iter().map(move |before| (before, i)))
            .collect();
        let class = |i: usize| plan.nodes()[i].settings.class.clone();
        let mut schedule = Schedule::new(plan.nodes().len(), &edges, class, &self.engine.limits);
        drop(edges);
        let (engine, core, now) = (self.engine, self.core.clone(), self.now);
        let mut drove = Drove::Ended;
        if !redo.is_empty() && engine.cancel.level() == 0 {
            drove = self.unwind(|a| redo.contains(&a.started.step)).await;
        }
        let is_left = |l: &mut Ledger| l.left().any(|a| redo.contains(&a.started.step));
        if drove == Drove::Ended && !self.core.with_ledger(is_left) {
            let start = |i: usize| forward_start(engine, &core, plan, i, now);
            drove = self.driver.drive(&mut schedule, Way::Forward, start).await;
        }
        if let Some(broken) = self.driver.broken() {
            self.driver.give_up().await;
            return Err(broken.into());
        }
        let unfinished = |l: &mut Ledger| {
            let is_done = |n: &Node| l.get(&n.name).is_some_and(|a| a.state == State::Done);
            plan.nodes().iter().any(|n| !is_done(n))
        };
        let outcome = match drove {
            _ if !self.core.with_ledger(unfinished) => Outcome::Done,
            Drove::Abandoned => Outcome::Abandoned,
            Drove::Ended if engine.on_failure == OnFailure::Keep => Outcome::Kept,
            Drove::Ended => {
                let why = match engine.cancel.level() {
                    0 => "a step failed",
                    _ => "interrupted",
                };
                return self.take_back(why, Some(plan)).await;
            }
        };
        self.close(outcome, Some(plan)).await
    }

    /// Undoes whatever is left.
    pub(super) async fn undo(self, why: &str) -> Result<Report, EngineError> {
        self.take_back(why, None).await
    }

    async fn take_back(mut self, why: &str, plan: Option<&Plan>) -> Result<Report, EngineError> {
        // The errors of this run would be forgotten as their steps are undone; those of an earlier
        // one are no news.
        let errors = if plan.is_some() { self.errors() } else { Vec::new() };
        if let Err(error) = self.driver.write(Record::Unwinding { why: why.to_owned() }).await {
            self.driver.give_up().await;
            return Err(error.into());
        }
        let steps = self.core.with_ledger(|l| l.left().count());
        self.core.emit(|| Event::Unwinding { why: why.to_owned(), steps });
        let drove = self.unwind(|_| true).await;
        if let Some(broken) = self.driver.broken() {
            self.driver.give_up().await;
            return Err(broken.into());
        }
        let outcome = match drove {
            _ if self.core.with_ledger(|l| l.left().next().is_none()) => Outcome::Undone,
            Drove::Abandoned => Outcome::Abandoned,
            Drove::Ended => Outcome::Stuck,
        };
        let mut report = self.close(outcome, plan).await?;
        report.errors.splice(0..0, errors);
        Ok(report)
    }

    /// Undoes the chosen steps, in undo order.
    async fn unwind(&mut self, chosen: impl Fn(&Account) -> bool) -> Drove {
        let accounts: Vec<Account> = self
            .core
            .with_ledger(|l| l.steps().iter().rev().filter(|a| chosen(a)).cloned().collect());
        let edges = undo_order::edges(&accounts);
        let class = |i: usize| accounts[i].started.class.clone();
        let mut schedule = Schedule::new(accounts.len(), &edges, class, &self.engine.limits);
        let (engine, core, registry) = (self.engine, self.core.clone(), self.registry.clone());
        let now = self.now;
        let start = |i: usize| backward_start(engine, &core, &registry, &accounts[i], now);
        self.driver.drive(&mut schedule, Way::Backward, start).await
    }

    /// The errors that stand in the ledger.
    fn errors(&self) -> Vec<(String, StepError)> {
        let unstarted = self.driver.unstarted.iter().cloned();
        self.core.with_ledger(|l| {
            let failed =
                l.steps().iter().filter_map(|a| Some((&a.started.step, a.error.as_ref()?)));
            failed.map(|(step, error)| (step.to_string(), error.clone())).chain(unstarted).collect()
        })
    }

    /// Gives the lease back and reports.
    async fn close(self, outcome: Outcome, plan: Option<&Plan>) -> Result<Report, EngineError> {
        let took = self.core.observers.began.elapsed();
        let told = self.core.observers.recorder.take();
        let errors = match outcome {
            Outcome::Undone => Vec::new(),
            _ => self.errors(),
        };
        let report = self.core.with_ledger(|l| Report::new(l, outcome, errors, &told, took, plan));
        let at = millis(self.engine.clock.now());
        let released = self.engine.journal.release(self.driver.lease, at).await;
        self.core.observers.let_panic_go_on();
        released?;
        Ok(report)
    }
}

/// What starting a step of the plan comes to.
fn forward_start(engine: &Engine, core: &Arc<CxCore>, plan: &Plan, i: usize, now: u64) -> Start {
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
        place: None,
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
fn backward_start(
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
