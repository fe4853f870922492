//! [`Driver`]: writes records, then starts the work that rests on them.

use super::{clock::Clock, job::panicked, outbox::Letter, schedule::Schedule};
use crate::{
    Event, StepError,
    journal::{Journal, JournalError, Lease, Owner, Record, millis},
    step::CxCore,
};
use futures_util::{FutureExt as _, future::BoxFuture};
use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::Instant,
};
use tracing::Instrument as _;

/// What starting a job comes to.
pub(crate) enum Start {
    /// There is nothing to do.
    Nothing,
    /// There is something to note, and nothing to do.
    Note(Record),
    /// Not in this drive, and nothing that comes after it either.
    Later,
    /// It cannot even start.
    Fail(Arc<str>, StepError),
    /// Work, and the record that has to be durable before it.
    Work { name: Arc<str>, record: Option<Record>, work: BoxFuture<'static, Closing> },
}

/// How a job ended.
pub(crate) struct Closing {
    pub(crate) record: Record,
}

impl Closing {
    fn is_ok(&self) -> bool {
        matches!(self.record, Record::Done { .. } | Record::Undone { .. })
    }
}

/// How a drive ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drove {
    /// Nothing is running, and nothing more can start.
    Ended,
    /// It was told to stop at once; what was in flight was dropped, and its outcome is not known.
    Abandoned,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A failure stops the rest, and so does the first cancellation.
    Forward,
    /// A failure blocks what comes after it; only the second cancellation stops.
    Backward,
}

/// Drives a schedule: batches records, appends them, and only then starts what rests on them.
///
/// A step's outcome and the start of the next one go into the same append, so a chain pays one
/// flush a step, and whatever happens at the same time shares one.
pub(crate) struct Driver {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) lease: Lease,
    pub(crate) owner: Owner,
    pub(crate) core: Arc<CxCore>,
    pub(crate) clock: Clock,
    letters: mpsc::UnboundedReceiver<Letter>,
    batch: Vec<Record>,
    acks: Vec<oneshot::Sender<bool>>,
    told: Vec<Event>,
    broken: Option<JournalError>,
    /// Whether a step has failed on its way forward.
    failed: bool,
    wrote: Instant,
    /// The steps that could not even start, and why.
    pub(crate) unstarted: Vec<(String, StepError)>,
}

impl Driver {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        lease: Lease,
        owner: Owner,
        core: Arc<CxCore>,
        clock: Clock,
        letters: mpsc::UnboundedReceiver<Letter>,
    ) -> Self {
        let (batch, acks, told) = (Vec::new(), Vec::new(), Vec::new());
        let (broken, wrote, unstarted) = (None, Instant::now(), Vec::new());
        Self {
            journal,
            lease,
            owner,
            core,
            clock,
            letters,
            batch,
            acks,
            told,
            broken,
            failed: false,
            wrote,
            unstarted,
        }
    }

    /// Runs a schedule to its end. `start` says what each job comes to.
    pub(crate) async fn drive(
        &mut self,
        schedule: &mut Schedule,
        way: Way,
        mut start: impl FnMut(usize) -> Start,
    ) -> Drove {
        let mut tasks: JoinSet<(usize, Closing)> = JoinSet::new();
        let mut launches = Vec::new();
        let core = self.core.clone();
        let mut once = pin!(core.cancel.requested(1).fuse());
        let mut twice = pin!(core.cancel.requested(2));
        let mut heartbeat = pin!(tokio::time::sleep_until(self.wrote + self.owner.lease() / 3));
        loop {
            let level = self.core.cancel.level();
            if level == 2 || (level == 1 && way == Way::Forward) {
                schedule.halt();
            }
            while let Some(job) = schedule.next() {
                match start(job) {
                    Start::Nothing => schedule.ended(job, true),
                    Start::Note(record) => {
                        self.queue(record);
                        schedule.ended(job, true);
                    }
                    Start::Later => schedule.ended(job, false),
                    Start::Fail(step, mut error) => {
                        self.core.known.blot_error(&mut error);
                        self.unstarted.push((step.to_string(), error.clone()));
                        self.told.push(Event::Failed { step, error });
                        schedule.ended(job, false);
                        if way == Way::Forward {
                            self.failed = true;
                            schedule.halt();
                        }
                    }
                    Start::Work { name, record, work } => {
                        let anew = matches!(record, Some(Record::Started(_)));
                        record.into_iter().for_each(|r| self.queue(r));
                        launches.push((job, name, anew, work));
                    }
                }
            }
            let durable = self.flush().await;
            if !durable {
                schedule.halt();
            }
            for (job, name, anew, work) in launches.drain(..) {
                if durable {
                    let span = tracing::info_span!("step", name = &*name);
                    tasks.spawn(guarded(job, name, way, work).instrument(span));
                } else {
                    if anew {
                        // Should there be room again, it must not look as if it had acted.
                        self.queue(unstarted(name));
                    }
                    schedule.ended(job, false);
                }
            }
            if schedule.is_idle() {
                // Nothing can start any more: whatever was ready has just been started.
                return if level == 2 { Drove::Abandoned } else { Drove::Ended };
            }
            tokio::select! {
                biased;
                () = &mut twice => {
                    self.abandon(schedule, way, &mut tasks).await;
                    return Drove::Abandoned;
                }
                () = &mut once, if way == Way::Forward => {
                    schedule.halt();
                    self.told.push(Event::Stopping { why: "interrupted".to_owned() });
                }
                Some(Ok((job, closing))) = tasks.join_next() => self.close(schedule, way, job, closing),
                Some(letter) = self.letters.recv() => self.take(letter),
                () = &mut heartbeat => {
                    let third = self.owner.lease() / 3;
                    let next = self.wrote + third;
                    if next <= Instant::now() {
                        self.queue_lease();
                        heartbeat.as_mut().reset(Instant::now() + third);
                    } else {
                        heartbeat.as_mut().reset(next);
                    }
                }
            }
            // What ends in the same moment shares a flush: the runtime comes back here after some
            // dozens of tasks, though more of them may be ready. It is a matter of the tasks that
            // run already, so it has an end.
            loop {
                let before = self.batch.len();
                while let Some(Ok((job, closing))) = tasks.try_join_next() {
                    self.close(schedule, way, job, closing);
                }
                while let Ok(letter) = self.letters.try_recv() {
                    self.take(letter);
                }
                if self.batch.len() == before || tasks.is_empty() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }

    /// Stops all work where it stands, and records what it had come to. None of it goes on when
    /// this returns, so that the lease can be given back.
    async fn abandon(
        &mut self,
        schedule: &mut Schedule,
        way: Way,
        tasks: &mut JoinSet<(usize, Closing)>,
    ) {
        tasks.abort_all();
        while let Some(ended) = tasks.join_next().await {
            if let Ok((job, closing)) = ended {
                self.close(schedule, way, job, closing);
            }
        }
        while let Ok(letter) = self.letters.try_recv() {
            self.take(letter);
        }
        self.flush().await;
    }

    /// Gives the lease back after the journal broke, once more trying what it refused: if it can
    /// be written again, the next owner need not wait for the lease to expire.
    pub(crate) async fn give_up(mut self) {
        self.flush().await;
        let _ = self.journal.release(self.lease, millis(self.clock.now())).await;
        self.core.observers.let_panic_go_on();
    }

    /// Writes records outside a drive.
    pub(crate) async fn write(
        &mut self,
        records: impl IntoIterator<Item = Record>,
    ) -> Result<(), JournalError> {
        records.into_iter().for_each(|record| self.queue(record));
        self.flush().await;
        self.broken.take().map_or(Ok(()), Err)
    }

    /// Whether a step has failed on its way forward, or the journal could not be written.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed || self.broken.is_some()
    }

    /// Why the journal could not be written, if so.
    pub(crate) fn broken(&mut self) -> Option<JournalError> {
        self.broken.take()
    }

    /// Has a record written with the next flush: this is where secrets are sealed.
    fn queue(&mut self, mut record: Record) {
        self.core.known.blot_record(&mut record);
        let at = millis(self.clock.now());
        let record = self.core.with_ledger(|l| {
            l.apply(at, &record);
            self.core.vault.sealed(record, l)
        });
        self.batch.push(record);
    }

    fn queue_lease(&mut self) {
        self.queue(Record::Lease { owner: self.owner.clone() });
    }

    fn take(&mut self, letter: Letter) {
        match letter.record {
            Some(record) => self.queue(record),
            // Any append will do.
            None if self.batch.is_empty() => self.queue_lease(),
            None => (),
        }
        self.acks.push(letter.ack);
    }

    fn close(&mut self, schedule: &mut Schedule, way: Way, job: usize, closing: Closing) {
        let ok = closing.is_ok();
        let event = match &closing.record {
            Record::Done { step, .. } => Some(Event::Done { step: step.clone() }),
            Record::Failed { step, error, .. } => {
                Some(Event::Failed { step: step.clone(), error: error.clone() })
            }
            Record::Undone { step } => Some(Event::Undone { step: step.clone() }),
            Record::UndoFailed { step, error } => {
                Some(Event::UndoFailed { step: step.clone(), error: error.clone() })
            }
            _ => None,
        };
        self.told.extend(event);
        self.queue(closing.record);
        if !ok && way == Way::Forward {
            self.failed = true;
            schedule.halt();
        }
        schedule.ended(job, ok);
    }

    /// Appends what is queued; says whether everything so far is durable.
    ///
    /// What could not be written stays queued: should there be room again, an outcome is not
    /// lost, though nothing new starts.
    async fn flush(&mut self) -> bool {
        if self.core.tenure.is_lost() {
            self.batch.clear();
        }
        if !self.batch.is_empty() {
            let (at, began) = (millis(self.clock.now()), self.core.tenure.now());
            match self.journal.append(&self.lease, at, &self.batch).await {
                Ok(()) => {
                    self.batch.clear();
                    self.wrote = Instant::now();
                    self.core.tenure.confirm(began);
                }
                Err(error) => {
                    if matches!(error, JournalError::Fenced { .. }) {
                        self.batch.clear();
                        self.core.tenure.lose();
                    }
                    let step = error.to_string();
                    self.told.push(Event::Stopping { why: step });
                    self.broken = Some(error);
                }
            }
        }
        let durable = self.broken.is_none() && !self.core.tenure.is_lost();
        for ack in self.acks.drain(..) {
            // A step that was abandoned does not listen any more.
            let _ = ack.send(durable);
        }
        for event in self.told.drain(..) {
            self.core.emit(|| event);
        }
        durable
    }
}

/// What is recorded of a step whose start could not be.
fn unstarted(step: Arc<str>) -> Record {
    let error = StepError::permanent("the journal could not be written, so it was not started");
    Record::Failed { step, error, clean: true }
}

/// Work that cannot take the engine down with it.
async fn guarded(
    job: usize,
    name: Arc<str>,
    way: Way,
    work: BoxFuture<'static, Closing>,
) -> (usize, Closing) {
    let closing = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
        let error = panicked(&*panic);
        let record = match way {
            Way::Forward => Record::Failed { step: name, error, clean: false },
            Way::Backward => Record::UndoFailed { step: name, error },
        };
        Closing { record }
    });
    (job, closing)
}
