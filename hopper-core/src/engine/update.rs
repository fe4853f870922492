//! One step that is done and changed since: brought in line with its new inputs.

use super::job::{Job, guard};
use crate::{Event, Retry, StepError, journal::Data};
use std::time::Duration;
use tokio::time::Instant;

/// A step that is changed in place; the record that says so is durable.
pub(super) struct Update {
    /// With the new inputs.
    pub(super) job: Job,
    /// All that may be in place from before.
    pub(super) was: Vec<Data>,
    /// What the journal says it gave.
    pub(super) output: Data,
    pub(super) retry: Retry,
    pub(super) timeout: Option<Duration>,
}

impl Update {
    /// Brings it to its end, and returns what the step gives now.
    pub(super) async fn run(self) -> Result<Data, StepError> {
        let mut output = self.output.clone();
        for was in &self.was {
            output = self.account_for(was, output).await?;
        }
        Ok(output)
    }

    /// Updates, as often as the policy allows.
    async fn account_for(&self, was: &Data, output: Data) -> Result<Data, StepError> {
        let (began, mut failures) = (Instant::now(), 0);
        loop {
            self.job.core.still_owner().await?;
            let (step, kind) = (self.job.name.clone(), self.job.kind.clone());
            self.job.core.emit(|| Event::Updating { step, kind });
            let cx = self.job.cx(self.timeout);
            let update = self.job.step.update(&self.job.inputs, &cx, was, &output);
            let error = match guard(update).await {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            failures += 1;
            let wait = self.retry.wait(error.class(), failures, began.elapsed(), self.job.seed());
            let Some(wait) = wait else { return Err(error) };
            let (step, again) = (self.job.name.clone(), error);
            self.job.core.emit(|| Event::Retrying { step, error: again, wait });
            self.job.cx(None).sleep(wait).await?;
        }
    }
}
