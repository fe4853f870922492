//! A recipe and what a snapshot test of it pins: its plan, its calls and its report.
//!
//! ```text
//! cargo run --example snapshots
//! ```
//!
//! The same recipe and seed give the same bytes, so a test can compare them with a file that was
//! looked at once: `tests/snapshots.rs` does. A change of the recipe then shows in the review as
//! what it changes on AWS.

use hopper_aws::{Aws, Cidr, Tags, ec2};
use hopper_core::{Clock, MemoryJournal, Plan, Report, prelude::*};
use hopper_mock::{Calls, Mock};

/// A network with a way out.
pub(crate) fn recipe(w: &Workflow) -> anyhow::Result<()> {
    let range: Cidr = "10.0.0.0/16".parse()?;
    let vpc = w.step("vpc").does(ec2::Vpc {
        cidr: range.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: Tags::named("snapshots"),
    });
    for (zone, cidr) in ["a", "b"].into_iter().zip(range.subnets(20)?) {
        w.step(format!("subnet-{zone}")).does(ec2::Subnet {
            vpc: vpc.id(),
            zone: format!("eu-west-1{zone}").into(),
            cidr: cidr.into(),
            tags: Tags::named(format!("snapshots-{zone}")),
        });
    }
    w.step("gateway").does(ec2::InternetGateway { vpc: vpc.id(), tags: Tags::named("snapshots") });
    Ok(())
}

/// The plan: what would be done, and in which order. It needs no runtime and nobody to ask.
pub(crate) fn plan() -> anyhow::Result<Plan> {
    let w = Workflow::new("snapshots");
    recipe(&w)?;
    Ok(w.plan()?)
}

/// What a run of the plan came to, and the calls it made. It needs paused time.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<(Report, Calls)> {
    let mock = Mock::builder().seed(1).build();
    let time = mock.clone();
    let engine = Engine::new(MemoryJournal::default())
        .env(Aws::new(&mock.sdk_config()))
        .clock(Clock::new(move || time.now().into()))
        .seed(1);
    Ok((engine.run(plan).await?, mock.calls()))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> anyhow::Result<()> {
    let plan = plan()?;
    println!("{plan}");
    let (report, calls) = run(&plan).await?;
    println!("{calls}\n{report}");
    Ok(())
}
