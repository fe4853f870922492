//! A recipe and what a snapshot test of it pins: its plan, its calls and its report.
//!
//! ```text
//! cargo run --example snapshots
//! ```
//!
//! The same recipe and seed give the same bytes, so a test can compare them with a file that was
//! looked at once: `tests/snapshots.rs` does. A change of the recipe then shows in the review as
//! what it changes on AWS.

use hopper_aws::{Cidr, Tags, ec2, testing::Stage};
use hopper_core::prelude::*;

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

/// The recipe, and a simulated AWS to play it in.
#[expect(clippy::expect_used, reason = "a test cannot go on")]
pub(crate) fn stage() -> Stage {
    Stage::new(|w| recipe(w).expect("the ranges are right")).named("snapshots")
}

fn main() {
    let stage = stage();
    println!("{}", stage.plan());
    let run = stage.up();
    println!("{}\n{}", run.calls(), run.report());
    run.down();
}
