//! `hopper up`: makes everything, or goes on making it.

use crate::{
    args::{Format, OnFailure, Up},
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal, keys,
    node_image::{Making, journal_of},
    out::say,
    progress::Progress,
    recipe::{Recipe, Settings},
    runtime,
    site::{Backend, Site},
    summary::{Summary, command, exit_code, say_what_next},
};
use hopper_core::{Difference, Ledger, Outcome, Plan, Replace};

/// Makes what the recipe says, or goes on where the journal ends.
///
/// # Errors
///
/// When nothing was begun: the command line, the settings or the journal are wrong, or nobody
/// answers.
pub fn up(args: &Up, interrupt: &Interrupt) -> Result<u8, Failure> {
    let ledger = journal::ledger(&args.of)?;
    let site = Site::chosen(&args.target, &args.of, Site::of(&ledger)?)?;
    let settings = site.settings(args.target.choice.config.as_deref())?;
    let plan = site.recipe.plan(&settings)?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.of.journal);
        let cloud = Cloud::open(&site, &ledger, world, args.seed, &args.of.identities).await?;
        settings.fit(cloud.region.as_deref())?;
        let code = image_first(args, interrupt, &cloud, &site, &settings).await?;
        if code != code::DONE || site.recipe == Recipe::NodeImage {
            return Ok(code);
        }
        if args.of.format == Format::Text {
            say_changes(&plan, &ledger);
        }
        if !args.no_preflight {
            clear(&plan, &ledger, &cloud, args.of.format).await?;
        }
        run(args, interrupt, &cloud, site.clone(), &plan).await
    })
}

/// Sees to it that the image is there which the nodes start from.
async fn image_first(
    args: &Up,
    interrupt: &Interrupt,
    cloud: &Cloud,
    site: &Site,
    settings: &Settings,
) -> Result<u8, Failure> {
    let Settings::Cluster(settings) = settings else { return Ok(code::DONE) };
    if settings.image.id.is_some() && site.recipe == Recipe::Cluster {
        return Ok(code::DONE);
    }
    let of = match site.recipe {
        Recipe::NodeImage => args.of.clone(),
        _ => journal_of(&args.of, &settings.node_image_name().map_err(Failure::usage)?),
    };
    let (journal, format, seed) = (journal::open(&of).await?, of.format, args.seed);
    let site = Site { region: cloud.region.clone(), ..site.clone() };
    Making { cloud, site, journal, format, interrupt, seed }.ensure(settings).await
}

/// Says how the recipe has changed since the journal was written, if it has.
fn say_changes(plan: &Plan, ledger: &Ledger) {
    let diff = plan.diff(ledger);
    let is_change = |is: &Difference| matches!(is, Difference::Changed { .. } | Difference::Gone);
    if diff.steps.iter().any(|step| is_change(&step.is)) {
        say(diff);
    }
}

/// Looks for what is in the way.
async fn clear(plan: &Plan, ledger: &Ledger, cloud: &Cloud, to: Format) -> Result<(), Failure> {
    let found = cloud.preflight(plan, ledger).await;
    if !found.is_ok() {
        return Err(Failure::before_anything(ledger, &found));
    }
    if to == Format::Text {
        found.warnings().for_each(say);
    }
    Ok(())
}

async fn run(
    args: &Up,
    interrupt: &Interrupt,
    cloud: &Cloud,
    mut site: Site,
    plan: &Plan,
) -> Result<u8, Failure> {
    let (path, journal) = (&args.of.journal, journal::open(&args.of).await?);
    // The journal is to remember the region that was found, not where it was looked for.
    site.region.clone_from(&cloud.region);
    if args.of.format == Format::Text {
        say(format_args!("on {}", cloud.identity));
    }
    let progress = Progress::new(args.of.format, site.backend == Backend::Mock);
    let engine = cloud
        .engine(journal.clone(), progress.clone(), args.seed)
        .cancel(interrupt.cancel())
        .on_failure(match args.on_failure {
            OnFailure::Undo => hopper_core::OnFailure::Undo,
            OnFailure::Keep => hopper_core::OnFailure::Keep,
        })
        .replace(match args.replace.iter().any(|step| step == "all") {
            true => Replace::Any,
            false => args.replace.iter().cloned().collect(),
        });
    let engine = args.lease.of(engine);
    let engine = match site.recipe {
        Recipe::Cluster | Recipe::Chapter => keys::seal_always(engine, &args.of)?,
        Recipe::NodeImage | Recipe::ChapterMachines => keys::seal(engine, &args.of)?,
    };
    let ran = site.remembered(engine).run(plan).await;
    progress.finish();
    let report = match ran {
        Ok(report) => report,
        Err(error) => return Err(Failure::of(&journal, error).await),
    };
    Summary::of(&report, cloud, 0).print(args.of.format);
    match (report.outcome, args.of.format) {
        (Outcome::Done, Format::Json) => (),
        (Outcome::Done, Format::Text) => say(format_args!(
            "up: {} steps done in {}; {} compares it with the record, {} takes it down",
            report.steps.len(),
            cloud.took(&report),
            command("check", path),
            command("down", path),
        )),
        (_, format) => say_what_next(format, &report, path, true),
    }
    Ok(exit_code(&report, Outcome::Done, interrupt.came()))
}
