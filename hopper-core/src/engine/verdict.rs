//! What a person knows better than the journal: verdicts on steps that an engine cannot settle.
//!
//! An undo that fails is tried again as [`undo_retry`](Engine::undo_retry) says and then parked:
//! what does not depend on it is undone, and the report lists what is left. From there the run
//! goes on in one of these ways:
//!
//! - [`undo`](Engine::undo) or [`run`](Engine::run) once more, when the cause is gone;
//! - [`skip`](Engine::skip): undo all the rest, though this stays;
//! - [`forget`](Engine::forget): it is gone, or is not ours any more;
//! - [`mark_done`](Engine::mark_done): it is there, and this is its output.

use super::{Engine, EngineError};
use crate::{
    Account, Ledger, State,
    dsl::encode_plain,
    journal::{Data, Record, millis},
};
use serde::Serialize;
use std::{collections::HashSet, sync::Arc};

impl Engine {
    /// Has undoing leave a step as it is, with what ran inside it. It stays in the journal, and
    /// in [`Report::left`](crate::Report::left).
    ///
    /// What would be undone after it is tried all the same, in its place in the order: a service
    /// refuses to take away what is still in use, so trying does no harm, and much of it may be
    /// held back by the order alone. Running takes no notice.
    #[must_use]
    pub fn skip(mut self, step: impl Into<String>) -> Self {
        self.skipped.insert(step.into());
        self
    }

    /// Has the journal take a step for undone: what it made is gone, or is no longer ours.
    /// Nothing is asked, and no call is made.
    ///
    /// Steps that ran inside it have their own verdicts; steps that rest on it are left as they
    /// are.
    ///
    /// # Errors
    ///
    /// [`EngineError::Verdict`] when nothing of such a step is left; and when the journal is in
    /// use, or cannot be read or written.
    pub async fn forget(&self, step: &str) -> Result<(), EngineError> {
        self.decide(step, |account| Ok(Record::Forgotten { step: account.started.step.clone() }))
            .await
    }

    /// Has the journal take a step for done, with this output: for one whose outcome is not
    /// known, and that cannot be looked for ([`OnUnknown::Stop`](crate::OnUnknown::Stop)), or
    /// whose undoing was given up. Needs a [registry](Engine::registry) that knows the step; no
    /// call is made.
    ///
    /// # Errors
    ///
    /// [`EngineError::Verdict`] when nothing of such a step is left, it is done already, or this
    /// is no output of such a step; [`EngineError::UnknownKind`]; and when the journal is in use,
    /// or cannot be read or written.
    pub async fn mark_done<T: Serialize + ?Sized>(
        &self,
        step: &str,
        output: &T,
    ) -> Result<(), EngineError> {
        let output = encode_plain(output).map(Data::from_text);
        self.decide(step, |account| {
            let refused = |why: String| verdict(step, why);
            let output = output.map_err(|e| refused(format!("cannot encode the output: {e}")))?;
            if account.state == State::Done {
                return Err(refused("is done already".to_owned()));
            }
            let kind = &account.started.kind;
            let known = self.registry.get(kind);
            let known = known.ok_or_else(|| EngineError::UnknownKind(vec![kind.to_string()]))?;
            let output = known.as_output(&output).map_err(|e| refused(e.to_string()))?;
            let step = account.started.step.clone();
            Ok(Record::MarkedDone { step, output })
        })
        .await
    }

    /// Writes a verdict on a step of which something may be left.
    async fn decide(
        &self,
        step: &str,
        verdict_on: impl FnOnce(&Account) -> Result<Record, EngineError>,
    ) -> Result<(), EngineError> {
        let at = millis(self.clock.now());
        let lease = self.journal.acquire(&self.owner, at).await?;
        let decided = async {
            let ledger = Ledger::of(&self.journal.read().await?);
            let account = known(&ledger, step)?;
            if !account.state.is_left() {
                return Err(verdict(step, "nothing of it is left".to_owned()));
            }
            let record = self.vault(&ledger).sealed(verdict_on(account)?, &ledger);
            let records: Vec<Record> = ledger.in_new_format().into_iter().chain([record]).collect();
            Ok(self.journal.append(&lease, at, &records).await?)
        };
        let decided = decided.await;
        // The verdict stands, whether or not the lease lasts a while longer.
        let _ = self.journal.release(lease, millis(self.clock.now())).await;
        decided
    }

    /// The steps that undoing leaves alone: those that are to be skipped, and what ran inside.
    ///
    /// # Errors
    ///
    /// When one of them is not in the journal.
    pub(super) fn left_alone(&self, ledger: &Ledger) -> Result<HashSet<Arc<str>>, EngineError> {
        let mut alone = HashSet::new();
        for step in &self.skipped {
            alone.insert(known(ledger, step)?.started.step.clone());
        }
        // A step is in the ledger before its sub-steps are.
        for a in ledger.steps() {
            if a.started.parent.as_ref().is_some_and(|parent| alone.contains(parent)) {
                alone.insert(a.started.step.clone());
            }
        }
        Ok(alone)
    }
}

fn known<'l>(ledger: &'l Ledger, step: &str) -> Result<&'l Account, EngineError> {
    ledger.get(step).ok_or_else(|| verdict(step, "is not in the journal".to_owned()))
}

fn verdict(step: &str, why: String) -> EngineError {
    EngineError::Verdict { step: step.to_owned(), why }
}
