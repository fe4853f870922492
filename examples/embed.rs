//! The engine inside a program of one's own, with an observer of one's own.
//!
//! ```text
//! cargo run --example embed
//! ```
//!
//! A program has a recipe, a journal and something that listens. Here it acts on the simulator,
//! in virtual time; with `hopper_aws::Connect` in place of the mock it would act on AWS.

use hopper_aws::{Aws, Cidr, SubnetId, Tags, ec2};
use hopper_core::{Clock, Event, MemoryJournal, Outcome, prelude::*};
use hopper_mock::Mock;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A recipe is an ordinary function. What it gives back can be read after the run.
fn recipe(w: &Workflow) -> anyhow::Result<Input<SubnetId>> {
    let vpc = w.step("vpc").does(ec2::Vpc {
        cidr: "10.0.0.0/16".parse::<Cidr>()?.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: Tags::named("embedded"),
    });
    // `vpc.id()` stands for an id that nobody knows yet; it is also what orders the two steps.
    let subnet = w.step("subnet").does(ec2::Subnet {
        vpc: vpc.id(),
        zone: "eu-west-1a".into(),
        cidr: "10.0.0.0/20".parse::<Cidr>()?.into(),
        tags: Tags::named("embedded-a"),
    });
    Ok(subnet.id())
}

// Virtual time needs tokio's clock to stand still while somebody works.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> anyhow::Result<()> {
    let w = Workflow::new("embedded");
    let subnet = recipe(&w)?;
    let plan = w.plan()?; // every mistake in the recipe at once, each with file and line

    let mock = Mock::builder().seed(1).build();
    let time = mock.clone();

    // Any `Fn(Duration, &Event)` observes: a gauge, a log, a web page. It must not block.
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = ended.clone();
    let observer = move |at: Duration, event: &Event| {
        if let Event::Done { step } | Event::Undone { step } = event {
            let n = counter.fetch_add(1, Ordering::Relaxed) + 1;
            println!("{:>5.1} s  {n} ended, the last was {step}", at.as_secs_f64());
        }
    };

    // `FileJournal::new("my.journal")` would let another process go on, or take it down.
    let engine = Engine::new(MemoryJournal::default())
        .env(Aws::new(&mock.sdk_config())) // what the steps act with
        .registry(hopper_aws::registry()) // what `undo` finds steps in: it needs no recipe
        .clock(Clock::new(move || time.now().into()))
        .seed(1)
        .observe(observer);

    let report = engine.run(&plan).await?;
    anyhow::ensure!(report.outcome == Outcome::Done, "not done:\n{report}");
    if let Some(id) = report.get(&subnet) {
        println!("the subnet is {id}");
    }

    let report = engine.undo().await?;
    anyhow::ensure!(report.outcome == Outcome::Undone, "not undone:\n{report}");
    println!(
        "{} steps ended, {} left",
        ended.load(Ordering::Relaxed),
        mock.world().leftovers().len()
    );
    Ok(())
}
