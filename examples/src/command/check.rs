//! `hopper check`: what differs from the record.

use crate::{
    args::{Format, Of},
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal, keys,
    out::say,
    progress::Progress,
    runtime,
    site::Site,
};
use hopper_core::{Event, Ledger, State, StepDrift};
use serde_json::json;
use std::time::Duration;

/// Compares what is done with reality. It only reads.
///
/// # Errors
///
/// When it could not be done at all: the journal is wrong, or nobody answers.
pub fn check(args: &Of, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(args)?;
    runtime::run(site.backend, async {
        tokio::select! {
            checked = run(args, &ledger, &site) => checked,
            () = interrupt.wait() => Ok(code::INTERRUPTED),
        }
    })
}

async fn run(args: &Of, ledger: &Ledger, site: &Site) -> Result<u8, Failure> {
    let world = WorldFile::beside(&args.journal).read_only();
    let cloud = Cloud::open(site, ledger, world, None, &args.identities).await?;
    let json = (args.format == Format::Json).then_some(Progress::Json);
    let observer = move |at: Duration, event: &Event| {
        json.iter().for_each(|json| hopper_core::Observer::on_event(json, at, event));
    };
    let journal = journal::open(args).await?;
    let engine = keys::seal(cloud.engine(journal.clone(), observer, None), args)?;
    let differing = match engine.check().await {
        Ok(differing) => differing,
        Err(error) => return Err(Failure::of(&journal, error).await),
    };
    print(args.format, ledger, &differing);
    Ok(exit_code(&differing))
}

/// Prints what differs, and a line with how much was compared.
pub(super) fn print(format: Format, ledger: &Ledger, differing: &[StepDrift]) {
    let done = ledger.steps().iter().filter(|account| account.state == State::Done).count();
    let other = ledger.left().count() - done;
    if format == Format::Json {
        return say(json!({ "event": "checked_all", "steps": done, "differing": differing }));
    }
    differing.iter().for_each(say);
    let rest = match other {
        0 => String::new(),
        n => format!("; {n} more are not done, and were not checked"),
    };
    say(match differing.len() {
        0 => format!("{done} steps checked, all as recorded{rest}"),
        n => format!("{done} steps checked, {n} not as recorded{rest}"),
    });
}

/// What to exit with.
pub(super) fn exit_code(differing: &[StepDrift]) -> u8 {
    match differing {
        [] => code::DONE,
        some if some.iter().any(|step| !step.drift.is_empty()) => code::DRIFT,
        _ => code::LEFT,
    }
}
