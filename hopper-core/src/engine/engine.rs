//! [`Engine`]: runs a plan, keeps a journal, and takes things back.

use super::{
    Cancel, Clock, EngineError, Envs, Observer, Observers, Outbox, Registry, Replace, Report,
    StepDrift,
    job::{Job, guard},
    recorder::Recorder,
    schedule::Limits,
    session::Session,
};
use crate::{
    Keyring, Ledger, Plan, Retry,
    journal::{Journal, Owner, millis},
    ledger::State,
    seal::{Known, Vault},
    step::{CxCore, Port, Tenure},
};
use futures_util::{StreamExt as _, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// What to do when a step fails or the run is cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Undo everything this run made.
    #[default]
    Undo,
    /// Stop, and leave a journal to run or undo later.
    Keep,
}

/// Runs plans against a journal.
///
/// ```
/// use hopper_core::{prelude::*, testing::Make, MemoryJournal, Outcome};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let w = Workflow::new("demo");
/// let greeting = w.step("greeting").does(Make::new("hello"));
/// let plan = w.plan()?;
/// let engine = Engine::new(MemoryJournal::default())
///     .env(hopper_core::testing::Shelf::default())
///     .registry(plan.registry()); // for undoing
/// let report = engine.run(&plan).await?;
/// assert_eq!(report.outcome, Outcome::Done);
/// assert_eq!(report.get(&greeting), Some("hello#1".to_owned()));
/// let report = engine.undo().await?;
/// assert_eq!(report.outcome, Outcome::Undone);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Engine {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) envs: Envs,
    pub(super) registry: Registry,
    observers: Vec<Arc<dyn Observer>>,
    pub(super) seed: Option<u64>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) on_failure: OnFailure,
    pub(super) replace: Replace,
    pub(super) retry: Retry,
    pub(super) undo_retry: Retry,
    pub(super) skipped: BTreeSet<String>,
    pub(super) owner: Owner,
    pub(super) meta: BTreeMap<String, String>,
    pub(super) cancel: Cancel,
    keyring: Option<Keyring>,
}

impl Engine {
    /// An engine that writes to `journal`.
    #[must_use]
    pub fn new(journal: impl Journal + 'static) -> Self {
        Self {
            journal: Arc::new(journal),
            envs: Envs::default(),
            registry: Registry::default(),
            observers: Vec::new(),
            seed: None,
            clock: Clock::default(),
            limits: Limits::default(),
            on_failure: OnFailure::default(),
            replace: Replace::default(),
            retry: Retry::default(),
            undo_retry: Retry { transient: 10, throttled: 10, ..Retry::default() },
            skipped: BTreeSet::new(),
            owner: Owner::new(format!("process {}", std::process::id())),
            meta: BTreeMap::new(),
            cancel: Cancel::default(),
            keyring: None,
        }
    }

    /// Writes to another journal.
    #[must_use]
    pub fn with_journal(mut self, journal: impl Journal + 'static) -> Self {
        self.journal = Arc::new(journal);
        self
    }

    /// Adds an environment that steps act with.
    #[must_use]
    pub fn env<E: Send + Sync + 'static>(mut self, env: E) -> Self {
        self.envs = self.envs.with(env);
        self
    }

    /// Sets every environment at once.
    #[must_use]
    pub fn envs(mut self, envs: Envs) -> Self {
        self.envs = envs;
        self
    }

    /// Adds the steps that may be found in a journal. Those of a plan that is run need not be
    /// among them.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = self.registry.and(registry);
        self
    }

    /// Adds someone who listens to events.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Makes run id, tokens and jitter repeat. By default they are different in every run.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// What time it is for the journal; by default the system's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How many steps act at once; by default 256.
    #[must_use]
    pub fn limit(mut self, n: usize) -> Self {
        self.limits.overall = n;
        self
    }

    /// How many steps of a [class](crate::Slot::class) act at once; by default as many as want
    /// to. Undoing shares the limit.
    #[must_use]
    pub fn limit_class(mut self, class: &str, n: usize) -> Self {
        self.limits.classes.insert(class.into(), n);
        self
    }

    /// What to do when a step fails or the run is cancelled; by default undo.
    #[must_use]
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// Which steps may be replaced when the recipe has changed; by default none.
    ///
    /// ```
    /// use hopper_core::{Engine, MemoryJournal, Replace};
    ///
    /// let engine = Engine::new(MemoryJournal::default());
    /// let careful = engine.clone().replace(["net/a", "net/b"].into_iter().collect());
    /// let bold = engine.replace(Replace::Any);
    /// ```
    #[must_use]
    pub fn replace(mut self, replace: Replace) -> Self {
        self.replace = replace;
        self
    }

    /// How steps are tried again that do not say so themselves.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How undoing is tried again; by default as [`Retry::default`] with 10 more tries.
    #[must_use]
    pub fn undo_retry(mut self, retry: Retry) -> Self {
        self.undo_retry = retry;
        self
    }

    /// The name by which others know who holds the journal; by default the process's number.
    #[must_use]
    pub fn owner(mut self, name: impl Into<String>) -> Self {
        self.owner.name = name.into();
        self
    }

    /// How long the lease on the journal lasts after the last record; by default
    /// [`Lease::DURATION`](crate::Lease::DURATION), 60 s.
    ///
    /// So long after a run was stopped (a suspended laptop) another may take over; one whose
    /// process has ended can be taken over from at once. A [`Record::Lease`](crate::Record::Lease)
    /// is written after a third of it without another record, and a run that finds that half of it
    /// has passed sends nothing before it has written one. Every owner's own lease counts, so
    /// those of one journal need not agree. Less than a second is a second.
    /// A lease shorter than the longest call leaves less time in which what was sent last is
    /// found: see [`Lease::DURATION`](crate::Lease::DURATION).
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.owner = self.owner.with_lease(lease);
        self
    }

    /// Something to remember in the journal's first record, e.g. the region.
    #[must_use]
    pub fn meta(mut self, key: &str, value: impl Into<String>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }

    /// Stops this engine when `cancel` says so.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Keeps secrets in the journal, sealed with the keyring's current key, so that a run that is
    /// gone on with has them. What older keys of the ring sealed is sealed anew when a run, an undo
    /// or [`reseal`](Self::reseal) begins.
    ///
    /// Without a keyring the journal keeps a mark in the place of a secret, and a run that is gone
    /// on with makes anew what gave it, and what was made of it. An undo needs no key.
    #[must_use]
    pub fn seal(mut self, keyring: impl Into<Keyring>) -> Self {
        self.keyring = Some(keyring.into());
        self
    }

    /// Runs a plan, or goes on with one: what the journal says is done is not done again, and
    /// what is unknown is found out first.
    ///
    /// When the recipe has changed since the journal was written ([`Plan::diff`] tells how), new
    /// steps are run, steps that are gone are undone, and changed ones are
    /// [updated](crate::Step::update) in place. Those that cannot be are refused before anything
    /// acts, or [replaced](Engine::replace) if that is allowed. Steps that are gone need to be in
    /// the [registry](Engine::registry).
    ///
    /// A change that shows on the way only, because a value was not known before, and is refused,
    /// stops the run and keeps what is there, whatever [`on_failure`](Engine::on_failure) says;
    /// and so does a step that is to be replaced or is gone, and cannot be undone.
    ///
    /// When a step fails, or the run is cancelled, what was made is taken back or kept, as
    /// [`on_failure`](Engine::on_failure) says; the report tells.
    /// Dropping the future is like cancelling twice, but for the lease: nobody gives that back, so
    /// that it lasts until it expires or the journal is dropped too.
    ///
    /// # Errors
    ///
    /// When it cannot begin, and nothing has run: the journal is busy, damaged or another
    /// workflow's, a secret in it is sealed with a key that the keyring does not have, an
    /// environment is missing, a changed step must not be replaced. And when the journal can no
    /// longer be written: then calls in flight have ended, and nothing more was started.
    pub async fn run(&self, plan: &Plan) -> Result<Report, EngineError> {
        let missing: BTreeSet<String> = plan
            .nodes()
            .iter()
            .filter(|n| !self.envs.has(n.step.env().0))
            .map(|n| format!("step `{}` needs {} ({})", n.name, n.step.env().1, n.at))
            .collect();
        if !missing.is_empty() {
            return Err(EngineError::MissingEnv(missing.into_iter().collect()));
        }
        Session::open(self, Some(plan)).await?.run(plan).await
    }

    /// Takes back everything the journal says was, or may have been, made. Needs no plan, only
    /// a [registry](Engine::registry).
    ///
    /// # Errors
    ///
    /// As [`run`](Engine::run); and when the registry lacks a kind.
    pub async fn undo(&self) -> Result<Report, EngineError> {
        Session::open(self, None).await?.undo("asked to").await
    }

    /// Compares every step that is done with reality. It only reads, and needs no lease.
    ///
    /// Returns the steps that differ, or that could not be compared.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read or is empty, a kind is unknown or an environment missing, or
    /// a secret is sealed with a key that the keyring does not have.
    pub async fn check(&self) -> Result<Vec<StepDrift>, EngineError> {
        let entries = self.journal.read().await?;
        let mut ledger = Ledger::of(&entries);
        if ledger.run().is_none() {
            return Err(EngineError::NoRun);
        }
        self.know(&ledger)?;
        self.vault(&ledger).open(&mut ledger)?;
        let now = millis(self.clock.now());
        let done: Vec<_> =
            ledger.steps().iter().filter(|a| a.state == State::Done).cloned().collect();
        let (outbox, _nobody_writes) = Outbox::new();
        let core = self.core(ledger, outbox, Tenure::of_reader(self.clock.clone()));
        let checks = done.into_iter().filter_map(|a| {
            let step = self.registry.get(&a.started.kind).filter(|s| !s.reads())?;
            let job = Job {
                core: core.clone(),
                step,
                name: a.started.step,
                kind: a.started.kind,
                generation: a.started.generation,
                token: a.started.token,
                inputs: a.started.inputs,
                earlier: Vec::new(),
                age: Duration::from_millis(now.saturating_sub(a.at)),
                started: Instant::now(),
                stop_at: 1,
            };
            let output = a.output?;
            Some(async move {
                let checked = guard(step.check(&job.inputs, &job.cx(None), &output)).await;
                let (mut drift, mut error) = match checked {
                    Ok(drift) => (drift, None),
                    Err(error) => (Vec::new(), Some(error)),
                };
                job.core.known.blot_drift(&mut drift);
                error.iter_mut().for_each(|error| job.core.known.blot_error(error));
                let (step, told) = (job.name.clone(), drift.clone());
                job.core.emit(|| super::Event::Checked { step, drift: told });
                StepDrift { step: job.name.to_string(), kind: job.kind.to_string(), drift, error }
            })
        });
        let checked: Vec<StepDrift> = stream::iter(checks).buffered(16).collect().await;
        core.observers.let_panic_go_on();
        Ok(checked.into_iter().filter(|d| !d.drift.is_empty() || d.error.is_some()).collect())
    }

    /// Whether every step of which something may be left is known, and has what it acts with.
    pub(super) fn know(&self, ledger: &Ledger) -> Result<(), EngineError> {
        self.know_all(&self.registry, ledger.left())
    }

    /// Whether each of these steps is known, and has what it acts with.
    pub(super) fn know_all<'l>(
        &self,
        registry: &Registry,
        steps: impl Iterator<Item = &'l crate::Account>,
    ) -> Result<(), EngineError> {
        let (mut unknown, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for a in steps {
            let (name, kind) = (&a.started.step, &a.started.kind);
            match registry.get(kind) {
                None => drop(unknown.insert(kind.to_string())),
                Some(step) if !self.envs.has(step.env().0) => {
                    missing.insert(format!("step `{name}` needs {}", step.env().1));
                }
                Some(_) => (),
            }
        }
        if !unknown.is_empty() {
            return Err(EngineError::UnknownKind(unknown.into_iter().collect()));
        }
        if !missing.is_empty() {
            return Err(EngineError::MissingEnv(missing.into_iter().collect()));
        }
        Ok(())
    }

    pub(super) fn vault(&self, ledger: &Ledger) -> Vault {
        Vault::new(self.keyring.clone(), ledger.run().map_or("", |run| &run.run))
    }

    pub(super) fn core(&self, ledger: Ledger, outbox: Outbox, tenure: Tenure) -> Arc<CxCore> {
        let run = ledger.run().map(|r| (r.workflow.clone(), r.run.clone())).unwrap_or_default();
        let vault = self.vault(&ledger);
        Arc::new(CxCore {
            vault,
            known: Known::default(),
            workflow: run.0.into(),
            seed: self.seed.unwrap_or_else(|| fold(&run.1)),
            run: run.1.into(),
            envs: self.envs.clone(),
            ledger: Mutex::new(ledger),
            port: Port(outbox),
            tenure,
            cancel: self.cancel.clone(),
            observers: Observers {
                began: Instant::now(),
                recorder: Recorder::default(),
                others: self.observers.clone(),
                panic: Mutex::new(None),
            },
        })
    }

    /// A new run's id: 12 hexadecimal digits from the seed, or from the operating system's
    /// randomness.
    pub(super) fn new_run_id(&self, workflow: &str) -> String {
        let seed = self.seed.unwrap_or_else(|| RandomState::new().hash_one(workflow));
        super::job::token(&seed.to_string(), workflow, 0).chars().take(12).collect()
    }
}

fn fold(text: &str) -> u64 {
    text.bytes().fold(0, |n, b| n.wrapping_mul(31).wrapping_add(u64::from(b)))
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("journal", &self.journal)
            .field("limits", &self.limits)
            .field("on_failure", &self.on_failure)
            .finish_non_exhaustive()
    }
}
