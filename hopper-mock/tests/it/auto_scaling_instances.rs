//! Rules of single instances in Auto Scaling groups, and of instance refreshes.

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, made, refused, seconds};

const UNKNOWN: &str = "i-0123456789abcdef0";

// [D] Instances are described on their own; ids of others are left out.
#[test]
fn instances_of_all_groups_are_described() {
    let ground = ScalingGround::new();
    let ids = ground.grown(&[("DesiredCapacity", "2")]);
    let all = ground.accepted("DescribeAutoScalingInstances", &[]);
    assert_eq!(all.texts("AutoScalingInstances/*/InstanceId"), ids);
    for (path, expected) in [
        ("AutoScalingGroupName", "hopper"),
        ("InstanceType", "t2.medium"),
        ("AvailabilityZone", "eu-west-1a"),
        ("LifecycleState", "InService"),
        ("HealthStatus", "HEALTHY"),
        ("LaunchConfigurationName", "nodes"),
        ("ProtectedFromScaleIn", "false"),
    ] {
        assert_eq!(all.text(&format!("AutoScalingInstances/0/{path}")), Some(expected), "{path}");
    }
    let some = [("InstanceIds.member.1", ids[1].as_str()), ("InstanceIds.member.2", UNKNOWN)];
    let some = ground.accepted("DescribeAutoScalingInstances", &some);
    assert_eq!(some.texts("AutoScalingInstances/*/InstanceId"), [ids[1].as_str()]);
    let operation = "autoscaling:DescribeAutoScalingInstances";
    refused(ground.mock(), operation, &[("MaxRecords", "51")], "ValidationError/400");
}

// [D] An instance is terminated through its group, which replaces it or shrinks.
#[test]
fn an_instance_is_terminated_through_its_group() {
    let ground = ScalingGround::new();
    let ids = ground.grown(&[("DesiredCapacity", "2")]);
    let end = |id: &str, shrinks| {
        let params = [("InstanceId", id), ("ShouldDecrementDesiredCapacity", shrinks)];
        ground.mock().call("autoscaling:TerminateInstanceInAutoScalingGroup", &params)
    };
    assert_eq!(end(UNKNOWN, "false").code(), Some("ValidationError"));
    let reply = end(&ids[0], "true");
    assert_eq!(reply.text("Activity/StatusCode"), Some("InProgress"));
    let what = format!("Terminating EC2 instance: {}", ids[0]);
    assert_eq!(reply.text("Activity/Description"), Some(what.as_str()));
    assert_eq!(end(&ids[0], "true").code(), Some("ScalingActivityInProgress"));
    ground.mock().advance(seconds(75));
    assert_eq!((ground.shown("DesiredCapacity").as_deref(), ground.ids().len()), (Some("1"), 1));

    let reply = end(&ids[1], "true");
    let message = &reply.error().unwrap().message;
    assert!(message.starts_with("Currently, desiredSize equals minSize (1)."), "{message}");
    assert_eq!(end(&ids[1], "false").code(), None);
    ground.mock().advance(seconds(75));
    assert_eq!((ground.shown("DesiredCapacity").as_deref(), ground.ids().len()), (Some("1"), 1));
    assert!(!ground.ids().contains(&ids[1]));
}

// [D] The protection of EC2 does not keep a group from terminating its instance.
#[test]
fn a_group_terminates_what_is_protected_in_ec2() {
    let ground = ScalingGround::new();
    let id = ground.grown(&[]).remove(0);
    let protected = [("InstanceId", id.as_str()), ("DisableApiTermination.Value", "true")];
    accepted(ground.mock(), "ModifyInstanceAttribute", &protected);
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ground.state(&id), "terminated");
}

// [D] A protected instance stays when its group shrinks.
#[test]
fn a_protected_instance_stays() {
    let ground = ScalingGround::new();
    let ids = ground.grown(&[("MinSize", "0"), ("DesiredCapacity", "2")]);
    let protect = |id: &str, is_protected| {
        let more = [("InstanceIds.member.1", id), ("ProtectedFromScaleIn", is_protected)];
        ground.call("SetInstanceProtection", &more);
    };
    ids.iter().for_each(|id| protect(id, "true"));
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ids().len(), 2);
    protect(&ids[1], "false");
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ids(), [ids[0].clone()]);
    let unknown = [("InstanceIds.member.1", UNKNOWN), ("ProtectedFromScaleIn", "true")];
    ground.call_refused("SetInstanceProtection", &unknown, "ValidationError/400");
}

// [D] Policies choose who goes.
#[test]
fn policies_choose_who_goes_first() {
    for (policy, goes) in [("OldestInstance", 0), ("NewestInstance", 1), ("Default", 0)] {
        let ground = ScalingGround::new();
        let old = ground.grown(&[("TerminationPolicies.member.1", policy)]).remove(0);
        ground.call("SetDesiredCapacity", &[("DesiredCapacity", "2")]);
        ground.mock().advance(seconds(45));
        let new = ground.ids().into_iter().find(|id| *id != old).unwrap();
        ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
        ground.mock().advance(seconds(75));
        let stays = if goes == 0 { new } else { old };
        assert_eq!(ground.ids(), [stays], "{policy}");
    }
}

// [D] By default those of an older launch configuration go first.
#[test]
fn an_older_configuration_goes_first() {
    let ground = ScalingGround::new();
    let newer = ground.configuration(&[("LaunchConfigurationName", "newer")]);
    ground.mock().advance(seconds(1));
    accepted(ground.mock(), "autoscaling:CreateLaunchConfiguration", &newer);
    let first = ground.grown(&[("LaunchConfigurationName", "newer")]).remove(0);
    ground.call(
        "UpdateAutoScalingGroup",
        &[("LaunchConfigurationName", "nodes"), ("DesiredCapacity", "2")],
    );
    ground.mock().advance(seconds(45));
    assert_eq!(ground.all("Instances/*/LaunchConfigurationName").len(), 2);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ids(), [first]);
}

// [D] An instance said to be unwell is replaced, but not in its grace period.
#[test]
fn an_instance_said_to_be_unwell_is_replaced() {
    let ground = ScalingGround::new();
    let id = ground.grown(&[("HealthCheckGracePeriod", "300")]).remove(0);
    let say = |more: &[(&str, &str)]| {
        let params = [&[("InstanceId", id.as_str()), ("HealthStatus", "Unhealthy")], more].concat();
        ground.accepted("SetInstanceHealth", &params);
    };
    say(&[]);
    assert_eq!(ground.states(), ["InService"]);
    say(&[("ShouldRespectGracePeriod", "false")]);
    assert_eq!(ground.states(), ["Terminating"]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.states(), ["InService"]);
    let operation = "autoscaling:SetInstanceHealth";
    let params = [("InstanceId", UNKNOWN), ("HealthStatus", "Healthy")];
    refused(ground.mock(), operation, &params, "ValidationError/400");
    let params = [("InstanceId", id.as_str()), ("HealthStatus", "so-so")];
    refused(ground.mock(), operation, &params, "ValidationError/400");
}

// [D] A detached instance goes on without the group and without its tag.
#[test]
fn a_detached_instance_goes_on() {
    let ground = ScalingGround::new();
    let id = ground.grown(&[]).remove(0);
    let detach = |shrinks| {
        [("InstanceIds.member.1", id.as_str()), ("ShouldDecrementDesiredCapacity", shrinks)]
    };
    ground.call_refused("DetachInstances", &detach("true"), "ValidationError/400");
    let reply = ground.call("DetachInstances", &detach("false"));
    let what = format!("Detaching EC2 instance: {id}");
    assert_eq!(reply.texts("Activities/*/Description"), [what.as_str()]);
    assert_eq!(ground.states(), ["Detaching"]);
    ground.mock().advance(seconds(45));
    assert_eq!(ground.states(), ["InService"]);
    assert_ne!(ground.ids(), [id.as_str()]);
    assert_eq!(ground.ground.state(&id), "running");
    assert_eq!(ground.ground.shown(&id, "tagSet/0/key"), None);
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ground.state(&id), "running");
}

// [D] An instance in standby does no work and is replaced or not, as asked.
#[test]
fn an_instance_stands_by() {
    let ground = ScalingGround::new();
    let id =
        ground.grown(&[("MinSize", "0"), ("MaxSize", "1"), ("DesiredCapacity", "1")]).remove(0);
    let one = ("InstanceIds.member.1", id.as_str());
    let enter = [one, ("ShouldDecrementDesiredCapacity", "true")];
    ground.call("EnterStandby", &enter);
    assert_eq!(
        (ground.states(), ground.shown("DesiredCapacity")),
        (vec!["Standby".into()], Some("0".into()))
    );
    ground.call_refused("EnterStandby", &enter, "ValidationError/400");
    ground.mock().advance(seconds(600));
    assert_eq!(ground.states(), ["Standby"]);
    ground.call("ExitStandby", &[one]);
    assert_eq!(ground.states(), ["InService"]);
    ground.call("EnterStandby", &[one, ("ShouldDecrementDesiredCapacity", "false")]);
    ground.call_refused("ExitStandby", &[one], "ValidationError/400");
    ground.mock().advance(seconds(45));
    assert_eq!(ground.ids().len(), 2);
}

// [D] A refresh replaces the instances one after the other.
#[test]
fn a_refresh_replaces_one_after_the_other() {
    let ground = ScalingGround::new();
    let before = ground.grown(&[("DesiredCapacity", "2"), ("DefaultInstanceWarmup", "60")]);
    let reply = ground.call("StartInstanceRefresh", &[]);
    let id = made(&reply, "InstanceRefreshId");
    ground.call_refused("StartInstanceRefresh", &[], "InstanceRefreshInProgress/400");
    let shown = |path: &str| {
        let reply =
            ground.call("DescribeInstanceRefreshes", &[("InstanceRefreshIds.member.1", &id)]);
        reply.text(&format!("InstanceRefreshes/0/{path}")).map(str::to_owned)
    };
    assert_eq!(shown("Status").as_deref(), Some("Pending"));
    ground.mock().advance(seconds(6));
    assert_eq!(shown("Status").as_deref(), Some("InProgress"));
    let is_kept = |id: &&String| ground.ids().contains(id);
    for _ in 0..300 {
        ground.mock().advance(seconds(1));
        let n_in_service = ground.states().iter().filter(|state| *state == "InService").count();
        assert!(1 <= n_in_service, "{:?}", ground.states());
    }
    assert_eq!(before.iter().filter(is_kept).count(), 0);
    assert_eq!(shown("Status").as_deref(), Some("Successful"));
    assert_eq!(shown("PercentageComplete").as_deref(), Some("100"));
    assert_eq!(ground.states(), ["InService", "InService"]);
    ground.call_refused("CancelInstanceRefresh", &[], "ActiveInstanceRefreshNotFound/400");
}

// [D] A cancelled refresh replaces no more; a protected instance is waited for, for an hour.
#[test]
fn a_refresh_is_cancelled_or_gives_up() {
    let ground = ScalingGround::new();
    let ids = ground.grown(&[("DesiredCapacity", "2")]);
    let status = || {
        let reply = ground.call("DescribeInstanceRefreshes", &[("MaxRecords", "1")]);
        made(&reply, "InstanceRefreshes/0/Status")
    };
    ground.call("StartInstanceRefresh", &[]);
    ground.mock().advance(seconds(6));
    ground.call("CancelInstanceRefresh", &[]);
    assert_eq!(status(), "Cancelling");
    ground.mock().advance(seconds(100));
    assert_eq!(status(), "Cancelled");
    assert_eq!(ids.iter().filter(|id| ground.ids().contains(id)).count(), 1);

    let ids = ground.ids();
    for id in &ids {
        let more = [("InstanceIds.member.1", id.as_str()), ("ProtectedFromScaleIn", "true")];
        ground.call("SetInstanceProtection", &more);
    }
    ground.call("StartInstanceRefresh", &[]);
    ground.mock().advance(seconds(3500));
    assert_eq!(status(), "InProgress");
    ground.mock().advance(seconds(200));
    assert_eq!((status().as_str(), ground.ids()), ("Failed", ids));
    let odd = [("Preferences.MinHealthyPercentage", "101")];
    ground.call_refused("StartInstanceRefresh", &odd, "ValidationError/400");
}
