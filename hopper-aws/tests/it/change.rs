//! Steps that change in place.

use crate::ground;
use hopper_aws::{
    Cidr, Tags,
    autoscaling::{AutoScalingGroup, LaunchSource},
    ec2::{LaunchTemplate, Subnet, Vpc},
    testing::Stage,
};
use hopper_core::{
    Difference, How, Ledger, MemoryJournal, Outcome, Workflow,
    testing::{Lab as _, change_everywhere, on_paused_time},
};
use hopper_mock::Mock;
use std::time::Duration;

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn network(names: bool, tags: &Tags, private: &str) -> impl Fn(&Workflow) + use<> {
    let (tags, private) = (tags.clone(), private.to_owned());
    move |w: &Workflow| {
        let vpc = w.step("vpc").does(Vpc {
            cidr: cidr("10.0.0.0/16").into(),
            dns_support: names,
            dns_hostnames: names,
            tags: tags.clone(),
        });
        w.step("private").does(Subnet {
            vpc: vpc.id(),
            zone: "eu-west-1a".into(),
            cidr: cidr(&private).into(),
            tags: Tags::named("private"),
        });
    }
}

/// Runs one recipe and then the other, gives the names of the calls that changed something, and
/// takes everything down.
pub(crate) fn calls_of_change(old: &Stage, new: &Stage, after: impl Fn(&Mock)) -> Vec<String> {
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        let report = new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let before = mock.calls().len();
        let report = new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let calls = mock.calls();
        let calls = calls.iter().skip(before).map(|call| call.operation.clone());
        let calls = calls.filter(|name| !name.contains("Describe")).collect();
        after(&mock);
        let engine = new.engine(&mock, journal.clone());
        assert_eq!(engine.check().await.unwrap(), []);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(new.leftovers(&mock), [""; 0]);
        calls
    })
}

#[test]
fn a_vpc_changes_its_tags_and_attributes() {
    let one = Tags::named("one").with("old", "yes");
    let two = Tags::named("two").with("new", "yes");
    let tags = |mock: &Mock, expected: &[(&str, Option<&str>)]| {
        let world = mock.world();
        let vpc = world.ec2.vpcs.values().find(|vpc| vpc.tags.contains_key("hopper:run")).unwrap();
        for (key, value) in expected {
            assert_eq!(vpc.tags.get(*key).map(String::as_str), *value, "{key}");
        }
    };
    let on = Stage::new(network(true, &one, "10.0.0.0/20"));
    let off = Stage::new(network(false, &two, "10.0.0.0/20"));
    let calls = calls_of_change(&on, &off, |mock| {
        tags(mock, &[("Name", Some("two")), ("new", Some("yes")), ("old", None)]);
    });
    assert_eq!(calls, ["ModifyVpcAttribute", "ModifyVpcAttribute", "DeleteTags", "CreateTags"]);
    let calls = calls_of_change(&off, &on, |mock| {
        tags(mock, &[("Name", Some("one")), ("new", None), ("old", Some("yes"))]);
    });
    assert_eq!(calls, ["ModifyVpcAttribute", "ModifyVpcAttribute", "DeleteTags", "CreateTags"]);
}

/// What somebody has put there, or changed, is not taken away.
#[test]
fn tags_of_others_stay() {
    let old = Stage::new(network(true, &Tags::named("one").with("theirs", "no"), "10.0.0.0/20"));
    let new = Stage::new(network(true, &Tags::named("two"), "10.0.0.0/20"));
    let (mock, journal) = (new.world(), MemoryJournal::default());
    on_paused_time(async {
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        mock.edit(|world| {
            for vpc in world.ec2.vpcs.values_mut() {
                vpc.tags.insert("theirs".to_owned(), "yes".to_owned());
                vpc.tags.insert("more".to_owned(), "yes".to_owned());
            }
        });
        new.engine(&mock, journal.clone()).run(&new.plan()).await.unwrap();
        let world = mock.world();
        let vpc = world.ec2.vpcs.values().find(|vpc| vpc.tags["Name"] == "two").unwrap();
        assert_eq!((&*vpc.tags["theirs"], &*vpc.tags["more"]), ("yes", "yes"));
        new.engine(&mock, journal.clone()).undo().await.unwrap();
    });
}

/// In place and replaced, with a crash after every record.
#[test]
fn a_change_survives_every_crash() {
    let old = Stage::new(network(true, &Tags::named("one").with("old", "yes"), "10.0.0.0/20"));
    let new = Stage::new(network(false, &Tags::named("two"), "10.0.16.0/20"));
    let plan = new.plan();
    let diff = on_paused_time(async {
        let (mock, journal) = (new.world(), MemoryJournal::default());
        new.engine(&mock, journal.clone()).run(&old.plan()).await.unwrap();
        plan.diff(&Ledger::of(&journal.entries()))
    });
    let how = |step: &str| match &diff.get(step).unwrap().is {
        Difference::Changed { how, .. } => how.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((how("vpc"), how("private")), (How::InPlace, How::Replacement));
    assert!(8 < change_everywhere(&old, &new));
}

fn nodes(desired: u16, tags: Tags) -> impl Fn(&Workflow) {
    move |w: &Workflow| {
        let vpc = ground::vpc(w);
        let subnet = ground::subnet(w, &vpc);
        let template = LaunchTemplate {
            security_groups: vec![ground::group(w, "k8s-nodes", &vpc)],
            ..LaunchTemplate::new("nodes", ground::image(w), "t3.medium")
        };
        let template = w.step("template").does(template);
        w.step("nodes").does(AutoScalingGroup {
            name: "hopper-nodes".to_owned(),
            min: 1,
            max: desired,
            desired,
            subnets: vec![subnet.id()],
            launch: LaunchSource::Template { id: template.id(), version: template.version() },
            health_check_grace: Duration::from_secs(300),
            tags: tags.clone(),
        });
    }
}

#[test]
fn a_group_grows_and_shrinks() {
    let small = Stage::new(nodes(1, Tags::named("node").with("old", "yes")));
    let large = Stage::new(nodes(3, Tags::named("node").with("new", "yes")));
    let n_running = |mock: &Mock, n: usize| {
        let world = mock.world();
        let running = world.ec2.instances.values();
        let running = running.filter(|i| i.state == hopper_mock::ec2::InstanceState::Running);
        assert_eq!(running.count(), n);
    };
    let calls = calls_of_change(&small, &large, |mock| n_running(mock, 3));
    assert_eq!(calls, ["UpdateAutoScalingGroup", "DeleteTags", "CreateOrUpdateTags"]);
    let calls = calls_of_change(&large, &small, |mock| n_running(mock, 1));
    assert_eq!(calls, ["UpdateAutoScalingGroup", "DeleteTags", "CreateOrUpdateTags"]);
    // Instances that run keep the tags they were launched with, so only the sizes differ here.
    let large = Stage::new(nodes(3, Tags::named("node").with("old", "yes")));
    assert!(4 < change_everywhere(&large, &small));
}
