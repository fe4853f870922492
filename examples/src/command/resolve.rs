//! `hopper resolve`: what became of a step, said by a person.

use crate::{
    args::{Format, Resolve},
    failure::Failure,
    journal,
    out::say,
    runtime,
    site::Backend,
    summary::command,
};
use hopper_core::{Clock, Engine};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// Writes into the journal that what a step made is gone, or that it is done. Nobody is asked.
///
/// # Errors
///
/// When the journal is wrong or in use, or it cannot be so.
pub fn resolve(args: &Resolve) -> Result<u8, Failure> {
    let path = &args.of.journal;
    let (ledger, site) = journal::run(&args.of)?;
    let output: Value = serde_json::from_str(&args.output)
        .map_err(|error| Failure::usage(format_args!("--output is no JSON: {error}")))?;
    let clock = (site.backend == Backend::Mock).then(|| {
        // The simulator's time, not the calendar's.
        let last = ledger.steps().iter().map(|account| account.at).max().unwrap_or_default();
        Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_millis(last))
    });
    runtime::run(site.backend, async {
        let journal = journal::open(&args.of).await?;
        let engine = Engine::new(journal.clone()).registry(hopper_aws::registry());
        let engine = engine.clock(clock.unwrap_or_default());
        let written = match args.gone {
            true => engine.forget(&args.step).await,
            false => engine.mark_done(&args.step, &output).await,
        };
        match written {
            Ok(()) => Ok(()),
            Err(error) => Err(Failure::of(&journal, error).await),
        }
    })?;
    let (now, left) = (if args.gone { "gone" } else { "done" }, journal::ledger(&args.of)?);
    let left = left.left().count();
    match args.of.format {
        Format::Json => say(json!({ "event": "resolved", "step": args.step, "as": now })),
        Format::Text => say(format_args!(
            "{} counts as {now}; {left} left: go on with {}, or take it down with {}",
            args.step,
            command("up", path),
            command("down", path),
        )),
    }
    Ok(0)
}
