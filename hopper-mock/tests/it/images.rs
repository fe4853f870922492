//! Rules of images and their snapshots.

use hopper_mock::Mock;

use crate::ground::{Ground, image};
use crate::support::{accepted, made, mock, refused, seconds};

const UNKNOWN: &str = "ami-0123456789abcdef0";

fn names(mock: &Mock, params: &[(&str, &str)]) -> Vec<String> {
    let reply = accepted(mock, "DescribeImages", params);
    reply.texts("imagesSet/*/name").into_iter().map(str::to_owned).collect()
}

fn create(ground: &Ground, instance_id: &str, name: &str) -> String {
    let params = [
        ("InstanceId", instance_id),
        ("Name", name),
        ("Description", "Kubernetes"),
        ("TagSpecification.1.ResourceType", "image"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "node"),
        ("TagSpecification.2.ResourceType", "snapshot"),
        ("TagSpecification.2.Tag.1.Key", "Name"),
        ("TagSpecification.2.Tag.1.Value", "node-disk"),
    ];
    made(&accepted(&ground.mock, "CreateImage", &params), "imageId")
}

fn field(mock: &Mock, id: &str, path: &str) -> Option<String> {
    let reply = accepted(mock, "DescribeImages", &[("ImageId.1", id)]);
    reply.text(&format!("imagesSet/0/{path}")).map(str::to_owned)
}

// [D] Canonical's images under their names, found by the chapter's filter; the newest by name.
#[test]
fn the_chapter_finds_its_image() {
    let mock = mock();
    let id = image(&mock, "*hvm-ssd/ubuntu-xenial-16.04*");
    for (path, expected) in [
        ("name", "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20210928"),
        ("imageOwnerId", "099720109477"),
        ("imageState", "available"),
        ("isPublic", "true"),
        ("rootDeviceName", "/dev/sda1"),
        ("blockDeviceMapping/0/ebs/volumeSize", "8"),
        ("creationDate", "2021-09-28T09:00:00.000Z"),
    ] {
        assert_eq!(field(&mock, &id, path).as_deref(), Some(expected), "{path}");
    }
    let noble = image(&mock, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*");
    assert_eq!(field(&mock, &noble, "imdsSupport").as_deref(), Some("v2.0"));
    assert_eq!(mock.world().leftovers(), []);
}

// [D] Others may publish images under the same names, so the owner matters.
#[test]
fn the_owner_matters() {
    let mock = mock();
    let like = [("Filter.1.Name", "name"), ("Filter.1.Value.1", "*ubuntu-xenial-16.04*")];
    let all = names(&mock, &like).len();
    let by_owner = |owner: &'static str| {
        names(&mock, &[like.as_slice(), &[("Owner.1", owner)]].concat()).len()
    };
    assert_eq!(all, by_owner("099720109477") + by_owner("aws-marketplace"));
    assert_eq!((by_owner("self"), by_owner("amazon")), (0, 0));
    assert_eq!(names(&mock, &[("Owner.1", "amazon")]).len(), 2);
    assert_eq!(names(&mock, &[("ExecutableBy.1", "self")]).len(), 0);
}

// [D] Malformed and unknown ids, unknown filters.
#[test]
fn bad_requests_are_refused() {
    let mock = mock();
    refused(&mock, "DescribeImages", &[("ImageId.1", "ami-x")], "InvalidAMIID.Malformed/400");
    refused(&mock, "DescribeImages", &[("ImageId.1", UNKNOWN)], "InvalidAMIID.NotFound/400");
    let filter = [("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")];
    refused(&mock, "DescribeImages", &filter, "InvalidParameterValue/400");
    refused(&mock, "DeregisterImage", &[("ImageId", UNKNOWN)], "InvalidAMIID.NotFound/400");
}

// [D] Pending first, available after some minutes, with a snapshot of each disk.
#[test]
fn an_image_of_an_instance_takes_its_time() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[
        ("BlockDeviceMapping.1.DeviceName", "/dev/sdb"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "20"),
    ]);
    ground.instance("StopInstances", &instance);
    mock.advance(seconds(25));
    let id = create(&ground, &instance, "k8s-1.10.3-001");
    assert_eq!(field(mock, &id, "imageState").as_deref(), Some("pending"));
    ground.refused(&[("ImageId", &id)], "InvalidAMIID.Unavailable/400");
    mock.advance(seconds(179));
    assert_eq!(field(mock, &id, "imageState").as_deref(), Some("pending"));
    mock.advance(seconds(1));
    for (path, expected) in [
        ("imageState", "available"),
        ("name", "k8s-1.10.3-001"),
        ("description", "Kubernetes"),
        ("isPublic", "false"),
        ("sourceInstanceId", instance.as_str()),
        ("tagSet/0/value", "node"),
        ("blockDeviceMapping/0/deviceName", "/dev/sda1"),
        ("blockDeviceMapping/1/ebs/volumeSize", "20"),
    ] {
        assert_eq!(field(mock, &id, path).as_deref(), Some(expected), "{path}");
    }
    let snapshot = field(mock, &id, "blockDeviceMapping/0/ebs/snapshotId").unwrap();
    let reply = accepted(mock, "DescribeSnapshots", &[("SnapshotId.1", &snapshot)]);
    assert_eq!(reply.text("snapshotSet/0/status"), Some("completed"));
    assert_eq!(reply.text("snapshotSet/0/progress"), Some("100%"));
    assert_eq!(reply.text("snapshotSet/0/tagSet/0/value"), Some("node-disk"));
    let description = reply.text("snapshotSet/0/description").unwrap();
    assert_eq!(description, format!("Created by CreateImage({instance}) for {id}"));
    ground.start(&[("ImageId", &id), ("InstanceType", "t2.medium")]);
}

// [D] Names are unique in the account and have a form; the instance must exist and live.
#[test]
fn bad_images_are_refused() {
    let ground = Ground::new();
    let instance = ground.running(&[]);
    create(&ground, &instance, "taken");
    let bad = |instance: &str, name: &str, code: &str| {
        let params = [("InstanceId", instance), ("Name", name)];
        refused(&ground.mock, "CreateImage", &params, code);
    };
    bad(&instance, "taken", "InvalidAMIName.Duplicate/400");
    bad(&instance, "a", "InvalidAMIName.Malformed/400");
    bad("i-0123456789abcdef0", "other", "InvalidInstanceID.NotFound/400");
    ground.instance("TerminateInstances", &instance);
    bad(&instance, "other", "IncorrectInstanceState/400");
    ground.mock.advance(seconds(35));
    bad(&instance, "other", "IncorrectInstanceState/400");
}

// [D] A running source is rebooted, unless it shall not be.
#[test]
fn a_running_source_is_rebooted() {
    let ground = Ground::new();
    let instance = ground.running(&[]);
    ground.mock.advance(seconds(150));
    let status = || {
        let reply = ground.instance("DescribeInstanceStatus", &instance);
        made(&reply, "instanceStatusSet/0/instanceStatus/status")
    };
    assert_eq!(status(), "ok");
    let quiet = [("InstanceId", instance.as_str()), ("Name", "quiet"), ("NoReboot", "true")];
    accepted(&ground.mock, "CreateImage", &quiet);
    assert_eq!(status(), "ok");
    create(&ground, &instance, "loud");
    assert_eq!(status(), "initializing");
}

// [D] Deregistering leaves the snapshots, which until then could not be deleted.
#[test]
fn snapshots_outlive_their_image() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let id = create(&ground, &instance, "node");
    mock.advance(seconds(180));
    let snapshot = field(mock, &id, "blockDeviceMapping/0/ebs/snapshotId").unwrap();
    let reply = mock.call("DeleteSnapshot", &[("SnapshotId", &snapshot)]);
    let error = reply.error().unwrap();
    assert_eq!(error.code, "InvalidSnapshot.InUse");
    assert_eq!(error.message, format!("The snapshot {snapshot} is currently in use by {id}"));

    accepted(mock, "DeregisterImage", &[("ImageId", &id)]);
    refused(mock, "DescribeImages", &[("ImageId.1", &id)], "InvalidAMIID.NotFound/400");
    ground.refused(&[("ImageId", &id)], "InvalidAMIID.NotFound/400");
    let left: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
    assert!(left.contains(&"snapshot") && !left.contains(&"image"), "{left:?}");
    accepted(mock, "DeleteSnapshot", &[("SnapshotId", &snapshot)]);
    let missing = "InvalidSnapshot.NotFound/400";
    refused(mock, "DeleteSnapshot", &[("SnapshotId", &snapshot)], missing);
    create(&ground, &instance, "node");
}

// [D] Snapshots can go with the image in one call.
#[test]
fn snapshots_can_go_with_their_image() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let id = create(&ground, &instance, "node");
    let params = [("ImageId", id.as_str()), ("DeleteAssociatedSnapshots", "true")];
    let reply = accepted(mock, "DeregisterImage", &params);
    assert_eq!(reply.texts("deleteSnapshotResultSet/*/returnCode"), ["success"]);
    assert_eq!(mock.world().ec2.snapshots.len(), 0);
    // What was still to come finds nothing and does nothing.
    mock.advance(seconds(180));
    assert_eq!(mock.world().ec2.snapshots.len(), 0);
}

// [D] An image may fail; it says why, and its snapshots are left.
#[test]
fn a_doomed_image_fails() {
    let ground = Ground::new();
    let instance = ground.running(&[]);
    ground.mock.doom("CreateImage").with("Server.InternalError");
    let id = create(&ground, &instance, "node");
    assert_eq!(field(&ground.mock, &id, "imageState").as_deref(), Some("pending"));
    ground.mock.advance(seconds(180));
    assert_eq!(field(&ground.mock, &id, "imageState").as_deref(), Some("failed"));
    let code = field(&ground.mock, &id, "stateReason/code");
    assert_eq!(code.as_deref(), Some("Server.InternalError"));
    let reply = accepted(&ground.mock, "DescribeSnapshots", &[("Owner.1", "self")]);
    assert_eq!(reply.texts("snapshotSet/*/status"), ["error"]);
}

// [D] Only the owner sees attributes and deregisters.
#[test]
fn images_of_others_are_not_ours() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let params = [("ImageId", ground.image_id.as_str()), ("Attribute", "description")];
    refused(mock, "DescribeImageAttribute", &params, "AuthFailure/400");
    refused(mock, "DeregisterImage", &[("ImageId", &ground.image_id)], "AuthFailure/400");
    let instance = ground.running(&[]);
    let id = create(&ground, &instance, "node");
    let reply = accepted(
        mock,
        "DescribeImageAttribute",
        &[("ImageId", id.as_str()), ("Attribute", "description")],
    );
    assert_eq!(reply.text("description/value"), Some("Kubernetes"));
    let permission = [("ImageId", id.as_str()), ("Attribute", "launchPermission")];
    let reply = accepted(mock, "DescribeImageAttribute", &permission);
    assert_eq!(reply.count("launchPermission"), 0);
}

// [D] A snapshot of a volume, and an image registered of it.
#[test]
fn an_image_is_registered_of_a_snapshot() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let volume = ground.shown(&instance, "blockDeviceMapping/0/ebs/volumeId").unwrap();
    let params = [("VolumeId", volume.as_str()), ("Description", "disk")];
    let reply = accepted(mock, "CreateSnapshot", &params);
    assert_eq!((reply.text("status"), reply.text("volumeSize")), (Some("pending"), Some("8")));
    let snapshot = made(&reply, "snapshotId");
    mock.advance(seconds(60));
    let register = |root: &str| {
        let params = [
            ("Name", "registered"),
            ("VirtualizationType", "hvm"),
            ("RootDeviceName", root),
            ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
            ("BlockDeviceMapping.1.Ebs.SnapshotId", snapshot.as_str()),
        ];
        mock.call("RegisterImage", &params)
    };
    assert_eq!(register("/dev/xvda").code(), Some("InvalidBlockDeviceMapping"));
    let id = made(&register("/dev/sda1"), "imageId");
    ground.start(&[("ImageId", &id)]);
    refused(mock, "DeleteSnapshot", &[("SnapshotId", &snapshot)], "InvalidSnapshot.InUse/400");
}

// [D] A copy has snapshots of its own and says where it comes from.
#[test]
fn an_image_is_copied() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let params = [
        ("Name", "mine"),
        ("SourceImageId", ground.image_id.as_str()),
        ("SourceRegion", "eu-west-1"),
        ("ClientToken", "t"),
    ];
    let id = made(&accepted(mock, "CopyImage", &params), "imageId");
    assert_eq!(made(&accepted(mock, "CopyImage", &params), "imageId"), id);
    assert_eq!(field(mock, &id, "imageState").as_deref(), Some("pending"));
    mock.advance(seconds(180));
    assert_eq!(field(mock, &id, "imageState").as_deref(), Some("available"));
    assert_eq!(field(mock, &id, "sourceImageId"), Some(ground.image_id.clone()));
    assert_eq!(field(mock, &id, "imageOwnerId").as_deref(), Some("123456789012"));
    assert_eq!(mock.world().ec2.snapshots.len(), 1);
    let far = [
        ("Name", "far"),
        ("SourceImageId", ground.image_id.as_str()),
        ("SourceRegion", "us-east-1"),
    ];
    refused(mock, "CopyImage", &far, "UnsupportedOperation/400");
}
