//! Instances.

use crate::ground::{self, KEY, drift, gateway, group, image, output, stranger, subnet, vpc};
use hopper_aws::{PublicKey, Tags, ec2::KeyPair, testing::Stage};
use hopper_core::{MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time};
use hopper_mock::{Visibility, ec2::InstanceState};
use std::time::Duration;

fn recipe(w: &Workflow) {
    let vpc = vpc(w);
    let key = w.step("key").does(KeyPair {
        name: "eds_laptop".to_owned(),
        public_key: KEY.parse::<PublicKey>().unwrap().into(),
        tags: Tags::new(),
    });
    let (subnet, group, gateway) = (subnet(w, &vpc), group(w, "hosts", &vpc), gateway(w, &vpc));
    let mut host = ground::instance(image(w), &subnet, &group);
    host.key_name = key.name().into();
    w.step("host").undo_before(&gateway).does(host);
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    Stage::new(recipe).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&["RunInstances", "TerminateInstances"]);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe)
        .visibility(visibility)
        .in_bad_weather(&["RunInstances", "TerminateInstances"]);
}

#[test]
fn a_lost_reply_leaves_one() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.fail("RunInstances").lose_reply();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
    });
    assert_eq!(mock.world().ec2.instances.len(), 1);
}

#[test]
fn what_is_asked_for_is_what_is_there() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let world = mock.world();
        let host = &world.ec2.instances[&output(report, "host", "id")];
        assert_eq!(host.state, InstanceState::Running);
        assert_eq!(host.key_name.as_deref(), Some("eds_laptop"));
        let given = |field| output(report, "host", field);
        assert_eq!(given("private_ip"), "10.0.16.10");
        assert!(given("private_dns").starts_with("ip-10-0-16-10."), "{}", given("private_dns"));
        let interface = &world.ec2.network_interfaces[&given("network_interface")];
        let public_ip = interface.addresses[0].public_ip.unwrap();
        assert_eq!(given("public_ip"), public_ip.to_string());
        let volume = world.ec2.volumes.values().next().unwrap();
        for tags in [&host.tags, &interface.tags, &volume.tags] {
            assert_eq!(tags["Name"], "host");
            assert_eq!(tags["hopper:step"], "host");
        }
    });
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let [host, group, interface] =
            [("host", "id"), ("hosts", "id"), ("host", "network_interface")]
                .map(|(step, field)| output(report, step, field));
        let vpc = output(report, "vpc", "id");
        let world = mock.world();
        let mut groups = world.ec2.security_groups.values();
        let other = groups.find(|group| group.is_default() && group.vpc_id == vpc).unwrap();
        let other = other.id.clone();
        let public_ip = output(report, "host", "public_ip");
        let params = [("NetworkInterfaceId", &*interface), ("SecurityGroupId.1", &*other)];
        stranger(mock, "ModifyNetworkInterfaceAttribute", "return", &params);
        mock.edit(|world| {
            let host = world.ec2.instances.get_mut(&host).unwrap();
            host.key_name = None;
            host.tags.insert("Name".to_owned(), "other".to_owned());
        });
        stranger(mock, "StopInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let params = [("InstanceId", &*host), ("InstanceType.Value", "t2.small")];
        stranger(mock, "ModifyInstanceAttribute", "return", &params);
        let names = [(&*group, "hosts"), (&*other, "default"), (&*public_ip, "public ip")];
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        host (aws.ec2.instance)
          instanceState: recorded running, actual stopped
          instanceType: recorded t2.micro, actual t2.small
          groupSet: recorded [hosts], actual [default]
          keyName: recorded eds_laptop, actual none
          publicIpAddress: recorded [public ip], actual none
          tags.Name: recorded host, actual other
        ");
        stranger(mock, "TerminateInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        insta::assert_snapshot!(drift(engine, &[(&host, "host")]).await, @r"
        host (aws.ec2.instance)
          [host] is gone
        ");
    });
}

/// It is launched, and ends at once: the reason is told, and what it left is taken back.
#[test]
fn an_instance_that_ends_at_once_says_why() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.doom("RunInstances").with("Client.VolumeLimitExceeded");
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!((&**step, error.code()), ("host", Some("Client.VolumeLimitExceeded")));
    assert!(error.to_string().contains(" is terminated: "), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

/// A refusal for want of capacity is a server error on the wire, and nothing was made: it is
/// tried again without a look.
#[test]
fn too_little_capacity_is_tried_again() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.fail("RunInstances").times(3).error("InsufficientInstanceCapacity");
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(mock.calls().count_by_operation()["RunInstances"], 4);
    assert_eq!(mock.world().ec2.instances.len(), 1);
}

#[test]
fn a_protected_instance_stays_and_is_told() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let host = output(&report, "host", "id");
        let protect = |on: &str| {
            let params = [("InstanceId", &*host), ("DisableApiTermination.Value", on)];
            stranger(&mock, "ModifyInstanceAttribute", "return", &params);
        };
        protect("true");
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let (step, error) = &report.errors[0];
        assert_eq!((&**step, error.code()), ("host", Some("OperationNotPermitted")), "{report}");
        protect("false");
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}
