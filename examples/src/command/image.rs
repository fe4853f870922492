//! `hopper image`: the images that nodes start from.

use crate::{
    args::{Format, Image, ImageCommand, Of, Target},
    cloud::{Cloud, WorldFile},
    failure::{Failure, code},
    interrupt::Interrupt,
    journal,
    node_image::{Making, journal_of},
    out::say,
    recipe::{Recipe, Settings},
    runtime,
    site::{Backend, Site},
};
use hopper_core::Ledger;
use serde_json::json;

/// Makes, lists or removes images that nodes start from.
///
/// # Errors
///
/// When the command line, the settings or the journal are wrong, or nobody answers.
pub fn image(args: &Image, interrupt: &Interrupt) -> Result<u8, Failure> {
    match &args.command {
        ImageCommand::Make { target, of, seed } => make(target, of, *seed, interrupt),
        ImageCommand::List { target, of } => list(target, of),
        ImageCommand::Remove { name, of } => remove(name, of, interrupt),
    }
}

fn make(target: &Target, of: &Of, seed: Option<u64>, interrupt: &Interrupt) -> Result<u8, Failure> {
    let (ledger, site) = site(target, of)?;
    let settings = site.settings(target.choice.config.as_deref())?;
    let Settings::Cluster(cluster) = &settings else {
        return Err(Failure::usage("only a cluster has such an image"));
    };
    let name = cluster.node_image_name().map_err(Failure::usage)?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&of.journal);
        let cloud = Cloud::open(&site, &ledger, world, seed, &of.identities).await?;
        settings.fit(cloud.region.as_deref())?;
        let journal = journal::open(&journal_of(of, &name)).await?;
        let (format, site) = (of.format, Site { region: cloud.region.clone(), ..site.clone() });
        Making { cloud: &cloud, site, journal, format, interrupt, seed }.ensure(cluster).await
    })
}

fn list(target: &Target, of: &Of) -> Result<u8, Failure> {
    let (ledger, site) = site(target, of)?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&of.journal).read_only();
        let cloud = Cloud::open(&site, &ledger, world, None, &of.identities).await?;
        for image in cloud.node_images().await.map_err(Failure::failed)? {
            let (name, id, state, created) = (image.name, image.id, image.state, image.created);
            match of.format {
                Format::Text => say(format_args!("{name}  {id}  {state}  {created}")),
                Format::Json => say(json!({
                    "event": "image", "name": name, "id": id, "state": state, "created": created,
                })),
            }
        }
        Ok(code::DONE)
    })
}

fn remove(name: &str, of: &Of, interrupt: &Interrupt) -> Result<u8, Failure> {
    let of = journal_of(of, name);
    let (ledger, site) = journal::run(&of)?;
    runtime::run(site.backend, async {
        let world = WorldFile::beside(&of.journal);
        let cloud = Cloud::open(&site, &ledger, world, None, &of.identities).await?;
        let (journal, format) = (journal::open(&of).await?, of.format);
        Making { cloud: &cloud, site, journal, format, interrupt, seed: None }.remove(name).await
    })
}

/// Where the cluster of this journal is, or is to be.
fn site(target: &Target, of: &Of) -> Result<(Ledger, Site), Failure> {
    let ledger = journal::ledger(of)?;
    let before = Site::of(&ledger)?;
    let site = Site::chosen(target, of, before)?;
    let is_chapter = matches!(site.recipe, Recipe::Chapter | Recipe::ChapterMachines);
    if site.backend == Backend::Mock && is_chapter {
        return Err(Failure::usage("the chapter's image belongs to its run: see `hopper status`"));
    }
    Ok((ledger, site))
}
