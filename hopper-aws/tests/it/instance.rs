//! Instances.

use crate::ground::{self, KEY, drift, gateway, group, image, output, stranger, subnet, vpc};
use hopper_aws::{
    PublicKey, Tags,
    ec2::{Credits, Instance, KeyPair, MetadataOptions, MetadataTokens, RootVolume},
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Secret, Workflow, testing::Lab as _, testing::on_paused_time,
};
use hopper_mock::{
    Visibility,
    ec2::{IamInstanceProfile, InstanceState},
};
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

/// With everything that can be asked for.
fn recipe_of_a_master(w: &Workflow) {
    let vpc = vpc(w);
    let (subnet, group) = (subnet(w, &vpc), group(w, "masters", &vpc));
    w.step("host").does(Instance {
        public_address: false,
        credits: Some(Credits::Standard),
        metadata: Some(MetadataOptions { tokens: MetadataTokens::Required, hop_limit: 2 }),
        root_volume: Some(RootVolume { size: Some(20), ..RootVolume::default() }),
        user_data: Some("#!/bin/sh\necho hello\n".into()),
        ..ground::instance(image(w), &subnet, &group)
    });
}

#[test]
fn everything_that_can_be_asked_for_is_there_and_endures() {
    let stage = Stage::new(recipe_of_a_master);
    stage.endure();
    stage.up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let counts = mock.calls().count_by_operation();
        for read in ["DescribeVolumes", "DescribeInstanceCreditSpecifications"] {
            assert_eq!(counts[read], 1, "{read}");
        }
        let world = mock.world();
        let host = &world.ec2.instances[&output(report, "host", "id")];
        assert_eq!(host.cpu_credits.as_deref(), Some("standard"));
        assert_eq!(host.metadata_options.http_tokens, "required");
        assert_eq!(host.metadata_options.http_put_response_hop_limit, 2);
        assert_eq!(host.user_data.as_deref(), Some("IyEvYmluL3NoCmVjaG8gaGVsbG8K"));
        let volume = world.ec2.volumes.values().next().unwrap();
        assert_eq!((&*volume.volume_type, volume.size, volume.encrypted), ("gp3", 20, true));
        assert_eq!(world.ec2.volumes.len(), 1);
    });
}

#[test]
fn every_change_of_what_was_asked_for_is_named() {
    Stage::new(recipe_of_a_master).up_and_down(async |mock, engine, report| {
        let host = output(report, "host", "id");
        let params = [
            ("InstanceCreditSpecification.1.InstanceId", &*host),
            ("InstanceCreditSpecification.1.CpuCredits", "unlimited"),
        ];
        stranger(mock, "ModifyInstanceCreditSpecification", "return", &params);
        let params =
            [("InstanceId", &*host), ("HttpTokens", "optional"), ("HttpPutResponseHopLimit", "64")];
        stranger(mock, "ModifyInstanceMetadataOptions", "return", &params);
        mock.edit(|world| {
            let volume = world.ec2.volumes.values_mut().next().unwrap();
            (volume.volume_type, volume.size) = ("gp2".to_owned(), 30);
            volume.encrypted = false;
            let host = world.ec2.instances.get_mut(&host).unwrap();
            host.user_data = Some("IyEvYmluL3NoCmVjaG8gYnllCg==".to_owned());
            host.iam_instance_profile = Some(IamInstanceProfile {
                arn: "arn:aws:iam::123456789012:instance-profile/team/Theirs".to_owned(),
                id: "AIPA0123456789ABCDEFG".to_owned(),
            });
        });
        insta::assert_snapshot!(drift(engine, &[(&host, "host")]).await, @r"
        host (aws.ec2.instance)
          iamInstanceProfile: recorded none, actual Theirs
          metadataOptions.httpTokens: recorded required, actual optional
          metadataOptions.httpPutResponseHopLimit: recorded 2, actual 64
          rootVolume.volumeType: recorded gp3, actual gp2
          rootVolume.encrypted: recorded true, actual false
          rootVolume.size: recorded 20, actual 30
          creditSpecification.cpuCredits: recorded standard, actual unlimited
          userData: recorded line 2 `echo hello`, actual another
        ");
        mock.edit(|world| world.ec2.volumes.clear());
        let told = drift(engine, &[(&host, "host")]).await;
        assert!(told.contains("rootVolume: recorded /dev/sda1, actual none"), "{told}");
    });
}

/// What is secret is handed over, and neither shown nor compared.
#[test]
fn secret_user_data_is_seen_nowhere() {
    const TOKEN: &str = "abcdef.0123456789abcdef";
    let stage = Stage::new(|w| {
        let vpc = vpc(w);
        let (subnet, group) = (subnet(w, &vpc), group(w, "hosts", &vpc));
        let host = ground::instance(image(w), &subnet, &group);
        let user_data = Some(Secret::new(format!("join {TOKEN}")).into());
        w.step("host").does(Instance { public_address: false, user_data, ..host });
    });
    stage.endure();
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Done);
    let seen = format!("{} {} {}", stage.plan(), run.journal(), run.report());
    assert!(!seen.contains(TOKEN), "{seen}");
    let encoded = "am9pbiBhYmNkZWYuMDEyMzQ1Njc4OWFiY2RlZg==";
    let world = run.mock().world();
    let host = world.ec2.instances.values().next().unwrap();
    assert_eq!(host.user_data.as_deref(), Some(encoded));
    assert_eq!(run.check(), []);
    assert!(!run.mock().calls().count_by_operation().contains_key("DescribeInstanceAttribute"));
    run.down();
}

/// EC2 sees a profile some seconds after IAM has made it; until then it refuses the launch.
#[test]
fn a_profile_that_is_not_seen_yet_is_waited_for() {
    let stage = Stage::new(|w| {
        let vpc = vpc(w);
        let (subnet, group) = (subnet(w, &vpc), group(w, "hosts", &vpc));
        let host = ground::instance(image(w), &subnet, &group);
        let profile = Some("K8sMaster".into());
        w.step("host").does(Instance { public_address: false, profile, ..host });
    });
    let stage = stage.given(|mock| {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let (role, profile) = (("RoleName", "K8sMaster"), ("InstanceProfileName", "K8sMaster"));
        stranger(mock, "iam:CreateRole", "", &[role, ("AssumeRolePolicyDocument", trust)]);
        stranger(mock, "iam:CreateInstanceProfile", "", &[profile]);
        stranger(mock, "iam:AddRoleToInstanceProfile", "", &[profile, role]);
    });
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    assert!(1 < run.mock().calls().count_by_operation()["RunInstances"]);
    assert_eq!(run.check(), []);
    let world = run.mock().world();
    let host = world.ec2.instances.values().next().unwrap();
    let profile = host.iam_instance_profile.as_ref().unwrap();
    assert!(profile.arn.ends_with(":instance-profile/K8sMaster"), "{}", profile.arn);
    run.down();
}

fn refused(recipe: fn(&Workflow)) -> (String, usize) {
    let run = Stage::new(recipe).up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    run.assert_nothing_left();
    let launches = run.mock().calls().count_by_operation().get("RunInstances").copied();
    let world = run.mock().world();
    let names: Vec<_> = world.ec2.instances.keys().map(|id| (id.as_str(), "host")).collect();
    let told = ground::told(&run.report().errors[0].1, &names);
    (told, launches.unwrap_or_default())
}

#[test]
fn too_much_user_data_is_refused_before_anything_is_launched() {
    let (told, launches) = refused(|w| {
        let vpc = vpc(w);
        let (subnet, group) = (subnet(w, &vpc), group(w, "hosts", &vpc));
        let user_data = Some("x".repeat(16 * 1024 + 1).into());
        let host = ground::instance(image(w), &subnet, &group);
        w.step("host").does(Instance { public_address: false, user_data, ..host });
    });
    insta::assert_snapshot!(told, @"user data has 16385 bytes, and 16384 are allowed; make it shorter, or have it fetch the rest");
    assert_eq!(launches, 0);
}

#[test]
fn a_root_volume_with_another_images_device_is_told_and_taken_back() {
    let (told, launches) = refused(|w| {
        let vpc = vpc(w);
        let (subnet, group) = (subnet(w, &vpc), group(w, "hosts", &vpc));
        let device = "/dev/xvda".to_owned();
        let root_volume = Some(RootVolume { device, size: Some(8), encrypted: true });
        let host = ground::instance(image(w), &subnet, &group);
        w.step("host").does(Instance { public_address: false, root_volume, ..host });
    });
    insta::assert_snapshot!(told, @"the root device of [host] is /dev/sda1, not /dev/xvda; name it in the root volume as the image does");
    assert_eq!(launches, 1);
}

/// Somebody has told disk and interface to outlive their instance; the mark finds them.
#[test]
fn what_the_instance_leaves_behind_goes_with_it() {
    let keep = |mock: &hopper_mock::Mock, host: &str| {
        let params = [
            ("InstanceId", host),
            ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
            ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"),
        ];
        stranger(mock, "ModifyInstanceAttribute", "return", &params);
        let world = mock.world();
        let mut interfaces = world.ec2.network_interfaces.values();
        let of_host = |i: &&hopper_mock::ec2::NetworkInterface| {
            i.attachment.as_ref().and_then(|a| a.instance_id.as_deref()) == Some(host)
        };
        let interface = interfaces.find(of_host).unwrap();
        let params = [
            ("NetworkInterfaceId", &*interface.id),
            ("Attachment.AttachmentId", &*interface.attachment.as_ref().unwrap().id),
            ("Attachment.DeleteOnTermination", "false"),
        ];
        stranger(mock, "ModifyNetworkInterfaceAttribute", "return", &params);
    };
    Stage::new(recipe).up_and_down(async |mock, _, report| {
        keep(mock, &output(report, "host", "id"));
    });
    // Somebody has terminated it as well.
    Stage::new(recipe).up_and_down(async |mock, _, report| {
        let host = output(report, "host", "id");
        keep(mock, &host);
        stranger(mock, "TerminateInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(7200)).await;
    });
    // What goes by itself is not looked for.
    let run = Stage::new(recipe).up();
    run.down();
    assert!(!run.mock().calls().count_by_operation().contains_key("DescribeVolumes"));
}

/// Who holds a disk that stays is told.
#[test]
fn a_disk_that_somebody_uses_is_told() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let host = output(&report, "host", "id");
        stranger(&mock, "StopInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let volume = mock.world().ec2.volumes.keys().next().unwrap().clone();
        stranger(&mock, "DetachVolume", "volumeId", &[("VolumeId", &volume)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let world = mock.world();
        let (image, subnet) =
            (world.ec2.instances[&host].image_id.clone(), output(&report, "subnet", "id"));
        let params = [
            ("ImageId", &*image),
            ("InstanceType", "t2.micro"),
            ("SubnetId", &*subnet),
            ("MinCount", "1"),
            ("MaxCount", "1"),
        ];
        let other = stranger(&mock, "RunInstances", "instancesSet/0/instanceId", &params);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let params = [("VolumeId", &*volume), ("InstanceId", &*other), ("Device", "/dev/sdf")];
        stranger(&mock, "AttachVolume", "volumeId", &params);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let names = [(&*volume, "disk"), (&*other, "other")];
        insta::assert_snapshot!(ground::told(&report.errors[0].1, &names), @"DeleteVolume: VolumeInUse: volume [disk] is currently attached to [other]; it is kept by attachment to [other]: detach it");
        stranger(&mock, "TerminateInstances", "return", &[("InstanceId.1", &other)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}
