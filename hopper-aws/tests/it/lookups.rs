//! Steps that only read.

use crate::ground::{stranger, told, ubuntu};
use hopper_aws::{
    ec2::{AvailabilityZones, LatestImage, NewestBy},
    ssm::ImageByParameter,
    sts::CallerIdentity,
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Report, Step, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Mock;
use serde_json::{Value, json};

fn look_up(mock: &Mock, step: impl Step) -> Report {
    let stage = Stage::new(|_| ());
    let w = Workflow::new("test");
    w.step("it").does(step);
    on_paused_time(async {
        stage.engine(mock, MemoryJournal::default()).run(&w.plan().unwrap()).await.unwrap()
    })
}

fn found(mock: &Mock, step: impl Step) -> Value {
    let report = look_up(mock, step);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    report.steps[0].output.as_ref().unwrap().get().unwrap()
}

fn mock() -> Mock {
    Mock::builder().seed(7).build()
}

/// An image's name.
fn name(mock: &Mock, image: LatestImage) -> String {
    found(mock, image)["name"].as_str().unwrap().to_owned()
}

#[test]
fn the_newest_image_is_found_by_date_or_by_name() {
    let mock = mock();
    let xenial = ubuntu("*hvm-ssd/ubuntu-xenial-16.04*");
    let newest = "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20210928";
    assert_eq!(name(&mock, xenial.clone()), newest);
    // An old image that is published once more.
    let old = mock.edit(|world| {
        let images = world.ec2.images.values_mut();
        let mut xenials = images.filter(|image| image.name.contains("xenial-16.04-amd64"));
        let old = xenials.find(|image| image.name != newest).unwrap();
        old.creation_date = "2022-01-01T00:00:00Z".parse().unwrap();
        old.name.clone()
    });
    assert_eq!(name(&mock, xenial.clone()), old);
    assert_eq!(name(&mock, LatestImage { newest_by: NewestBy::Name, ..xenial }), newest);
}

#[test]
fn no_image_at_all_is_told_with_what_was_looked_for() {
    let report = look_up(&mock(), ubuntu("no-such-*"));
    insta::assert_snapshot!(report.errors[0].1, @"DescribeImages: no image in eu-west-1 matches owner=099720109477, name=no-such-*, architecture=x86_64, root-device-type=ebs, state=available; try it with `aws ec2 describe-images`, then mend the settings");
    let arm = LatestImage { architecture: "sparc".to_owned(), ..ubuntu("*") };
    assert_eq!(look_up(&mock(), arm).outcome, Outcome::Undone);
}

#[test]
fn zones_are_told_in_order() {
    let zones = found(&mock(), AvailabilityZones::default());
    assert_eq!(zones, json!(["eu-west-1a", "eu-west-1b", "eu-west-1c"]));
}

#[test]
fn the_caller_is_told() {
    let caller = found(&mock(), CallerIdentity::default());
    assert_eq!(caller["account"], "123456789012");
    assert!(caller["arn"].as_str().unwrap().starts_with("arn:aws:iam::123456789012:"), "{caller}");
}

#[test]
fn what_may_not_be_read_is_told_with_the_operation() {
    let mock = mock();
    mock.fail("DescribeAvailabilityZones").always().deny();
    let report = look_up(&mock, AvailabilityZones::default());
    assert_eq!(report.errors[0].1.operation(), Some("DescribeAvailabilityZones"));
    assert_eq!(report.errors[0].1.code(), Some("UnauthorizedOperation"));
}

#[test]
fn throttling_is_borne() {
    let mock = mock();
    mock.fail("*").times(6).throttle();
    assert_eq!(found(&mock, CallerIdentity::default())["account"], "123456789012");
}

#[test]
fn the_image_that_a_parameter_names_is_told() {
    let mock = mock();
    let name = |text: &str| ImageByParameter { name: text.to_owned() };
    let noble =
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";
    let id = found(&mock, name(noble))["id"].as_str().unwrap().to_owned();
    assert!(mock.world().ec2.images[&id].name.contains("ubuntu-noble-24.04-amd64"), "{id}");

    let params = [("Name", "/mine"), ("Value", "hello"), ("Type", "String")];
    stranger(&mock, "ssm:PutParameter", "", &params);
    let report = look_up(&mock, name("/mine"));
    insta::assert_snapshot!(told(&report.errors[0].1, &[]), @"GetParameter: /mine holds no image's id; give a parameter that names an image: `…/ami-id`");
    let report = look_up(&mock, name("/aws/service/canonical/ubuntu/server/24.05"));
    insta::assert_snapshot!(told(&report.errors[0].1, &[]), @"GetParameter: ParameterNotFound: there is no parameter /aws/service/canonical/ubuntu/server/24.05; check the parameter's name, and the region");
}
