//! Images.

use crate::ground::{self, drift, group, output, stranger, subnet, told, vpc};
use hopper_aws::{
    Tags,
    ec2::{Image, Instance, StoppedInstance},
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Report, Workflow, testing::Lab as _, testing::on_paused_time,
};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

const NAME: &str = "k8s-1.10.3-001";

fn recipe(w: &Workflow) {
    let vpc = vpc(w);
    let (subnet, group) = (subnet(w, &vpc), group(w, "builders", &vpc));
    let host = ground::instance(ground::image(w), &subnet, &group);
    let host = Instance { public_address: false, stopped_later: true, ..host };
    let instance = w.step("builder").does(host).id();
    let instance = w.step("stopped").does(StoppedInstance { instance, start_on_undo: false });
    let description = "Kubernetes v1.10.3".to_owned();
    let (name, tags) = (NAME.into(), Tags::named("node"));
    w.step("ami").does(Image { instance, name, description, tags });
}

const CALLS: [&str; 3] = ["CreateImage", "DeregisterImage", "DeleteSnapshot"];

fn run(stage: &Stage, mock: &Mock) -> Report {
    on_paused_time(async {
        stage.engine(mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    })
}

/// An image of the same name that is not ours, of an instance that it leaves alone.
fn others_image(mock: &Mock) -> String {
    let world = mock.world();
    let image = world.ec2.images.values().next().unwrap();
    let disk = &image.block_devices[0];
    let volume = stranger(
        mock,
        "CreateVolume",
        "volumeId",
        &[("AvailabilityZone", "eu-west-1a"), ("Size", "8")],
    );
    mock.edit(|world| {
        "available".clone_into(&mut world.ec2.volumes.get_mut(&volume).unwrap().state);
    });
    let snapshot = stranger(mock, "CreateSnapshot", "snapshotId", &[("VolumeId", &volume)]);
    let device = disk.device_name.clone();
    let params = [
        ("Name", NAME),
        ("RootDeviceName", &device),
        ("VirtualizationType", "hvm"),
        ("BlockDeviceMapping.1.DeviceName", &device),
        ("BlockDeviceMapping.1.Ebs.SnapshotId", &snapshot),
    ];
    stranger(mock, "RegisterImage", "imageId", &params)
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
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&CALLS);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&CALLS);
}

#[test]
fn a_lost_reply_leaves_one() {
    for visibility in [Visibility::Off, Visibility::Fixed(Duration::from_secs(8))] {
        let stage = Stage::new(recipe).visibility(visibility);
        let mock = stage.world();
        mock.fail("CreateImage").lose_reply();
        let report = run(&stage, &mock);
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let world = mock.world();
        assert_eq!(world.ec2.images.values().filter(|image| image.name == NAME).count(), 1);
        assert_eq!(world.ec2.snapshots.len(), 1);
    }
}

#[test]
fn image_and_snapshots_are_tagged_and_told() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let world = mock.world();
        let image = &world.ec2.images[&output(report, "ami", "id")];
        assert_eq!((&*image.name, &*image.state), (NAME, "available"));
        assert_eq!(image.description.as_deref(), Some("Kubernetes v1.10.3"));
        assert_eq!(output(report, "ami", "name"), NAME);
        let step = report.steps.iter().find(|step| step.name == "ami").unwrap();
        let out: serde_json::Value = step.output.as_ref().unwrap().get().unwrap();
        let snapshot = &world.ec2.snapshots[out["snapshots"][0].as_str().unwrap()];
        for tags in [&image.tags, &snapshot.tags] {
            assert_eq!((&*tags["Name"], &*tags["hopper:step"]), ("node", "ami"));
        }
        // One look at once, one when it may be done, and what the pace adds.
        assert_eq!(mock.calls().count_by_operation()["CreateImage"], 1);
    });
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let id = output(report, "ami", "id");
        let snapshot = mock.world().ec2.images[&id].block_devices[0].snapshot_id.clone().unwrap();
        mock.edit(|world| {
            world.ec2.snapshots.remove(&snapshot);
            world.ec2.images.get_mut(&id).unwrap().tags.remove("Name");
        });
        let names = [(&*id, "ami"), (&*snapshot, "snapshot")];
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        ami (aws.ec2.image)
          blockDeviceMapping.snapshotId: recorded [snapshot], actual none
          tags.Name: recorded node, actual none
        ");
        stranger(mock, "DeregisterImage", "return", &[("ImageId", &id)]);
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        ami (aws.ec2.image)
          [ami] is gone
        ");
    });
}

#[test]
fn an_image_that_fails_says_why_and_is_taken_back_with_its_snapshots() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.doom("CreateImage").with("Client.InternalError");
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!((&**step, error.code()), ("ami", Some("Client.InternalError")));
    assert!(error.to_string().contains(" is failed: the image could not be made"), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

#[test]
fn a_name_that_is_somebody_elses_is_left_alone() {
    let stage = Stage::new(recipe).given(|mock| drop(others_image(mock)));
    let mock = stage.world();
    let is_others = |image: &&hopper_mock::ec2::Image| image.name == NAME;
    let others = mock.world().ec2.images.values().find(is_others).unwrap().id.clone();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert_eq!(report.errors[0].1.code(), Some("InvalidAMIName.Duplicate"));
    insta::assert_snapshot!(told(&report.errors[0].1, &[(&others, "other")]), @r#"CreateImage: InvalidAMIName.Duplicate: AMI name k8s-1.10.3-001 is already in use by AMI [other]; image [other] "k8s-1.10.3-001" was not made by hopper: deregister it, or choose another name"#);
    assert!(mock.world().ec2.images.contains_key(&others));

    // The same when it comes to light after a lost reply only.
    mock.fail("CreateImage").lose_reply();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert!(mock.world().ec2.images.contains_key(&others));
}

/// Right after an image of that name was deregistered.
#[test]
fn a_name_that_is_not_free_yet_is_tried_again() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.fail("CreateImage").times(4).error("InvalidAMIName.Duplicate");
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(report.steps.iter().find(|step| step.name == "ami").unwrap().tries, 1);

    let mock = stage.world();
    mock.fail("CreateImage").always().error("InvalidAMIName.Duplicate");
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let error = report.errors[0].1.to_string();
    assert!(error.ends_with("a short while ago: choose another name"), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

#[test]
fn a_snapshot_that_is_in_use_for_a_while_is_tried_again() {
    Stage::new(recipe).up_and_down(async |mock, _, _| {
        mock.fail("DeleteSnapshot").times(5).error("InvalidSnapshot.InUse");
    });
}

#[test]
fn whose_image_keeps_a_snapshot_is_told() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    on_paused_time(async {
        let engine = stage.engine(&mock, MemoryJournal::default());
        let report = engine.run(&stage.plan()).await.unwrap();
        let id = output(&report, "ami", "id");
        let disk = mock.world().ec2.images[&id].block_devices[0].clone();
        let snapshot = disk.snapshot_id.unwrap();
        let params = [
            ("Name", "their copy"),
            ("RootDeviceName", &*disk.device_name),
            ("VirtualizationType", "hvm"),
            ("BlockDeviceMapping.1.DeviceName", &*disk.device_name),
            ("BlockDeviceMapping.1.Ebs.SnapshotId", &*snapshot),
        ];
        let theirs = stranger(&mock, "RegisterImage", "imageId", &params);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Stuck, "{report}");
        let names = [(&*theirs, "theirs"), (&*snapshot, "snapshot")];
        insta::assert_snapshot!(told(&report.errors[0].1, &names), @r#"DeleteSnapshot: InvalidSnapshot.InUse: the snapshot [snapshot] is currently in use by [theirs]; it is kept by image [theirs] "their copy": deregister it"#);
        stranger(&mock, "DeregisterImage", "return", &[("ImageId", &theirs)]);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(stage.leftovers(&mock), [""; 0]);
    });
}
