//! `hopper sweep`: what carries hopper's mark and no journal answers for.

use crate::{
    args::{DEFAULT_JOURNAL, Format, Of, Sweep},
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    out::say,
    progress::Progress,
    runtime,
    site::{Backend, Site},
    summary::Summary,
};
use hopper_aws::sweep::{Stray, plan};
use hopper_core::{Ledger, MemoryJournal, OnFailure};
use serde_json::json;
use std::path::PathBuf;

/// Lists what carries hopper's mark and no journal given answers for, and deletes it if asked to.
///
/// # Errors
///
/// When the command line or a journal is wrong, or nobody answers.
pub fn sweep(args: &Sweep, interrupt: &Interrupt) -> Result<u8, Failure> {
    if args.delete && args.runs.is_empty() && !args.all {
        return Err(Failure::usage(
            "a run whose journal is not given looks like one whose journal is lost: name what is \
             to be deleted with --run RUN, or add --all",
        ));
    }
    let journals = match &*args.journals {
        [] => vec![PathBuf::from(DEFAULT_JOURNAL)],
        journals => journals.to_vec(),
    };
    let of = |journal: &PathBuf| {
        let (journal, endpoint_url) = (journal.clone(), args.endpoint_url.clone());
        journal::ledger(&Of { journal, endpoint_url, identities: Vec::new(), format: args.format })
    };
    let ledgers = journals.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    let mut site = Site::of(&ledgers[0])?.unwrap_or_default();
    site.backend = args.backend.unwrap_or(site.backend);
    site.region = args.region.clone().or(site.region);
    site.endpoint_url = args.endpoint_url.clone().or(site.endpoint_url);
    let world = WorldFile::beside(&journals[0]);
    runtime::run(site.backend, run(args, &ledgers, &site, world, interrupt))
}

async fn run(
    args: &Sweep,
    ledgers: &[Ledger],
    site: &Site,
    world: WorldFile,
    interrupt: &Interrupt,
) -> Result<u8, Failure> {
    let world = if args.delete { world } else { world.read_only() };
    let cloud = Cloud::open(site, &ledgers[0], world, None, &[]).await?;
    if args.format == Format::Text {
        say(format_args!("on {}", cloud.identity));
    }
    let found = look(args, &cloud, ledgers).await?;
    print(args.format, &found);
    match (&*found, args.delete) {
        ([], _) => return Ok(code::DONE),
        (_, false) => return Ok(code::DRIFT),
        (_, true) => (),
    }
    let progress = Progress::new(args.format, site.backend == Backend::Mock);
    let engine = cloud.engine(MemoryJournal::default(), progress.clone(), None);
    let engine = engine.on_failure(OnFailure::Keep).cancel(interrupt.cancel());
    let plan = plan(&found).map_err(Failure::failed)?;
    let ran = engine.run(&plan).await;
    progress.finish();
    Summary::of(&ran.map_err(Failure::failed)?, &cloud, 0).print(args.format);
    let left = look(args, &cloud, ledgers).await?;
    print(args.format, &left);
    Ok(match left.is_empty() {
        true => code::DONE,
        false if interrupt.came() => code::INTERRUPTED,
        false => code::LEFT,
    })
}

/// The strays that were asked for.
async fn look(args: &Sweep, cloud: &Cloud, ledgers: &[Ledger]) -> Result<Vec<Stray>, Failure> {
    let ledgers: Vec<&Ledger> = ledgers.iter().collect();
    let mut found = cloud.strays(&ledgers).await.map_err(Failure::failed)?;
    found.retain(|stray| args.runs.is_empty() || args.runs.contains(&stray.run));
    Ok(found)
}

fn print(format: Format, strays: &[Stray]) {
    if format == Format::Json {
        return say(json!({ "event": "strays", "strays": strays }));
    }
    strays.iter().for_each(|stray| say(format_args!("stray: {stray}")));
    say(match strays.len() {
        0 => "no strays".to_owned(),
        n => format!("{n} strays"),
    });
}
