//! Auto Scaling groups.

use crate::{
    ground::{self, drift, output, stranger},
    iam::{profile, role},
};
use hopper_aws::{
    SecurityGroupId, Tags,
    autoscaling::{AutoScalingGroup, LaunchConfiguration, LaunchSource},
    ec2::{Credits, LaunchTemplate, MetadataOptions, RootVolume},
    testing::Stage,
};
use hopper_core::{
    Engine, Input, MemoryJournal, Outcome, Report, Workflow, testing::Lab as _,
    testing::on_paused_time,
};
use hopper_mock::{
    Mock, Visibility,
    autoscaling::{LaunchSource as Source, LifecycleState},
    ec2::InstanceState,
};
use std::time::Duration;

const CHANGES: [&str; 2] =
    ["autoscaling:CreateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup"];

/// A group launched from what this gives.
fn group(w: &Workflow, launch: impl Fn(&Workflow, Input<SecurityGroupId>) -> LaunchSource) {
    let vpc = ground::vpc(w);
    let subnet = ground::subnet(w, &vpc);
    let launch = launch(w, ground::group(w, "k8s-nodes", &vpc));
    w.step("nodes").does(AutoScalingGroup {
        name: "hopper-nodes".to_owned(),
        min: 1,
        max: 3,
        desired: 2,
        subnets: vec![subnet.id()],
        launch,
        health_check_grace: Duration::from_secs(300),
        tags: Tags::named("node"),
    });
}

fn configuration(w: &Workflow, security_group: Input<SecurityGroupId>) -> LaunchConfiguration {
    LaunchConfiguration {
        name: "nodes".to_owned(),
        image: ground::image(w),
        instance_type: "t2.medium".to_owned(),
        key_name: None.into(),
        security_groups: vec![security_group],
        profile: None,
        user_data: None,
        public_address: false,
    }
}

fn template(w: &Workflow, security_group: Input<SecurityGroupId>) -> LaunchTemplate {
    LaunchTemplate {
        security_groups: vec![security_group],
        credits: Some(Credits::Unlimited),
        metadata: Some(MetadataOptions { hop_limit: 2, ..MetadataOptions::default() }),
        root_volume: Some(RootVolume { size: Some(20), ..RootVolume::default() }),
        user_data: Some("#!/bin/sh\nkubeadm join\n".into()),
        tags: Tags::named("template"),
        ..LaunchTemplate::new("nodes", ground::image(w), "t3.medium")
    }
}

fn from_configuration(w: &Workflow) {
    group(w, |w, security_group| {
        let nodes = configuration(w, security_group);
        LaunchSource::Configuration { name: w.step("configuration").does(nodes).name() }
    });
}

fn from_template(w: &Workflow) {
    group(w, |w, security_group| {
        let nodes = template(w, security_group);
        let nodes = w.step("template").does(nodes);
        LaunchSource::Template { id: nodes.id(), version: nodes.version() }
    });
}

/// What a group launches from names a profile that IAM has, and that others do not see yet.
#[test]
fn a_profile_that_is_seen_late_is_waited_for() {
    let from_configuration = |w: &Workflow| {
        let profile = profile(w, &role(w)).name();
        group(w, |w, security_group| {
            let mut nodes = configuration(w, security_group);
            nodes.profile = Some(profile.clone());
            let name = w.step("configuration").does(nodes).name();
            LaunchSource::Configuration { name }
        });
    };
    let from_template = |w: &Workflow| {
        let profile = profile(w, &role(w)).name();
        group(w, |w, security_group| {
            let mut nodes = template(w, security_group);
            nodes.profile = Some(profile.clone());
            let nodes = w.step("template").does(nodes);
            LaunchSource::Template { id: nodes.id(), version: nodes.version() }
        });
    };
    let recipes: [fn(&Workflow); 2] = [from_configuration, from_template];
    for recipe in recipes {
        Stage::new(recipe).up_and_down(async |mock, engine, _| {
            assert_eq!(engine.check().await.unwrap(), []);
            let world = mock.world();
            let instance = world.ec2.instances.values().next().unwrap();
            let profile = &instance.iam_instance_profile.as_ref().unwrap().arn;
            assert!(profile.ends_with("/K8sNode"), "{profile}");
        });
    }
}

#[test]
fn endures_everything() {
    Stage::new(from_configuration).endure();
}

#[test]
fn from_a_template_it_endures_everything() {
    Stage::new(from_template).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(from_configuration).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(from_template).in_bad_weather(&CHANGES);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(from_configuration).visibility(visibility).in_bad_weather(&CHANGES);
}

/// What goes well costs a create and looks: nobody asks what is wrong.
#[test]
fn it_is_thrifty() {
    let run = Stage::new(from_configuration).up();
    let calls = run.mock().calls().count_by_operation();
    let of = |operation: &str| calls.get(operation).copied().unwrap_or_default();
    assert_eq!(of("CreateAutoScalingGroup"), 1, "{calls:?}");
    assert!(of("DescribeAutoScalingGroups") <= 8, "{calls:?}");
    assert_eq!(of("DescribeScalingActivities"), 0, "{calls:?}");
}

/// A group of somebody else's keeps a subnet from being deleted, and is named.
#[test]
fn a_group_that_keeps_a_subnet_is_named() {
    let stage = Stage::new(from_configuration);
    let mock = stage.world();
    let report = on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let subnet = output(&report, "subnet", "id");
        let configuration = [
            ("LaunchConfigurationName", "theirs"),
            ("ImageId", &*image(&mock)),
            ("InstanceType", "t2.micro"),
        ];
        stranger(&mock, "autoscaling:CreateLaunchConfiguration", "RequestId", &configuration);
        let group = [
            ("AutoScalingGroupName", "theirs"),
            ("LaunchConfigurationName", "theirs"),
            ("MinSize", "1"),
            ("MaxSize", "1"),
            ("VPCZoneIdentifier", &*subnet),
        ];
        stranger(&mock, "autoscaling:CreateAutoScalingGroup", "RequestId", &group);
        tokio::time::sleep(Duration::from_secs(60)).await;
        engine.undo().await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Stuck, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!(step, "subnet");
    assert!(
        error.to_string().contains(" of Auto Scaling group \"theirs\": delete the group"),
        "{error}"
    );
}

#[test]
fn it_is_ready_when_its_instances_are_in_service_and_they_carry_its_tags() {
    for recipe in [from_configuration, from_template] {
        let stage = Stage::new(recipe).tags(Tags::new().with("team", "blue"));
        stage.up_and_down(async |mock, engine, _| {
            assert_eq!(engine.check().await.unwrap(), []);
            let world = mock.world();
            let group = &world.autoscaling.groups["hopper-nodes"];
            let states: Vec<_> = group.instances.values().map(|member| member.state).collect();
            assert_eq!(states, [LifecycleState::InService; 2]);
            for id in group.instances.keys() {
                let instance = &world.ec2.instances[id];
                assert_eq!(instance.state, InstanceState::Running);
                assert_eq!(instance.tags["Name"], "node");
                assert_eq!(instance.tags["team"], "blue");
                assert_eq!(instance.tags["hopper:step"], "nodes");
                assert_eq!(instance.tags["hopper:token"], group.tags["hopper:token"]);
            }
        });
    }
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(from_configuration).up_and_down(async |mock, engine, report| {
        let group = ("AutoScalingGroupName", "hopper-nodes");
        let subnet = output(report, "subnet", "id");
        let configuration = output(report, "configuration", "name");
        let names = [(&*configuration, "configuration"), (&*subnet, "subnet")];
        let update = [group, ("MaxSize", "4"), ("DesiredCapacity", "3"), ("MinSize", "2")];
        stranger(mock, "autoscaling:UpdateAutoScalingGroup", "RequestId", &update);
        mock.edit(|world| {
            let group = world.autoscaling.groups.get_mut("hopper-nodes").unwrap();
            group.health_check_grace_period = 60;
            group.source = Source::LaunchConfiguration { name: "theirs".to_owned() };
            group.subnet_ids = vec!["subnet-theirs".to_owned()];
            group.tags.insert("Name".to_owned(), "other".to_owned());
        });
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        nodes (aws.autoscaling.auto_scaling_group)
          minSize: recorded 1, actual 2
          maxSize: recorded 3, actual 4
          desiredCapacity: recorded 2, actual 3
          vpcZoneIdentifier: recorded [subnet], actual subnet-theirs
          launchSource: recorded [configuration], actual theirs
          healthCheckGracePeriod: recorded 300, actual 60
          tags.Name: recorded node, actual other
        ");
        delete(mock);
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert_eq!(
            drift(engine, &[]).await,
            "nodes (aws.autoscaling.auto_scaling_group)\n  hopper-nodes is gone"
        );
    });
}

fn delete(mock: &Mock) {
    let group = [("AutoScalingGroupName", "hopper-nodes"), ("ForceDelete", "true")];
    stranger(mock, "autoscaling:DeleteAutoScalingGroup", "RequestId", &group);
}

/// What the template says is what is launched; the group's tags count before the template's.
#[test]
fn instances_are_as_the_template_says() {
    Stage::new(from_template).up_and_down(async |mock, _, _| {
        let world = mock.world();
        let instance = world.ec2.instances.values().next().unwrap();
        assert_eq!(instance.instance_type, "t3.medium");
        assert_eq!(instance.cpu_credits.as_deref(), Some("unlimited"));
        let metadata = &instance.metadata_options;
        assert_eq!((&*metadata.http_tokens, metadata.http_put_response_hop_limit), ("required", 2));
        assert_eq!(instance.user_data.as_deref(), Some("IyEvYmluL3NoCmt1YmVhZG0gam9pbgo="));
        assert!(!instance.associate_public_ip_address);
        let volume = world.ec2.volumes.values().next().unwrap();
        assert!(volume.encrypted, "{volume:?}");
        assert_eq!((&*volume.volume_type, volume.size), ("gp3", 20));
        let interface = world.ec2.network_interfaces.values().next().unwrap();
        let names = [&instance.tags, &volume.tags, &interface.tags].map(|tags| &*tags["Name"]);
        assert_eq!(names, ["node", "template", "template"]);
        let steps = [&instance.tags, &volume.tags].map(|tags| &*tags["hopper:step"]);
        assert_eq!(steps, ["nodes", "template"]);
    });
}

/// Runs a recipe, meddles, and undoes it.
fn meddle(recipe: fn(&Workflow), meddle: impl AsyncFnOnce(&Mock, &Engine, &Report)) -> Report {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    let report = on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        meddle(&mock, &engine, &report).await;
        engine.undo().await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
    report
}

/// Its instances are still on their way out, and hold the subnet.
#[test]
fn a_group_that_somebody_else_deletes_is_waited_for() {
    meddle(from_template, async |mock, _, _| delete(mock));
    meddle(from_template, async |mock, _, _| {
        delete(mock);
        mock.edit(|world| drop(world.autoscaling.groups.remove("hopper-nodes")));
    });
}

/// It carries our mark: nobody else would take it back.
#[test]
fn an_instance_that_was_detached_is_taken_back() {
    meddle(from_configuration, async |mock, _, _| {
        let world = mock.world();
        let id = world.autoscaling.groups["hopper-nodes"].instances.keys().next().unwrap().clone();
        let detach = [
            ("AutoScalingGroupName", "hopper-nodes"),
            ("InstanceIds.member.1", &*id),
            ("ShouldDecrementDesiredCapacity", "true"),
        ];
        stranger(mock, "autoscaling:DetachInstances", "RequestId", &detach);
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
}

#[test]
fn activities_in_progress_are_waited_for() {
    Stage::new(from_configuration).up_and_down(async |mock, _, _| {
        mock.fail(CHANGES[1]).times(3).error("ScalingActivityInProgress");
    });
}

#[test]
fn a_name_of_somebody_elses_is_told_and_their_group_left_alone() {
    let theirs = |mock: &Mock| {
        let configuration = [
            ("LaunchConfigurationName", "theirs"),
            ("ImageId", &*image(mock)),
            ("InstanceType", "t2.micro"),
        ];
        stranger(mock, "autoscaling:CreateLaunchConfiguration", "RequestId", &configuration);
        let group = [
            ("AutoScalingGroupName", "hopper-nodes"),
            ("LaunchConfigurationName", "theirs"),
            ("MinSize", "0"),
            ("MaxSize", "0"),
            ("VPCZoneIdentifier", &*ground::foreign_subnet(mock)),
        ];
        stranger(mock, "autoscaling:CreateAutoScalingGroup", "RequestId", &group);
    };
    for is_lost in [false, true] {
        let stage = Stage::new(from_configuration);
        let mock = stage.world();
        theirs(&mock);
        let before = mock.world().autoscaling.groups.clone();
        if is_lost {
            mock.fail(CHANGES[0]).reset();
        }
        let report = on_paused_time(async {
            stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
        });
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        let told = "Auto Scaling group \"hopper-nodes\" was not made by hopper: delete it, or \
                    choose another name";
        assert!(report.to_string().contains(told), "{report}");
        assert_eq!(mock.world().autoscaling.groups, before);
    }
}

fn image(mock: &Mock) -> String {
    mock.world().ec2.images.keys().next().unwrap().clone()
}

/// Auto Scaling tries again by itself; the deadline tells why it did not succeed.
#[test]
fn a_launch_that_fails_says_why() {
    let stage = Stage::new(from_configuration);
    let mock = stage.world();
    mock.doom("Launch").times(100).with("InsufficientInstanceCapacity");
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!(step, "nodes");
    insta::assert_snapshot!(error, @"hopper-nodes is still at 0 of 2 instances in service after 600 s; the latest activity: we currently do not have sufficient capacity in the Availability Zone you requested (eu-west-1a). Launching EC2 instance failed");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}
