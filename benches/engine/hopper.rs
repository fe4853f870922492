//! hopper's own cost.

use crate::workload::{Shape, Workload};
use anyhow::ensure;
use hopper_core::{Engine, Journal, Outcome, Plan};
use std::time::{Duration, Instant};

/// Runs a plan, and says how long that took.
pub(crate) async fn run(
    workload: Workload,
    plan: &Plan,
    journal: impl Journal + 'static,
) -> anyhow::Result<Duration> {
    let engine = Engine::new(journal).env(());
    let began = Instant::now();
    let report = engine.run(plan).await?;
    let took = began.elapsed();
    let expected = match workload.shape {
        Shape::Undo => Outcome::Undone,
        _ => Outcome::Done,
    };
    ensure!(report.outcome == expected, "{workload} ended otherwise: {:?}", report.outcome);
    Ok(took)
}
