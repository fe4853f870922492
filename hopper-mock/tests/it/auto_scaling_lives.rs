//! Rules of what Auto Scaling groups do by themselves: launch, replace, shrink, end.

use hopper_mock::Latencies;

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, profile, seconds};

// [O] No instance at first, then Pending, then InService after some 45 seconds.
#[test]
fn an_instance_comes_pending_then_in_service() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    assert_eq!(
        (ground.ids(), ground.activities("StatusCode")),
        (vec![], vec!["PreInService".into()])
    );
    ground.mock().advance(seconds(5));
    assert_eq!(ground.states(), ["Pending"]);
    assert_eq!(ground.activities("StatusCode"), ["InProgress"]);
    let id = ground.ids().remove(0);
    assert_eq!(ground.ground.state(&id), "pending");
    ground.mock().advance(seconds(13));
    assert_eq!(
        (ground.ground.state(&id).as_str(), ground.states().join(",").as_str()),
        ("running", "Pending")
    );
    ground.mock().advance(seconds(27));
    assert_eq!(ground.states(), ["InService"]);
    assert_eq!(ground.all("Instances/*/HealthStatus"), ["Healthy"]);
    assert_eq!(ground.activities("StatusCode"), ["Successful"]);
    assert_eq!(ground.activities("Progress"), ["100"]);
    assert_eq!(ground.activities("Description"), [format!("Launching a new EC2 instance: {id}")]);
    assert_eq!(
        ground.activities("Cause"),
        ["At 2026-01-01T00:00:00.000Z a user request created an AutoScalingGroup changing the \
          desired capacity from 0 to 1.  At 2026-01-01T00:00:00.000Z an instance was started in \
          response to a difference between desired and actual capacity, increasing the capacity \
          from 0 to 1."]
    );
    let place = format!(
        r#"{{"Availability Zone":"eu-west-1a","Subnet ID":"{}"}}"#,
        ground.ground.subnet_id
    );
    assert_eq!(ground.activities("Details"), [place]);
}

// [D] An instance has what the launch configuration says, the group's tag and the tags to pass on.
#[test]
fn an_instance_is_as_its_configuration_says() {
    let ground = ScalingGround::new();
    let mock = ground.mock();
    profile(mock, "K8sNode");
    crate::key_pairs::key(mock, "eds_laptop");
    mock.advance(seconds(10));
    let params = ground.configuration(&[
        ("LaunchConfigurationName", "full"),
        ("IamInstanceProfile", "K8sNode"),
        ("KeyName", "eds_laptop"),
        ("UserData", "IyEvYmluL3No"),
        ("AssociatePublicIpAddress", "true"),
        ("MetadataOptions.HttpTokens", "required"),
        ("BlockDeviceMappings.member.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMappings.member.1.Ebs.VolumeSize", "20"),
        ("BlockDeviceMappings.member.2.DeviceName", "/dev/sdb"),
        ("BlockDeviceMappings.member.2.NoDevice", "true"),
    ]);
    accepted(mock, "autoscaling:CreateLaunchConfiguration", &params);
    let ids = ground.grown(&[
        ("LaunchConfigurationName", "full"),
        ("Tags.member.1.Key", "Name"),
        ("Tags.member.1.Value", "hopper-k8s-node"),
        ("Tags.member.1.PropagateAtLaunch", "true"),
        ("Tags.member.2.Key", "owner"),
        ("Tags.member.2.Value", "group"),
    ]);
    let id = &ids[0];
    for (path, expected) in [
        ("imageId", ground.ground.image_id.as_str()),
        ("instanceType", "t2.medium"),
        ("keyName", "eds_laptop"),
        ("subnetId", &ground.ground.subnet_id),
        ("groupSet/0/groupId", &ground.group_id),
        ("iamInstanceProfile/arn", "arn:aws:iam::123456789012:instance-profile/K8sNode"),
        ("metadataOptions/httpTokens", "required"),
        ("monitoring/state", "enabled"),
        ("tagSet/0/key", "Name"),
        ("tagSet/0/value", "hopper-k8s-node"),
        ("tagSet/1/key", "aws:autoscaling:groupName"),
        ("tagSet/1/value", "hopper"),
    ] {
        assert_eq!(ground.ground.shown(id, path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(ground.ground.shown(id, "tagSet/2/key"), None);
    assert!(ground.ground.shown(id, "ipAddress").is_some());
    let world = mock.world();
    assert_eq!(world.ec2.instances[id].user_data.as_deref(), Some("IyEvYmluL3No"));
    let sizes: Vec<_> = world.ec2.volumes.values().map(|volume| volume.size).collect();
    assert_eq!(sizes, [20]);
}

// [D] What a group has launched is left over like what anybody has launched.
#[test]
fn instances_of_groups_are_leftovers() {
    let ground = ScalingGround::new();
    let id = ground.grown(&[]).remove(0);
    let left = ground.mock().world().leftovers();
    assert!(left.iter().any(|left| left.kind == "instance" && left.id == id), "{left:?}");
}

// [D] Instances are spread over the zones; a group shrinks where it has the most.
#[test]
fn zones_are_balanced() {
    let ground = ScalingGround::new();
    let other = ground.subnet("10.0.16.0/20", "eu-west-1b");
    let both = format!("{},{other}", ground.ground.subnet_id);
    ground.grown(&[("VPCZoneIdentifier", &both), ("DesiredCapacity", "3")]);
    let zones = || {
        let mut zones = ground.all("Instances/*/AvailabilityZone");
        zones.sort();
        zones.join(" ")
    };
    assert_eq!(zones(), "eu-west-1a eu-west-1a eu-west-1b");
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "2")]);
    ground.mock().advance(seconds(75));
    assert_eq!(zones(), "eu-west-1a eu-west-1b");
}

// [D] A group that gets other zones moves its instances there: a new one first, then an old one
// goes. The process may be suspended, and protected instances stay.
#[test]
fn instances_move_to_the_zones_of_their_group() {
    let ground = ScalingGround::new();
    let other = ground.subnet("10.0.16.0/20", "eu-west-1b");
    ground.grown(&[]);
    ground.call("SuspendProcesses", &[("ScalingProcesses.member.1", "AZRebalance")]);
    ground.call("UpdateAutoScalingGroup", &[("VPCZoneIdentifier", &other)]);
    ground.mock().advance(seconds(600));
    let zones = || ground.all("Instances/*/AvailabilityZone").join(" ");
    assert_eq!(zones(), "eu-west-1a");
    ground.call("ResumeProcesses", &[]);
    ground.mock().advance(seconds(45));
    let mut states = ground.states();
    states.sort();
    assert_eq!(states, ["InService", "Terminating"]);
    ground.mock().advance(seconds(75));
    assert_eq!((zones().as_str(), ground.states().join(" ").as_str()), ("eu-west-1b", "InService"));

    let id = ground.ids().remove(0);
    let more = [("InstanceIds.member.1", id.as_str()), ("ProtectedFromScaleIn", "true")];
    ground.call("SetInstanceProtection", &more);
    let first = ground.ground.subnet_id.as_str();
    ground.call("UpdateAutoScalingGroup", &[("VPCZoneIdentifier", first)]);
    ground.mock().advance(seconds(600));
    assert_eq!(ground.ids(), [id]);
}

// [D] Where zones differ by two instances, one moves.
#[test]
fn zones_that_differ_by_two_are_balanced() {
    let ground = ScalingGround::new();
    ground.grown(&[("DesiredCapacity", "3")]);
    let other = ground.subnet("10.0.16.0/20", "eu-west-1b");
    let both = format!("{},{other}", ground.ground.subnet_id);
    ground.call("UpdateAutoScalingGroup", &[("VPCZoneIdentifier", &both)]);
    ground.mock().advance(seconds(300));
    let mut zones = ground.all("Instances/*/AvailabilityZone");
    zones.sort();
    assert_eq!(zones.join(" "), "eu-west-1a eu-west-1a eu-west-1b");
    assert_eq!(ground.states(), ["InService"; 3]);
}

// [D] An instance ended behind the group's back is replaced at the next health check.
#[test]
fn an_instance_that_ends_is_replaced() {
    let ground = ScalingGround::new();
    for operation in ["TerminateInstances", "StopInstances"] {
        let name = if operation == "StopInstances" { "stopped" } else { "terminated" };
        if ground.shown("MinSize").is_none() {
            ground.grown(&[]);
        }
        let id = ground.ids().remove(0);
        ground.ground.instance(operation, &id);
        ground.mock().advance(seconds(29));
        assert_eq!((ground.states(), ground.ids()), (vec!["InService".into()], vec![id.clone()]));
        ground.mock().advance(seconds(1));
        assert_eq!(ground.states(), ["Terminating"], "{name}");
        assert_eq!(ground.all("Instances/*/HealthStatus"), ["Unhealthy"]);
        let causes = ground.activities("Cause");
        assert!(causes[1].ends_with(
            "an instance was taken out of service in response to an EC2 health check indicating it \
             has been terminated or stopped."
        ));
        assert!(causes[0].contains("in response to an unhealthy instance needing to be replaced."));
        ground.mock().advance(seconds(75));
        assert_eq!(ground.states(), ["InService"]);
        assert_ne!(ground.ids(), [id.as_str()]);
        assert_eq!(ground.ground.state(&id), "terminated");
    }
}

// [D] The process that would replace it may be suspended; it acts when it is resumed.
#[test]
fn suspended_processes_do_nothing() {
    for process in ["HealthCheck", "ReplaceUnhealthy", "Terminate"] {
        let ground = ScalingGround::new();
        let id = ground.grown(&[]).remove(0);
        let named = [("ScalingProcesses.member.1", process)];
        ground.call("SuspendProcesses", &named);
        ground.ground.instance("TerminateInstances", &id);
        ground.mock().advance(seconds(600));
        let health = if process == "HealthCheck" { "Healthy" } else { "Unhealthy" };
        assert_eq!(ground.ids(), [id.as_str()], "{process}");
        assert_eq!(ground.all("Instances/*/HealthStatus"), [health], "{process}");
        ground.call("ResumeProcesses", &named);
        ground.mock().advance(seconds(75));
        assert_eq!(ground.states(), ["InService"], "{process}");
        assert_ne!(ground.ids(), [id], "{process}");
    }
    let ground = ScalingGround::new();
    ground.create(&[("MinSize", "0")]);
    ground.call("SuspendProcesses", &[("ScalingProcesses.member.1", "Launch")]);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    ground.mock().advance(seconds(600));
    assert_eq!(ground.ids(), [""; 0]);
    ground.call("ResumeProcesses", &[]);
    ground.mock().advance(seconds(45));
    assert_eq!(ground.states(), ["InService"]);
}

// [D] Deletion: instances keep a group, activities keep it, force ends both.
#[test]
fn a_group_goes_with_its_last_instance() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    ground.call_refused("DeleteAutoScalingGroup", &[], "ScalingActivityInProgress/400");
    ground.mock().advance(seconds(45));
    let id = ground.ids().remove(0);
    let name = [("AutoScalingGroupName", "hopper")];
    let reply = ground.mock().call("autoscaling:DeleteAutoScalingGroup", &name);
    let error = reply.error().unwrap();
    assert_eq!(
        error.to_string(),
        "ResourceInUse: You cannot delete an AutoScalingGroup while there are instances or pending \
         Spot instance request(s) still in the group."
    );
    assert_eq!(error.blockers, [id.as_str()]);

    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    assert_eq!(ground.shown("Status").as_deref(), Some("Delete in progress"));
    assert_eq!(ground.states(), ["Terminating"]);
    ground.call_refused("SetDesiredCapacity", &[("DesiredCapacity", "0")], "ValidationError/400");
    ground.call_refused("UpdateAutoScalingGroup", &[], "ValidationError/400");
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    ground.mock().advance(seconds(74));
    assert_eq!(ground.shown("Status").as_deref(), Some("Delete in progress"));
    assert_eq!(ground.ground.state(&id), "shutting-down");
    ground.mock().advance(seconds(1));
    assert_eq!((ground.shown("Status"), ground.ground.state(&id).as_str()), (None, "terminated"));
    ground.call_refused("DeleteAutoScalingGroup", &[], "ValidationError/400");
    let gone = [("IncludeDeletedGroups", "true")];
    let activities = ground.call("DescribeScalingActivities", &gone);
    assert_eq!(activities.texts("Activities/*/AutoScalingGroupState"), ["Deleted"; 2]);
}

// [D] Drained first, a group needs no force.
#[test]
fn an_empty_group_is_deleted_at_once() {
    let ground = ScalingGround::new();
    ground.mock().advance(seconds(1));
    let before = ground.mock().world();
    ground.grown(&[]);
    let none = [("MinSize", "0"), ("MaxSize", "0"), ("DesiredCapacity", "0")];
    ground.call("UpdateAutoScalingGroup", &none);
    ground.call_refused("DeleteAutoScalingGroup", &[], "ScalingActivityInProgress/400");
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ids(), [""; 0]);
    ground.call("DeleteAutoScalingGroup", &[]);
    assert_eq!(ground.shown("MinSize"), None);
    // What has ended stays listed for an hour.
    ground.mock().advance(seconds(7200));
    assert_eq!(ground.mock().world().diff(&before).to_string(), "");
}

// [U] A launch that has not begun is given up with the group, or when the group shrinks again.
#[test]
fn launches_that_have_not_begun_are_cancelled() {
    let ground = ScalingGround::new();
    ground.create(&[("MinSize", "0"), ("DesiredCapacity", "2")]);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    assert_eq!(ground.activities("StatusCode"), ["Cancelled", "PreInService"]);
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    ground.mock().advance(seconds(60));
    assert!(ground.mock().world().ec2.instances.is_empty());
}

// [D] What nothing takes any time for still happens one after the other.
#[test]
fn without_latencies_all_happens_at_once() {
    let ground = ScalingGround::built(|builder| builder.latencies(Latencies::instant()));
    ground.create(&[("DesiredCapacity", "2")]);
    ground.mock().advance(seconds(0));
    assert_eq!(ground.states(), ["InService", "InService"]);
    let id = ground.ids().remove(0);
    ground.ground.instance("TerminateInstances", &id);
    assert_eq!(ground.states(), ["InService", "InService"]);
    assert!(!ground.ids().contains(&id));
    ground.mock().edit(|world| world.settings_mut().quotas.vcpus = 0);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "3")]);
    assert_eq!(ground.activities("StatusCode")[0], "Failed");
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    assert_eq!(ground.shown("Status"), None);
}

// The same seed and the same calls give the same world.
#[test]
fn groups_are_deterministic() {
    let story = || {
        let ground = ScalingGround::new();
        let id = ground.grown(&[("DesiredCapacity", "2")]).remove(0);
        ground.ground.instance("TerminateInstances", &id);
        ground.mock().advance(seconds(500));
        ground.mock().world()
    };
    assert_eq!(story(), story());
    let world = story();
    let copy: hopper_mock::World =
        serde_json::from_str(&serde_json::to_string(&world).unwrap()).unwrap();
    assert_eq!(world, copy);
}
