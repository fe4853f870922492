//! `hopper demo`: everything up, checked and down again, on the simulator.

use super::check;
use crate::{
    args::{Demo, Format},
    cloud::Cloud,
    failure::{Failure, code},
    interrupt::Interrupt,
    node_image::Making,
    out::say,
    progress::Progress,
    recipe::{Recipe, Settings},
    runtime,
    site::{Backend, Site},
    summary::{Summary, exit_code},
};
use hopper_core::{Engine, Journal as _, Ledger, MemoryJournal, Outcome};
use hopper_mock::Mock;
use serde_json::json;
use std::sync::Arc;

/// Brings everything up on a simulator in memory, checks it, takes it down, and says what is
/// left.
///
/// # Errors
///
/// When it could not be done.
pub fn demo(args: &Demo, interrupt: &Interrupt) -> Result<u8, Failure> {
    runtime::run(Backend::Mock, run(args, interrupt))
}

async fn run(args: &Demo, interrupt: &Interrupt) -> Result<u8, Failure> {
    let mock = Mock::builder().seed(args.seed).build();
    let cloud = Cloud::simulated(mock.clone(), Vec::new());
    let site = Site::default();
    let settings = site.settings(None)?;
    let Settings::Cluster(cluster) = &settings else {
        return Err(Failure::usage("the demo is of a cluster"));
    };
    let plan = Recipe::Cluster.plan(&settings)?;
    let (images, journal) = (MemoryJournal::default(), MemoryJournal::default());
    let making = Making {
        cloud: &cloud,
        site,
        journal: Arc::new(images),
        format: args.format,
        interrupt,
        seed: Some(args.seed),
    };
    title(args.format, "the image that nodes start from, on a simulator of AWS in virtual time");
    let code = making.ensure(cluster).await?;
    if code != code::DONE {
        return Ok(code);
    }
    let code = {
        let up = Progress::new(args.format, true);
        let engine = cloud.engine(journal.clone(), up.clone(), Some(args.seed));
        let engine = engine.cancel(interrupt.cancel());
        title(args.format, "up");
        let before = cloud.n_calls();
        let report = engine.run(&plan).await.map_err(Failure::failed)?;
        up.finish();
        Summary::of(&report, &cloud, before).print(args.format);
        match exit_code(&report, Outcome::Done, interrupt.came()) {
            code::DONE => down(args, interrupt, &cloud, &engine, &journal).await?,
            code => code,
        }
    };
    let left = mock.world().leftovers();
    if args.format == Format::Text {
        left.iter().for_each(|left| say(format_args!("left: {left}")));
    }
    title(args.format, "and the image");
    let name = cluster.node_image_name().map_err(Failure::usage)?;
    let code = match (code, making.remove(&name).await?) {
        (code::DONE, code) | (code, _) => code,
    };
    let left = mock.world().leftovers();
    match args.format {
        Format::Text => {
            left.iter().for_each(|left| say(format_args!("left: {left}")));
            say(format_args!("{} left", left.len()));
        }
        Format::Json => say(json!({ "event": "end", "left": left })),
    }
    Ok(if code == code::DONE && !left.is_empty() { code::LEFT } else { code })
}

async fn down(
    args: &Demo,
    interrupt: &Interrupt,
    cloud: &Cloud,
    engine: &Engine,
    journal: &MemoryJournal,
) -> Result<u8, Failure> {
    title(args.format, "check");
    let differing = engine.check().await.map_err(Failure::failed)?;
    check::print(args.format, &Ledger::of(&journal.read().await?), &differing);
    title(args.format, "down, in the right order");
    let down = Progress::new(args.format, true);
    let engine = cloud.engine(journal.clone(), down.clone(), Some(args.seed));
    let before = cloud.n_calls();
    let report = engine.cancel(interrupt.cancel()).undo().await.map_err(Failure::failed)?;
    down.finish();
    Summary::of(&report, cloud, before).print(args.format);
    Ok(match exit_code(&report, Outcome::Undone, interrupt.came()) {
        code::DONE => check::exit_code(&differing),
        code => code,
    })
}

fn title(format: Format, title: &str) {
    if format == Format::Text {
        say(format_args!("== {title}"));
    }
}
