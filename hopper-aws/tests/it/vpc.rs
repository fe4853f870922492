use hopper_aws::{Tags, ec2::Vpc, testing::Stage};
use hopper_core::{
    MemoryJournal, Outcome, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Visibility;
use std::time::Duration;

fn recipe(w: &Workflow) {
    w.step("vpc").does(Vpc {
        cidr: "10.0.0.0/16".parse::<hopper_aws::Cidr>().unwrap().into(),
        dns_support: true,
        dns_hostnames: true,
        tags: Tags::named("hopper"),
    });
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(recipe).visibility(visibility).endure();
}

#[test]
fn is_tagged_and_compared() {
    Stage::new(recipe).tags(Tags::new().with("team", "blue")).up_and_down(
        async |mock, engine, _| {
            assert!(engine.check().await.unwrap().is_empty());
            mock.edit(|world| {
                let vpc = world.ec2.vpcs.values_mut().next().unwrap();
                vpc.enable_dns_hostnames = false;
                vpc.tags.insert("Name".to_owned(), "other".to_owned());
                vpc.tags.remove("team");
            });
            let drift = engine.check().await.unwrap();
            insta::assert_snapshot!(drift[0], @r"
        vpc (aws.ec2.vpc)
          enableDnsHostnames: recorded true, actual false
          tags.Name: recorded hopper, actual other
          tags.team: recorded blue, actual none
        ");
        },
    );
}

#[test]
fn a_lost_reply_leaves_one() {
    for visibility in [Visibility::Off, Visibility::Fixed(Duration::from_secs(8))] {
        let stage = Stage::new(recipe).visibility(visibility);
        let mock = stage.world();
        mock.fail("CreateVpc").lose_reply();
        on_paused_time(async {
            let engine = stage.engine(&mock, MemoryJournal::default());
            let report = engine.run(&stage.plan()).await.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{report}");
        });
        // It was found without its attributes, and gone on with.
        assert_eq!(mock.world().ec2.vpcs.len(), 1);
        assert_eq!(mock.calls().count_by_operation().get("CreateVpc"), Some(&1));
    }
}
