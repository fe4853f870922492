//! A recipe of one's own, with a step of one's own.
//!
//! ```text
//! cargo run --example own_step
//! ```
//!
//! The step makes a real call of AWS's SDK, here to the simulator. `tests/it/own_step.rs` proves
//! that it survives failures, repetitions and crashes everywhere.

use aws_sdk_ec2::types::AttributeBooleanValue;
use hopper_aws::{
    Aws, Cidr, SubnetId, Tags, ec2,
    kit::{Comparison, act, read},
};
use hopper_core::{MemoryJournal, Outcome, prelude::*};
use hopper_mock::Mock;
use serde::{Deserialize, Serialize};

/// Lets whatever starts in a subnet have a public address.
///
/// A step is a plain struct. A field that may come from another step is an `Input`.
#[derive(Serialize, Deserialize)]
struct PublicByDefault {
    subnet: Input<SubnetId>,
}

impl Step for PublicByDefault {
    // Journals keep this name: it stays when the struct is renamed.
    const KIND: &'static str = "example.public_by_default";
    // When a reply was lost: the call may be made again, and so may the one that undoes it. A
    // step that makes a *new* thing keeps the default, and `find` looks for it by its token.
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws; // what it acts with
    type Output = (); // what it gives to other steps

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        self.set(aws, cx, true).await
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        match self.set(aws, cx, false).await {
            // What is already gone is success.
            Err(error) if error.code() == Some("InvalidSubnetID.NotFound") => Ok(()),
            set => set,
        }
    }

    async fn check(&self, aws: &Aws, cx: &Cx, (): &()) -> Result<Vec<Drift>, StepError> {
        let call = aws.ec2().describe_subnets().subnet_ids(cx.get(&self.subnet).as_str());
        let reply = read(aws, cx, "DescribeSubnets", || call.clone().send()).await?;
        let is = reply.subnets().first().and_then(|subnet| subnet.map_public_ip_on_launch());
        Ok(Comparison::new().optional("mapPublicIpOnLaunch", true, is).drift())
    }
}

impl PublicByDefault {
    async fn set(&self, aws: &Aws, cx: &Cx, public: bool) -> Result<(), StepError> {
        let value = AttributeBooleanValue::builder().value(public).build();
        let call = aws.ec2().modify_subnet_attribute().subnet_id(cx.get(&self.subnet).as_str());
        let call = call.map_public_ip_on_launch(value);
        // `act` makes errors that the engine understands: which to try again, what to do.
        act(aws, cx, "ModifySubnetAttribute", || call.clone().send()).await.map(drop)
    }
}

/// The recipe: steps of the library and our own, side by side.
pub(crate) fn recipe(w: &Workflow) -> anyhow::Result<Input<SubnetId>> {
    let vpc = w.step("vpc").does(ec2::Vpc {
        cidr: "10.0.0.0/16".parse::<Cidr>()?.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: Tags::named("own"),
    });
    let subnet = w.step("subnet").does(ec2::Subnet {
        vpc: vpc.id(),
        zone: "eu-west-1a".into(),
        cidr: "10.0.0.0/20".parse::<Cidr>()?.into(),
        tags: Tags::named("own-public"),
    });
    let public = w.step("public").does(PublicByDefault { subnet: subnet.id() });
    // Whoever uses this id waits for our step too, without knowing of it.
    Ok(subnet.id().once(&public))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> anyhow::Result<()> {
    let w = Workflow::new("own");
    recipe(&w)?;
    let plan = w.plan()?;
    println!("{plan}");

    let mock = Mock::builder().seed(1).build();
    let engine = Engine::new(MemoryJournal::default())
        .env(Aws::new(&mock.sdk_config()))
        // The library's steps, and ours: without it `undo` would not know the kind.
        .registry(hopper_aws::registry().with::<PublicByDefault>())
        .seed(1);
    let report = engine.run(&plan).await?;
    anyhow::ensure!(report.outcome == Outcome::Done, "not done:\n{report}");
    print!("{report}");
    anyhow::ensure!(engine.check().await?.is_empty(), "something differs");

    let report = engine.undo().await?;
    anyhow::ensure!(report.outcome == Outcome::Undone, "not undone:\n{report}");
    print!("{}", mock.calls());
    println!("{} left", mock.world().leftovers().len());
    Ok(())
}
