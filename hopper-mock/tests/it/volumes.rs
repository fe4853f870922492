//! Rules of volumes.

use hopper_mock::Mock;

use crate::ground::Ground;
use crate::support::{accepted, made, mock, refused, seconds};

const UNKNOWN: &str = "vol-0123456789abcdef0";

fn volume(mock: &Mock, more: &[(&str, &str)]) -> String {
    let params = [&[("AvailabilityZone", "eu-west-1a"), ("Size", "10")], more].concat();
    made(&accepted(mock, "CreateVolume", &params), "volumeId")
}

fn field(mock: &Mock, id: &str, path: &str) -> Option<String> {
    let reply = accepted(mock, "DescribeVolumes", &[("VolumeId.1", id)]);
    reply.text(&format!("volumeSet/0/{path}")).map(str::to_owned)
}

// [D] Creating first, then available; what is described is what was made.
#[test]
fn a_volume_reads_back() {
    let mock = mock();
    let id = volume(
        &mock,
        &[
            ("VolumeType", "gp3"),
            ("TagSpecification.1.ResourceType", "volume"),
            ("TagSpecification.1.Tag.1.Key", "kubernetes.io/cluster/hopper"),
            ("TagSpecification.1.Tag.1.Value", "owned"),
        ],
    );
    assert_eq!(field(&mock, &id, "status").as_deref(), Some("creating"));
    refused(&mock, "DeleteVolume", &[("VolumeId", &id)], "IncorrectState/400");
    mock.advance(seconds(2));
    for (path, expected) in [
        ("status", "available"),
        ("size", "10"),
        ("volumeType", "gp3"),
        ("iops", "3000"),
        ("throughput", "125"),
        ("availabilityZone", "eu-west-1a"),
        ("encrypted", "false"),
        ("tagSet/0/value", "owned"),
    ] {
        assert_eq!(field(&mock, &id, path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(mock.world().leftovers().len(), 1);
}

// [D] Tokens, and what a volume cannot be.
#[test]
fn bad_volumes_are_refused() {
    let mock = mock();
    let zone = ("AvailabilityZone", "eu-west-1a");
    let token = [("ClientToken", "t")];
    assert_eq!(volume(&mock, &token), volume(&mock, &token));
    assert_eq!(mock.world().ec2.volumes.len(), 1);
    let other = [zone, ("Size", "11"), ("ClientToken", "t")];
    refused(&mock, "CreateVolume", &other, "IdempotentParameterMismatch/400");
    refused(&mock, "CreateVolume", &[("Size", "1")], "MissingParameter/400");
    refused(&mock, "CreateVolume", &[zone], "MissingParameter/400");
    refused(
        &mock,
        "CreateVolume",
        &[("AvailabilityZone", "eu-west-1x"), ("Size", "1")],
        "InvalidParameterValue/400",
    );
    let floppy = [zone, ("Size", "1"), ("VolumeType", "floppy")];
    refused(&mock, "CreateVolume", &floppy, "UnknownVolumeType/400");
    let nowhere = [zone, ("SnapshotId", "snap-0123456789abcdef0")];
    refused(&mock, "CreateVolume", &nowhere, "InvalidSnapshot.NotFound/400");
    refused(&mock, "DescribeVolumes", &[("VolumeId.1", UNKNOWN)], "InvalidVolume.NotFound/400");
    refused(&mock, "DescribeVolumes", &[("VolumeId.1", "vol-x")], "InvalidVolumeID.Malformed/400");
}

// [D] Attaching and detaching go through states; an attached volume is in use.
#[test]
fn a_volume_is_attached_and_detached() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let id = volume(mock, &[]);
    let attach = |device: &str, code: &str| {
        let params = [("VolumeId", id.as_str()), ("InstanceId", &instance), ("Device", device)];
        refused(mock, "AttachVolume", &params, code);
    };
    attach("/dev/sdf", "IncorrectState/400");
    mock.advance(seconds(2));
    attach("/dev/sda1", "InvalidParameterValue/400");
    let params = [("VolumeId", id.as_str()), ("InstanceId", &instance), ("Device", "/dev/sdf")];
    let reply = accepted(mock, "AttachVolume", &params);
    assert_eq!(reply.text("status"), Some("attaching"));
    assert_eq!(reply.text("deleteOnTermination"), Some("false"));
    attach("/dev/sdg", "VolumeInUse/400");
    mock.advance(seconds(1));
    assert_eq!(field(mock, &id, "status").as_deref(), Some("in-use"));
    assert_eq!(field(mock, &id, "attachmentSet/0/status").as_deref(), Some("attached"));
    assert_eq!(ground.shown(&instance, "blockDeviceMapping/1/ebs/volumeId"), Some(id.clone()));
    refused(mock, "DeleteVolume", &[("VolumeId", &id)], "VolumeInUse/400");

    let elsewhere = [("VolumeId", id.as_str()), ("Device", "/dev/sdx")];
    refused(mock, "DetachVolume", &elsewhere, "InvalidAttachment.NotFound/400");
    let reply = accepted(mock, "DetachVolume", &[("VolumeId", &id)]);
    assert_eq!(reply.text("status"), Some("detaching"));
    mock.advance(seconds(5));
    assert_eq!(field(mock, &id, "status").as_deref(), Some("available"));
    refused(mock, "DetachVolume", &[("VolumeId", &id)], "IncorrectState/400");

    accepted(mock, "DeleteVolume", &[("VolumeId", &id)]);
    assert_eq!(field(mock, &id, "status").as_deref(), Some("deleting"));
    mock.advance(seconds(2));
    refused(mock, "DeleteVolume", &[("VolumeId", &id)], "InvalidVolume.NotFound/400");
}

// [D] The volume an instance runs from stays, and zones keep volumes and instances apart.
#[test]
fn some_volumes_cannot_be_moved() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let instance = ground.running(&[]);
    let root = ground.shown(&instance, "blockDeviceMapping/0/ebs/volumeId").unwrap();
    refused(mock, "DetachVolume", &[("VolumeId", &root)], "OperationNotPermitted/400");
    let far = [("AvailabilityZone", "eu-west-1b"), ("Size", "10")];
    let far = made(&accepted(mock, "CreateVolume", &far), "volumeId");
    mock.advance(seconds(2));
    let params =
        [("VolumeId", far.as_str()), ("InstanceId", instance.as_str()), ("Device", "/dev/sdf")];
    refused(mock, "AttachVolume", &params, "InvalidVolume.ZoneMismatch/400");
}

// [D] A volume may end in error.
#[test]
fn a_doomed_volume_ends_in_error() {
    let mock = mock();
    mock.doom("CreateVolume").with("Server.InternalError");
    let id = volume(&mock, &[]);
    mock.advance(seconds(2));
    assert_eq!(field(&mock, &id, "status").as_deref(), Some("error"));
    accepted(&mock, "DeleteVolume", &[("VolumeId", &id)]);
}
