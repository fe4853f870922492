//! [`Session`]: one owner's time with a journal, from taking the lease to giving it back.

use super::{
    Engine, EngineError, Event, OnFailure, Outbox, Outcome, Report,
    changes::Changes,
    driver::{Driver, Drove, Start, Way},
    schedule::Schedule,
    start::{Asked, start_backward, start_forward},
    undo_order,
};
use crate::{
    Account, Difference, Ledger, Plan, StepDiff, StepError,
    journal::{FORMAT, Record, RunRecord, millis},
    ledger::State,
    plan::Node,
    step::{CxCore, Tenure},
};
use std::{collections::HashSet, sync::Arc};

/// What a session begins with.
struct Begun {
    ledger: Ledger,
    /// The first records to write: those that begin a new run or a new format, and those that
    /// seal anew what is sealed with an older key.
    records: Vec<Record>,
    changes: Changes,
    /// What is left alone by an undo that is asked for.
    alone: HashSet<Arc<str>>,
}

/// One owner's time with a journal.
pub(super) struct Session<'e> {
    engine: &'e Engine,
    registry: super::Registry,
    driver: Driver,
    core: Arc<CxCore>,
    /// What is to be undone before the plan is run, and after.
    changes: Changes,
    /// What undoing leaves alone.
    alone: HashSet<Arc<str>>,
    /// When it began, in milliseconds since 1970.
    now: u64,
}

impl<'e> Session<'e> {
    /// Takes the lease, reads the journal, and begins a run if there is none.
    pub(super) async fn open(engine: &'e Engine, plan: Option<&Plan>) -> Result<Self, EngineError> {
        let now = millis(engine.clock.now());
        let tenure = Tenure::of(engine.clock.clone(), engine.owner.lease());
        let lease = engine.journal.acquire(&engine.owner, now).await?;
        match Self::begin(engine, plan, now).await {
            Ok(Begun { ledger, records, changes, alone }) => {
                let (outbox, letters) = Outbox::new();
                let registry = plan.map(Plan::registry).unwrap_or_default();
                let registry = engine.registry.clone().and(registry);
                let core = engine.core(ledger, outbox, tenure);
                if let Some(torn) = lease.torn {
                    core.emit(|| Event::Repaired { line: torn.line, bytes: torn.bytes });
                }
                let (journal, owner) = (engine.journal.clone(), engine.owner.clone());
                let clock = engine.clock.clone();
                let mut driver = Driver::new(journal, lease, owner, core.clone(), clock, letters);
                if let Err(error) = driver.write(records).await {
                    driver.give_up().await;
                    return Err(error.into());
                }
                Ok(Self { engine, registry, driver, core, changes, alone, now })
            }
            Err(error) => {
                // Why it cannot begin is what the caller needs to know.
                let _ = engine.journal.release(lease, now).await;
                Err(error)
            }
        }
    }

    /// The ledger with its secrets, the records to write before anything else, and what a changed
    /// recipe asks for.
    async fn begin(engine: &Engine, plan: Option<&Plan>, now: u64) -> Result<Begun, EngineError> {
        let mut ledger = Ledger::of(&engine.journal.read().await?);
        let mut records: Vec<Record> = ledger.in_new_format().into_iter().collect();
        let vault = engine.vault(&ledger);
        let Some(plan) = plan else {
            if ledger.run().is_none() {
                return Err(EngineError::NoRun);
            }
            engine.know(&ledger)?;
            let alone = engine.left_alone(&ledger)?;
            // Nobody needs a key to take down what there is.
            records.extend(vault.open_what_it_can(&mut ledger));
            return Ok(Begun { ledger, records, changes: Changes::default(), alone });
        };
        records.extend(vault.open(&mut ledger)?);
        // A run that has to be taken back leaves nothing.
        let alone = HashSet::new();
        match ledger.run() {
            Some(run) if run.workflow != plan.workflow() => Err(EngineError::OtherWorkflow {
                journal: run.workflow.clone(),
                plan: plan.workflow().to_owned(),
            }),
            Some(_) => {
                let changes = Changes::of(plan, &ledger, &engine.replace, &[])?;
                let registry = engine.registry.clone().and(plan.registry());
                engine.know_all(&registry, changes.undone(&ledger))?;
                Ok(Begun { ledger, records, changes, alone })
            }
            None => {
                let record = Record::Run(RunRecord {
                    format: FORMAT,
                    workflow: plan.workflow().to_owned(),
                    run: engine.new_run_id(plan.workflow()),
                    meta: engine.meta.clone(),
                });
                ledger.apply(now, &record);
                let changes = Changes::of(plan, &ledger, &engine.replace, &[])?;
                Ok(Begun { ledger, records: vec![record], changes, alone })
            }
        }
    }

    /// Runs what is not done yet.
    pub(super) async fn run(mut self, plan: &Plan) -> Result<Report, EngineError> {
        let first = &self.changes.first;
        let done = |l: &mut Ledger| {
            let stays = |a: &&Account| a.state == State::Done && !first.contains(&a.started.step);
            plan.nodes().iter().filter_map(|n| l.get(&n.name)).filter(stays).count()
        };
        let done = self.core.with_ledger(done);
        self.core.emit(|| Event::Running {
            workflow: self.core.workflow.clone(),
            run: self.core.run.clone(),
            steps: plan.nodes().len(),
            done,
        });
        let (engine, core) = (self.engine, self.core.clone());
        let mut asked = Asked::default();
        let mut drove = self.round(plan, &mut asked).await;
        // What turned out on the way to need replacement is replaced by going round again.
        while drove == Drove::Ended && !asked.late.is_empty() && self.may_go_on(&asked) {
            let late = std::mem::take(&mut asked.late);
            match core.with_ledger(|l| Changes::of(plan, l, &engine.replace, &late)) {
                Ok(changes) => self.changes = changes,
                Err(error) => {
                    let error = StepError::permanent(error);
                    let step = plan.nodes()[late[0]].name().to_owned();
                    self.driver.unstarted.push((step, error));
                    asked.refused = true;
                    break;
                }
            }
            drove = self.round(plan, &mut asked).await;
        }
        let stopped = asked.refused || !asked.late.is_empty() || !self.may_go_on(&asked);
        let unfinished = |l: &mut Ledger| {
            let is_done = |n: &Node| l.get(&n.name).is_some_and(|a| a.state == State::Done);
            let is_changed = |s: &StepDiff| matches!(s.is, Difference::Changed { .. });
            !plan.nodes().iter().all(is_done)
                || (stopped && plan.diff(l).steps.iter().any(is_changed))
        };
        let unfinished = core.with_ledger(unfinished);
        if !unfinished && drove == Drove::Ended && self.is_left(|c| &c.gone) {
            let gone = self.changes.gone.clone();
            drove = self.unwind(|a| gone.contains(&a.started.step), &HashSet::new()).await;
        }
        if let Some(broken) = self.driver.broken() {
            self.driver.give_up().await;
            return Err(broken.into());
        }
        let stuck = self.changes.asked && asked.stuck;
        let outcome = match drove {
            _ if !unfinished && !self.is_left(|c| &c.gone) => Outcome::Done,
            Drove::Abandoned => Outcome::Abandoned,
            Drove::Ended if !unfinished || stuck || asked.refused => Outcome::Kept,
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

    /// Undoes what has to go before, and then runs what can be run.
    async fn round(&mut self, plan: &Plan, asked: &mut Asked) -> Drove {
        let (engine, core, now) = (self.engine, self.core.clone(), self.now);
        if !self.changes.first.is_empty() && engine.cancel.level() == 0 {
            let first = self.changes.first.clone();
            let drove = self.unwind(|a| first.contains(&a.started.step), &HashSet::new()).await;
            if drove == Drove::Abandoned {
                return drove;
            }
        }
        asked.stuck = self.is_left(|c| &c.first);
        if asked.stuck {
            return Drove::Ended;
        }
        let edges: Vec<(usize, usize)> = (plan.nodes().iter().enumerate())
            .flat_map(|(i, n)| n.run_edges().into_iter().map(move |before| (before, i)))
            .collect();
        let class = |i: usize| plan.nodes()[i].settings.class.clone();
        let mut schedule = Schedule::new(plan.nodes().len(), &edges, class, &engine.limits);
        drop(edges);
        let start = |i: usize| -> Start { start_forward(engine, &core, plan, i, now, asked) };
        self.driver.drive(&mut schedule, Way::Forward, start).await
    }

    /// Whether any of these is left.
    fn is_left(&self, of: impl Fn(&Changes) -> &HashSet<Arc<str>>) -> bool {
        let set = of(&self.changes);
        !set.is_empty()
            && self.core.with_ledger(|l| l.left().any(|a| set.contains(&a.started.step)))
    }

    /// Whether nothing has failed, and nobody wants it to stop.
    fn may_go_on(&self, asked: &Asked) -> bool {
        !asked.stuck && !self.driver.has_failed() && self.engine.cancel.level() == 0
    }

    /// Undoes whatever is left.
    pub(super) async fn undo(self, why: &str) -> Result<Report, EngineError> {
        self.take_back(why, None).await
    }

    async fn take_back(mut self, why: &str, plan: Option<&Plan>) -> Result<Report, EngineError> {
        // The errors of this run would be forgotten as their steps are undone; those of an earlier
        // one are no news.
        let errors = if plan.is_some() { self.errors() } else { Vec::new() };
        if let Err(error) = self.driver.write([Record::Unwinding { why: why.to_owned() }]).await {
            self.driver.give_up().await;
            return Err(error.into());
        }
        let steps = self.core.with_ledger(|l| l.left().count());
        self.core.emit(|| Event::Unwinding { why: why.to_owned(), steps });
        let alone = std::mem::take(&mut self.alone);
        let drove = self.unwind(|_| true, &alone).await;
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
        for left in report.left.iter_mut().filter(|left| alone.contains(&*left.name)) {
            "left alone, as asked".clone_into(&mut left.why);
        }
        Ok(report)
    }

    /// Undoes the chosen steps, in undo order, but for those that are left alone.
    async fn unwind(
        &mut self,
        chosen: impl Fn(&Account) -> bool,
        alone: &HashSet<Arc<str>>,
    ) -> Drove {
        let accounts: Vec<Account> = self
            .core
            .with_ledger(|l| l.steps().iter().rev().filter(|a| chosen(a)).cloned().collect());
        let edges = undo_order::edges(&accounts);
        let class = |i: usize| accounts[i].started.class.clone();
        let mut schedule = Schedule::new(accounts.len(), &edges, class, &self.engine.limits);
        let (engine, core, registry) = (self.engine, self.core.clone(), self.registry.clone());
        let now = self.now;
        let start = |i: usize| match alone.contains(&accounts[i].started.step) {
            true => Start::Nothing,
            false => start_backward(engine, &core, &registry, &accounts[i], now),
        };
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
        let mut report =
            self.core.with_ledger(|l| Report::new(l, outcome, errors, &told, took, plan));
        let at = millis(self.engine.clock.now());
        // Everything is recorded: what is told stands, whether or not the lease lasts a while longer.
        if let Err(error) = self.engine.journal.release(self.driver.lease, at).await {
            let warning = format!("the lease could not be given back: {error}");
            report.warnings.push(warning);
        }
        self.core.observers.let_panic_go_on();
        Ok(report)
    }
}
