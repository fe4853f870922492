//! Strays: what no journal answers for is told, and nothing else.

use crate::ground::{foreign_subnet, stranger};
use hopper_aws::{Aws, recipes, settings::ChapterSettings, sweep::strays, testing::Stage};
use hopper_core::{Ledger, Outcome};
use std::collections::BTreeSet;

#[test]
fn a_run_whose_journal_is_lost_is_told_and_nobody_elses_things_are() {
    let run =
        Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()))
            .up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    foreign_subnet(run.mock());
    let aws = Aws::new(&run.mock().sdk_config());
    let entries = run.journal().entries();
    let ledger = Ledger::of(&entries);

    let none = run.wait(strays(&aws, &[&ledger])).unwrap();
    assert!(none.is_empty(), "{none:?}");

    let all = run.wait(strays(&aws, &[])).unwrap();
    let told: BTreeSet<&str> = all.iter().map(|stray| stray.kind.as_str()).collect();
    let tagged = [
        "aws.autoscaling.auto_scaling_group",
        "aws.ec2.address",
        "aws.ec2.image",
        "aws.ec2.instance",
        "aws.ec2.internet_gateway",
        "aws.ec2.key_pair",
        "aws.ec2.nat_gateway",
        "aws.ec2.route_table",
        "aws.ec2.security_group",
        "aws.ec2.subnet",
        "aws.ec2.vpc",
        "aws.iam.instance_profile",
        "aws.iam.role",
    ];
    let made: BTreeSet<&str> = run.report().steps.iter().map(|step| step.kind.as_str()).collect();
    for kind in tagged.iter().filter(|kind| made.contains(*kind)) {
        assert!(told.contains(kind), "no {kind} in {told:?}");
    }
    assert!(all.iter().all(|stray| stray.run == run.report().run && !stray.token.is_empty()));
    assert!(all.iter().all(|stray| stray.why.starts_with("no journal given has run")));
}

#[test]
fn what_the_journal_has_no_more_is_told_with_why() {
    let run =
        Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()))
            .up();
    let ledger = Ledger::of(&run.journal().entries());
    let (id, token) = {
        let account = ledger.get("network/vpc").unwrap();
        (ledger.run().unwrap().run.clone(), account.started.token.to_string())
    };
    let vpc = stranger(run.mock(), "CreateVpc", "vpc/vpcId", &[("CidrBlock", "10.9.0.0/16")]);
    let tag = |step: &str, token: &str| {
        let tags = [
            ("ResourceId.1", &*vpc),
            ("Tag.1.Key", "hopper:run"),
            ("Tag.1.Value", &id),
            ("Tag.2.Key", "hopper:step"),
            ("Tag.2.Value", step),
            ("Tag.3.Key", "hopper:token"),
            ("Tag.3.Value", token),
        ];
        stranger(run.mock(), "CreateTags", "return", &tags);
    };
    let aws = Aws::new(&run.mock().sdk_config());
    let told = || {
        let all = run.wait(strays(&aws, &[&ledger])).unwrap();
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").replace(&vpc, "[vpc]")
    };
    tag("network/vpc", "another");
    assert_eq!(
        told(),
        "aws.ec2.vpc [vpc] of step network/vpc: it was made under another token than the journal's"
    );
    tag("gone", "another");
    assert_eq!(told(), "aws.ec2.vpc [vpc] of step gone: the journal has no such step");
    tag("network/vpc", &token);
    assert_eq!(told(), "");
}
