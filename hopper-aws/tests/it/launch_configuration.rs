//! Launch configurations.

use crate::ground::{self, drift, output, stranger};
use hopper_aws::{autoscaling::LaunchConfiguration, ec2::UserData, testing::Stage};
use hopper_core::{
    MemoryJournal, Outcome, Secret, Workflow, testing::Lab as _, testing::on_paused_time,
};
use hopper_mock::{Switches, Visibility};
use std::time::Duration;

const CHANGES: [&str; 2] =
    ["autoscaling:CreateLaunchConfiguration", "autoscaling:DeleteLaunchConfiguration"];

fn configuration(w: &Workflow, user_data: Option<UserData>) -> LaunchConfiguration {
    let vpc = ground::vpc(w);
    LaunchConfiguration {
        name: "nodes".to_owned(),
        image: ground::image(w),
        instance_type: "t2.medium".to_owned(),
        key_name: None.into(),
        security_groups: vec![ground::group(w, "k8s-nodes", &vpc)],
        profile: None,
        user_data,
        public_address: false,
    }
}

fn recipe(w: &Workflow) {
    let nodes = configuration(w, Some("#!/bin/sh\nkubeadm join\n".into()));
    w.step("nodes").does(nodes);
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    Stage::new(recipe).visibility(Visibility::Fixed(Duration::from_secs(8))).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&CHANGES);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&CHANGES);
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let (name, group) = (output(report, "nodes", "name"), output(report, "k8s-nodes", "id"));
        let world = mock.world();
        let nodes = &world.autoscaling.launch_configurations[&name];
        assert_eq!(nodes.associate_public_ip_address, Some(false));
        assert_eq!(nodes.user_data.as_deref(), Some("IyEvYmluL3NoCmt1YmVhZG0gam9pbgo="));
        // Nobody can change one, but for deleting it and making another.
        let taken = nodes.clone();
        mock.edit(|world| {
            let nodes = world.autoscaling.launch_configurations.get_mut(&name).unwrap();
            nodes.instance_type = "t2.large".to_owned();
            nodes.key_name = Some("theirs".to_owned());
            nodes.security_groups.clear();
            nodes.associate_public_ip_address = Some(true);
            nodes.iam_instance_profile = Some("K8sNode".to_owned());
            nodes.user_data = Some("IyEvYmluL3NoCnJlYm9vdAo=".to_owned());
        });
        insta::assert_snapshot!(drift(engine, &[(&group, "group")]).await, @r"
        nodes (aws.autoscaling.launch_configuration)
          instanceType: recorded t2.medium, actual t2.large
          keyName: recorded none, actual theirs
          securityGroups: recorded [group], actual none
          iamInstanceProfile: recorded none, actual K8sNode
          associatePublicIpAddress: recorded false, actual true
          userData: recorded line 2 `kubeadm join`, actual another
        ");
        mock.edit(|world| {
            world.autoscaling.launch_configurations.remove(&name);
        });
        assert_eq!(
            drift(engine, &[(&name, "nodes")]).await,
            "nodes (aws.autoscaling.launch_configuration)\n  [nodes] is gone"
        );
        mock.edit(|world| world.autoscaling.launch_configurations.insert(name, taken));
    });
}

/// It reaches AWS, and nothing else.
#[test]
fn secret_user_data_is_seen_by_aws_alone() {
    let recipe = |w: &Workflow| {
        let nodes = configuration(w, Some(Secret::new("kubeadm join --token t0k3n".into()).into()));
        w.step("nodes").does(nodes);
    };
    let run = Stage::new(recipe).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let world = run.mock().world();
    let nodes = world.autoscaling.launch_configurations.values().next().unwrap();
    assert_eq!(nodes.user_data.as_deref(), Some("a3ViZWFkbSBqb2luIC0tdG9rZW4gdDBrM24="));
    assert_eq!(run.check(), []);
    let records = format!("{:?} {}", run.journal().entries(), run.report());
    assert!(!records.contains("t0k3n") && !records.contains("a3ViZWFkb"), "{records}");
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

#[test]
fn where_they_are_no_longer_made_it_says_what_to_use() {
    let switches = || Switches { no_launch_configurations: true, ..Switches::default() };
    let run = Stage::new(recipe).in_world(move |world| world.switches(switches())).up();
    let report = run.report();
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let error = report.errors[0].1.to_string();
    assert!(error.ends_with("; use a launch template"), "{error}");
}

/// What uses it is told while it is waited for, and in the end.
#[test]
fn a_group_that_uses_it_is_named() {
    let stage = Stage::new(recipe).given(|mock| drop(ground::foreign_subnet(mock)));
    let mock = stage.world();
    let subnet = mock.world().ec2.subnets.keys().next().unwrap().clone();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let name = output(&report, "nodes", "name");
        let theirs = [
            ("AutoScalingGroupName", "theirs"),
            ("LaunchConfigurationName", &*name),
            ("MinSize", "0"),
            ("MaxSize", "0"),
            ("VPCZoneIdentifier", &*subnet),
        ];
        stranger(&mock, "autoscaling:CreateAutoScalingGroup", "RequestId", &theirs);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let error = report.errors[0].1.to_string();
        assert!(error.contains("ResourceInUse") && error.contains("theirs"), "{error}");
        let group = [("AutoScalingGroupName", "theirs")];
        stranger(&mock, "autoscaling:DeleteAutoScalingGroup", "RequestId", &group);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}
