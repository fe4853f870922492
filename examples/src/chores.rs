//! [`chores`]: a few steps that no journal is kept of, since doing them again does no harm.

use crate::{
    args::Format, cloud::Cloud, failure::Failure, interrupt::Interrupt, progress::Progress,
};
use hopper_core::{MemoryJournal, OnFailure, Outcome, Report, Workflow};

/// Runs them to the end.
///
/// # Errors
///
/// When one of them fails, or they are interrupted: what is done stays, and the command can be
/// given again.
pub async fn chores(
    w: &Workflow,
    cloud: &Cloud,
    format: Format,
    interrupt: &Interrupt,
) -> Result<Report, Failure> {
    let plan = w.plan().map_err(Failure::failed)?;
    let progress = Progress::new(format, cloud.is_simulated());
    let engine = cloud.engine(MemoryJournal::default(), progress.clone(), None);
    let engine = engine.on_failure(OnFailure::Keep).cancel(interrupt.cancel());
    let report = engine.run(&plan).await.map_err(Failure::failed);
    progress.finish();
    let report = report?;
    match (report.outcome, report.errors.first()) {
        (Outcome::Done, _) => Ok(report),
        (_, Some((step, error))) => Err(Failure::failed(format_args!("{step}: {error}"))),
        _ => Err(Failure::failed("interrupted: give the command again to go on")),
    }
}
