//! `hopper down`: takes down what the journal says was made.

use super::kubeconfig;
use crate::{
    args::{Down, Format},
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    node_image::{self, Making},
    out::say,
    progress::Progress,
    recipe::Recipe,
    runtime,
    site::{Backend, Site},
    summary::{Summary, command, exit_code, say_what_next},
};
use hopper_core::{Ledger, Outcome};

/// Takes down what the journal says was, or may have been, made.
///
/// # Errors
///
/// When nothing was begun: the journal is wrong, or nobody answers.
pub fn down(args: &Down, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = match journal::run(&args.of) {
        Ok(found) => found,
        Err(why) => return only_images(args, interrupt, why),
    };
    runtime::run(site.backend, run(args, interrupt, &ledger, &site))
}

async fn run(
    args: &Down,
    interrupt: &Interrupt,
    ledger: &Ledger,
    site: &Site,
) -> Result<u8, Failure> {
    let (path, journal) = (&args.of.journal, journal::open(&args.of).await?);
    let cloud =
        Cloud::open(site, ledger, WorldFile::beside(path), None, &args.of.identities).await?;
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
    let code = exit_code(&report, Outcome::Undone, interrupt.came());
    if code == code::DONE {
        kubeconfig::say_what_is_left(&args.of, ledger);
    }
    match code == code::DONE && site.recipe == Recipe::Cluster {
        true => images(args, interrupt, &cloud, site).await,
        false => Ok(code),
    }
}

/// Takes down the images that were made beside the cluster's journal, or says that they are kept.
async fn images(
    args: &Down,
    interrupt: &Interrupt,
    cloud: &Cloud,
    site: &Site,
) -> Result<u8, Failure> {
    let mut code = code::DONE;
    for image in node_image::beside(&args.of)? {
        let of = node_image::journal_of(&args.of, &image);
        let journal = journal::open(&of).await?;
        let (format, site) = (args.of.format, site.clone());
        let making = Making { cloud, site, journal, format, interrupt, seed: None };
        let (ended, is_kept) = making.settle(&image, args.image).await?;
        code = code.max(ended);
        if is_kept && format == Format::Text {
            let path = &args.of.journal;
            let all = command("down --image", path);
            let one = command(&format!("image remove {image}"), path);
            say(format_args!(
                "kept the image {image} for the next cluster: {all} takes it too, or {one}"
            ));
        }
    }
    Ok(code)
}

/// Takes down what is left of images that were being made when there was no cluster yet.
fn only_images(args: &Down, interrupt: &Interrupt, why: Failure) -> Result<u8, Failure> {
    let Some(image) = node_image::beside(&args.of)?.into_iter().next() else { return Err(why) };
    let (ledger, site) = journal::run(&node_image::journal_of(&args.of, &image))?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&args.of.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &args.of.identities).await?;
        images(args, interrupt, &cloud, &site).await
    })
}
