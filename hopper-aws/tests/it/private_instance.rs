//! The recipe `private_instance`, in a network that is there already.

use hopper_aws::{
    recipes::{PrivateInstanceSettings, private_instance},
    testing::Stage,
};
use hopper_core::{Outcome, testing::Lab as _};
use hopper_mock::Mock;

/// A network of somebody else's, with an instance in it.
fn network(mock: &Mock) {
    let id = |operation: &str, field: &str, params: &[(&str, &str)]| {
        let reply = mock.call(operation, params);
        assert_eq!(reply.status, 200, "{operation}: {reply:?}");
        let text = reply.body;
        let (_, rest) = text.split_once(&format!("<{field}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let name = ("TagSpecification.1.Tag.1.Key", "Name");
    let value = ("TagSpecification.1.Tag.1.Value", "theirs");
    let kind = ("TagSpecification.1.ResourceType", "vpc");
    let vpc = id("CreateVpc", "vpcId", &[("CidrBlock", "10.7.0.0/16"), kind, name, value]);
    let subnet = [("VpcId", &*vpc), ("CidrBlock", "10.7.1.0/24")];
    let subnet = id("CreateSubnet", "subnetId", &subnet);
    let group = [("VpcId", &*vpc), ("GroupName", "theirs"), ("GroupDescription", "theirs")];
    let group = id("CreateSecurityGroup", "groupId", &group);
    let image = mock.world().ec2.images.keys().next().unwrap().clone();
    let launch = [
        ("ImageId", &*image),
        ("InstanceType", "t3.micro"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("SubnetId", &*subnet),
        ("SecurityGroupId.1", &*group),
    ];
    id("RunInstances", "instanceId", &launch);
    // What they made is settled before anything of ours is.
    mock.advance(std::time::Duration::from_secs(600));
}

/// Ids come from the seed, so the network of every fresh world is the same one.
fn stage() -> Stage {
    let theirs = Mock::builder().seed(7).build();
    network(&theirs);
    let world = theirs.world();
    let vpc = world.ec2.vpcs.keys().next().unwrap().clone();
    let subnet = world.ec2.subnets.keys().next().unwrap().clone();
    Stage::new(move |w| {
        private_instance(w, &PrivateInstanceSettings::new("lonely", &*vpc, &*subnet));
    })
    .given(network)
}

#[test]
fn plan_calls_and_report() {
    let stage = stage();
    insta::assert_snapshot!("private_instance_plan", stage.plan());
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    insta::assert_snapshot!("private_instance_calls", run.calls());
    insta::assert_snapshot!("private_instance_report", run.report());
    assert_eq!(run.check(), []);
    run.down();
}

#[test]
fn the_network_is_left_exactly_as_it_was() {
    let stage = stage();
    let before = stage.world().world();
    let run = stage.up();
    run.down();
    // What has ended stays listed for an hour.
    run.later(std::time::Duration::from_secs(2 * 3600));
    run.mock().call("DescribeVpcs", &[]);
    let diff = run.mock().world().diff(&before);
    assert!(diff.is_empty(), "{diff:?}");
}

#[test]
fn endures_everything() {
    stage().endure();
}

#[test]
fn bad_weather_changes_nothing() {
    stage().in_bad_weather(&[
        "CreateRole",
        "AttachRolePolicy",
        "CreateInstanceProfile",
        "AddRoleToInstanceProfile",
        "CreateSecurityGroup",
        "RunInstances",
        "TerminateInstances",
        "DeleteSecurityGroup",
        "RemoveRoleFromInstanceProfile",
        "DeleteInstanceProfile",
        "DetachRolePolicy",
        "DeleteRole",
    ]);
}
