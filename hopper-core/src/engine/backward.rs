//! One step on its way back: found when its outcome is unknown, then undone.

use super::job::{Job, guard, unknown};
use crate::{Event, Found, OnUnknown, Retry, StepError, journal::Data, ledger::State};
use tokio::time::Instant;

/// Takes a step back, whatever is known of it.
pub(crate) async fn backward(
    job: Job,
    state: State,
    output: Option<Data>,
    retry: Retry,
) -> Result<(), StepError> {
    if job.step.reads() {
        return Ok(());
    }
    let (step, kind) = (job.name.clone(), job.kind.clone());
    job.core.emit(|| Event::Undoing { step, kind });
    let is_known = matches!(state, State::Done | State::Updating | State::Undoing);
    let known = output.filter(|_| is_known);
    take_back(&job, known, retry).await
}

/// Undoes what is known of a step, or what is found of it.
pub(crate) async fn take_back(
    job: &Job,
    known: Option<Data>,
    retry: Retry,
) -> Result<(), StepError> {
    if known.is_some() {
        return undo(job, known, retry).await;
    }
    match job.step.on_unknown() {
        OnUnknown::RunAgain => undo(job, None, retry).await,
        OnUnknown::Stop => Err(unknown()),
        OnUnknown::Find => match job.find(retry).await? {
            // Somebody else's thing is not ours to take back.
            Found::Absent | Found::Conflict(_) => Ok(()),
            Found::Present(output) => undo(job, Some(output), retry).await,
            Found::Underway | Found::Partly => undo(job, None, retry).await,
        },
    }
}

/// Undoes; and where a change was not finished, undoes what it was before as well.
///
/// Any of them may be in the way of another, so what failed is tried once more.
pub(crate) async fn undo(job: &Job, output: Option<Data>, retry: Retry) -> Result<(), StepError> {
    let mut failed: Vec<&Data> = Vec::new();
    let mut outcome = undo_one(job, &job.inputs, output.clone(), retry).await;
    failed.extend(outcome.is_err().then_some(&job.inputs));
    for earlier in &job.earlier {
        let undone = undo_one(job, earlier, output.clone(), retry).await;
        failed.extend(undone.is_err().then_some(earlier));
    }
    if !job.earlier.is_empty() {
        outcome = Ok(());
        for inputs in failed {
            outcome = outcome.and(undo_one(job, inputs, output.clone(), retry).await);
        }
    }
    outcome
}

/// Undoes what one version of the inputs says, as often as the policy allows.
async fn undo_one(
    job: &Job,
    inputs: &Data,
    output: Option<Data>,
    retry: Retry,
) -> Result<(), StepError> {
    let (began, mut failures) = (Instant::now(), 0);
    loop {
        job.core.still_owner().await?;
        let cx = job.cx(None);
        let error = match guard(job.step.undo(inputs, &cx, output.clone())).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        failures += 1;
        match retry.wait(error.class(), failures, began.elapsed(), job.seed()) {
            Some(wait) => {
                let (step, again) = (job.name.clone(), error.clone());
                job.core.emit(|| Event::Retrying { step, error: again, wait });
                cx.sleep(wait).await?;
            }
            None => return Err(error),
        }
    }
}
