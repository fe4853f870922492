//! `hopper down`: takes down what the journal says was made.

use crate::{
    args::{Down, Format},
    cloud::{Cloud, WorldFile},
    failure::Failure,
    interrupt::Interrupt,
    journal,
    out::say,
    progress::Progress,
    runtime,
    site::{Backend, Site},
    summary::{Summary, exit_code, say_what_next},
};
use hopper_core::{Ledger, Outcome};

/// Takes down what the journal says was, or may have been, made.
///
/// # Errors
///
/// When nothing was begun: the journal is wrong, or nobody answers.
pub fn down(args: &Down, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = journal::run(&args.of)?;
    runtime::run(site.backend, run(args, interrupt, &ledger, &site))
}

async fn run(
    args: &Down,
    interrupt: &Interrupt,
    ledger: &Ledger,
    site: &Site,
) -> Result<u8, Failure> {
    let (path, journal) = (&args.of.journal, journal::open(&args.of).await?);
    let cloud = Cloud::open(site, ledger, WorldFile::beside(path), None).await?;
    if args.of.format == Format::Text {
        say(format_args!("on {}", cloud.identity));
    }
    let progress = Progress::new(args.of.format, site.backend == Backend::Mock);
    let engine = cloud.engine(journal.clone(), progress.clone(), None).cancel(interrupt.cancel());
    let engine = args.skip.iter().fold(args.lease.of(engine), |engine, step| engine.skip(step));
    let ran = engine.undo().await;
    progress.finish();
    let report = match ran {
        Ok(report) => report,
        Err(error) => return Err(Failure::of(&journal, error).await),
    };
    Summary::of(&report, &cloud, 0).print(args.of.format);
    say_what_next(args.of.format, &report, path, false);
    Ok(exit_code(&report, Outcome::Undone, interrupt.came()))
}
