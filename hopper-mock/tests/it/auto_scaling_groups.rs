//! Rules of Auto Scaling groups: what is asked of them, and what is refused.

use hopper_mock::{Quotas, Service};

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, refused, seconds};

// [D] What is described is what was made, with the documented defaults. There is no instance yet.
#[test]
fn a_group_reads_back() {
    let ground = ScalingGround::new();
    ground.create(&[
        ("DesiredCapacity", "2"),
        ("HealthCheckGracePeriod", "120"),
        ("TerminationPolicies.member.1", "OldestInstance"),
        ("Tags.member.1.Key", "Name"),
        ("Tags.member.1.Value", "node"),
        ("Tags.member.1.PropagateAtLaunch", "true"),
    ]);
    for (path, expected) in [
        ("AutoScalingGroupName", "hopper"),
        ("LaunchConfigurationName", "nodes"),
        ("MinSize", "1"),
        ("MaxSize", "3"),
        ("DesiredCapacity", "2"),
        ("DefaultCooldown", "300"),
        ("AvailabilityZones/0", "eu-west-1a"),
        ("HealthCheckType", "EC2"),
        ("HealthCheckGracePeriod", "120"),
        ("VPCZoneIdentifier", &ground.ground.subnet_id),
        ("TerminationPolicies/0", "OldestInstance"),
        ("NewInstancesProtectedFromScaleIn", "false"),
        ("Tags/0/ResourceId", "hopper"),
        ("Tags/0/ResourceType", "auto-scaling-group"),
        ("Tags/0/PropagateAtLaunch", "true"),
        ("CreatedTime", "2026-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(ground.shown(path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(ground.ids(), [""; 0]);
    assert_eq!(ground.shown("Status"), None);
    let role = ground.shown("ServiceLinkedRoleARN").unwrap();
    assert!(role.ends_with("/AWSServiceRoleForAutoScaling"), "{role}");
    let left = ground.mock().world().leftovers();
    let left: Vec<_> = left.iter().map(|left| format!("{left}")).collect();
    assert!(left.contains(&"auto-scaling-group hopper (node)".to_owned()), "{left:?}");
    assert!(left.contains(&"launch-configuration nodes".to_owned()), "{left:?}");
    assert!(ground.mock().world().to_string().contains("autoscaling/groups/hopper"));
}

// [D] Bounds, sources, places and words that cannot be.
#[test]
fn a_group_that_cannot_be_is_refused() {
    let ground = ScalingGround::new();
    let elsewhere = ground.subnet("10.0.16.0/20", "eu-west-1b");
    let zone = "AvailabilityZones.member.1";
    for (changes, text) in [
        (&[("MinSize", "4")][..], "Max bound, 3, must be greater than or equal to min bound, 4"),
        (&[("MinSize", "-1")], "MinSize"),
        (&[("MaxSize", "")], "MaxSize"),
        (&[("DesiredCapacity", "4")], "Desired capacity:4 must be between"),
        (&[("DesiredCapacity", "0")], "Desired capacity:0 must be between"),
        (&[("LaunchConfigurationName", "")], "Valid requests must contain either"),
        (
            &[("LaunchTemplate.LaunchTemplateName", "t")],
            "Valid requests must contain either launchTemplate",
        ),
        (
            &[("LaunchConfigurationName", ""), ("LaunchTemplate.Version", "1")],
            "either LaunchTemplateId or LaunchTemplateName",
        ),
        (&[("LaunchConfigurationName", "no")], "Launch configuration name not found"),
        (&[("InstanceId", "i-0123456789abcdef0")], "InstanceId"),
        (&[("VPCZoneIdentifier", "")], "At least one Availability Zone or VPC Subnet is required."),
        (&[("VPCZoneIdentifier", "subnet-0123456789abcdef0")], "does not exist"),
        (&[("VPCZoneIdentifier", ""), (zone, "eu-west-1a")], "No default VPC"),
        (&[(zone, "eu-west-1x")], "Invalid availability zones: [eu-west-1x]"),
        (&[(zone, "eu-west-1b")], "do not match"),
        (&[("VPCZoneIdentifier", &elsewhere), (zone, "eu-west-1a")], "do not match"),
        (&[("HealthCheckType", "TCP")], "Invalid Health Check Type(s): TCP"),
        (&[("HealthCheckGracePeriod", "-5")], "HealthCheckGracePeriod"),
        (&[("DefaultCooldown", "-5")], "DefaultCooldown"),
        (&[("TerminationPolicies.member.1", "Prettiest")], "Prettiest"),
        (&[("AutoScalingGroupName", "a:b")], "colon"),
        (&[("ServiceLinkedRoleARN", "arn:aws:iam::1:role/x")], "Service-Linked Role"),
        (&[("MixedInstancesPolicy.LaunchTemplate", "x")], "MixedInstancesPolicy"),
        (&[("Tags.member.1.Key", "aws:mine")], "reserved"),
        (
            &[("Tags.member.1.Key", "a"), ("Tags.member.1.ResourceType", "instance")],
            "auto-scaling-group",
        ),
        (&[("Tags.member.1.Key", "a"), ("Tags.member.1.ResourceId", "other")], "not the name"),
        (&[("Tags.member.1.Key", "a"), ("Tags.member.2.Key", "a")], "Duplicate"),
    ] {
        ground.refused(changes, text);
    }
}

// [D] All subnets of a group are in one VPC.
#[test]
fn subnets_of_two_vpcs_make_no_group() {
    let ground = ScalingGround::new();
    let other = crate::support::vpc(ground.mock(), "10.9.0.0/16");
    let there = crate::support::subnet(ground.mock(), &other, "10.9.0.0/20");
    let both = format!("{},{there}", ground.ground.subnet_id);
    ground.refused(&[("VPCZoneIdentifier", &both)], "one VPC");
}

// [D] A name is taken once, also while the group with it is going; 500 groups in a region [U].
#[test]
fn names_and_numbers_are_limited() {
    let quotas = Quotas { auto_scaling_groups: 2, ..Quotas::default() };
    let ground = ScalingGround::built(|builder| builder.quotas(quotas));
    let create = |name, code| {
        let params = ground.params(&[("AutoScalingGroupName", name)]);
        refused(ground.mock(), "autoscaling:CreateAutoScalingGroup", &params, code);
    };
    ground.grown(&[]);
    create("hopper", "AlreadyExists/400");
    ground.create(&[("AutoScalingGroupName", "second")]);
    create("third", "LimitExceeded/400");
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    create("hopper", "AlreadyExists/400");
    ground.mock().advance(seconds(75));
    ground.create(&[]);
    assert_eq!(Quotas::default().auto_scaling_groups, 500);
}

// [D] A describe of names that nothing has is empty, other calls refuse them.
#[test]
fn an_unknown_group_is_shown_as_nothing_and_refused_elsewhere() {
    let ground = ScalingGround::new();
    let names = [("AutoScalingGroupNames.member.1", "hopper")];
    assert_eq!(ground.accepted("DescribeAutoScalingGroups", &names).count("AutoScalingGroups"), 0);
    let one = ("InstanceIds.member.1", "i-0123456789abcdef0");
    for (operation, more) in [
        ("UpdateAutoScalingGroup", &[][..]),
        ("DeleteAutoScalingGroup", &[]),
        ("SetDesiredCapacity", &[("DesiredCapacity", "1")]),
        ("SuspendProcesses", &[]),
        ("ResumeProcesses", &[]),
        ("DescribeScalingActivities", &[]),
        ("DescribeLifecycleHooks", &[]),
        ("StartInstanceRefresh", &[]),
        ("CancelInstanceRefresh", &[]),
        ("DescribeInstanceRefreshes", &[]),
        ("SetInstanceProtection", &[one, ("ProtectedFromScaleIn", "true")]),
        ("DetachInstances", &[one, ("ShouldDecrementDesiredCapacity", "true")]),
    ] {
        ground.call_refused(operation, more, "ValidationError/400");
    }
}

// [D] The capacity stays between the bounds; a bound that is passed takes it along.
#[test]
fn an_update_keeps_the_capacity_between_the_bounds() {
    let ground = ScalingGround::new();
    ground.create(&[("DesiredCapacity", "2")]);
    let desired = || ground.shown("DesiredCapacity").unwrap();
    ground.call("UpdateAutoScalingGroup", &[("MinSize", "3")]);
    assert_eq!(desired(), "3");
    ground.call("UpdateAutoScalingGroup", &[("MinSize", "0"), ("MaxSize", "1")]);
    assert_eq!(desired(), "1");
    let refuse =
        |more: &[_]| ground.call_refused("UpdateAutoScalingGroup", more, "ValidationError/400");
    refuse(&[("DesiredCapacity", "2")]);
    refuse(&[("MinSize", "2")]);
    refuse(&[("HealthCheckType", "x")]);
    refuse(&[("VPCZoneIdentifier", "subnet-0123456789abcdef0")]);
    refuse(&[("LaunchConfigurationName", "unknown")]);
    refuse(&[("DefaultCooldown", "soon")]);
    assert_eq!(ground.shown("MaxSize").as_deref(), Some("1"));
}

// [D] The texts of SetDesiredCapacity outside of the bounds.
#[test]
fn a_capacity_outside_of_the_bounds_is_refused() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    for (wanted, text) in [
        ("5", "New SetDesiredCapacity value 5 is above max value 3 for the AutoScalingGroup."),
        ("0", "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup."),
    ] {
        let params = [("AutoScalingGroupName", "hopper"), ("DesiredCapacity", wanted)];
        let reply = ground.mock().call("autoscaling:SetDesiredCapacity", &params);
        assert_eq!(reply.error().unwrap().to_string(), format!("ValidationError: {text}"));
    }
}

// [D] With HonorCooldown a group does not change before its cooldown is over.
#[test]
fn the_cooldown_is_honoured_where_it_is_asked_for() {
    let ground = ScalingGround::new();
    ground.grown(&[]);
    let two = [("DesiredCapacity", "2"), ("HonorCooldown", "true")];
    ground.call_refused("SetDesiredCapacity", &two, "ScalingActivityInProgress/400");
    ground.mock().advance(seconds(300));
    ground.call("SetDesiredCapacity", &two);
}

// [D] Filters by tag.
#[test]
fn groups_are_filtered_by_their_tags() {
    let ground = ScalingGround::new();
    for (name, value) in [("a", "one"), ("b", "two")] {
        ground.create(&[
            ("AutoScalingGroupName", name),
            ("Tags.member.1.Key", "cluster"),
            ("Tags.member.1.Value", value),
        ]);
    }
    let found = |name: &str, value: &str| {
        let params = [("Filters.member.1.Name", name), ("Filters.member.1.Values.member.1", value)];
        let reply = ground.accepted("DescribeAutoScalingGroups", &params);
        reply.texts("AutoScalingGroups/*/AutoScalingGroupName").join(",")
    };
    assert_eq!(found("tag:cluster", "one"), "a");
    assert_eq!(found("tag-key", "cluster"), "a,b");
    assert_eq!(found("tag-value", "two"), "b");
    assert_eq!(found("tag:cluster", "o*"), "");
    let unknown = [("Filters.member.1.Name", "name")];
    ground.call_refused("DescribeTags", &unknown, "ValidationError/400");
    let page = ground.accepted("DescribeAutoScalingGroups", &[("MaxRecords", "1")]);
    assert_eq!(page.count("AutoScalingGroups"), 1);
    assert!(page.text("NextToken").is_some());
}

// [D] The processes have names; all of them are meant if none is named.
#[test]
fn processes_are_suspended_and_resumed() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    ground.call("SuspendProcesses", &[("ScalingProcesses.member.1", "Launch")]);
    let names = || ground.all("SuspendedProcesses/*/ProcessName");
    assert_eq!(names(), ["Launch"]);
    let reason = ground.shown("SuspendedProcesses/0/SuspensionReason").unwrap();
    assert!(reason.starts_with("User suspended at 2026-01-01T"), "{reason}");
    ground.call("SuspendProcesses", &[]);
    assert_eq!(names().len(), 9);
    let unknown = [("ScalingProcesses.member.1", "Think")];
    ground.call_refused("SuspendProcesses", &unknown, "ValidationError/400");
    ground.call("ResumeProcesses", &[]);
    assert_eq!(names(), [""; 0]);
}

// [D] Names of policies, and no hooks.
#[test]
fn there_are_policies_and_no_hooks() {
    let ground = ScalingGround::new();
    ground.create(&[]);
    let policies = ground.accepted("DescribeTerminationPolicyTypes", &[]);
    assert_eq!(policies.count("TerminationPolicyTypes"), 7);
    assert_eq!(ground.call("DescribeLifecycleHooks", &[]).count("LifecycleHooks"), 0);
}

// [D] The first group makes the service-linked role, which stays; another role has to be there.
#[test]
fn the_first_group_makes_the_service_linked_role() {
    let ground = ScalingGround::new();
    let role = [("RoleName", "AWSServiceRoleForAutoScaling")];
    refused(ground.mock(), "iam:GetRole", &role, "NoSuchEntity/404");
    ground.create(&[]);
    let shown = accepted(ground.mock(), "iam:GetRole", &role);
    assert_eq!(shown.text("Role/Arn"), ground.shown("ServiceLinkedRoleARN").as_deref());
    let service = ("AWSServiceName", "autoscaling.amazonaws.com");
    let suffixed = [service, ("CustomSuffix", "mine")];
    let made = accepted(ground.mock(), "iam:CreateServiceLinkedRole", &suffixed);
    let arn = made.text("Role/Arn").unwrap();
    ground.call("UpdateAutoScalingGroup", &[("ServiceLinkedRoleARN", arn)]);
    assert_eq!(ground.shown("ServiceLinkedRoleARN").as_deref(), Some(arn));
}

// [D] The query protocol: lists of members, void answers, errors with their type.
#[test]
fn the_wire_is_that_of_the_query_protocol() {
    let ground = ScalingGround::new();
    let found = Service::find(Some("2011-01-01"), Some("autoscaling"));
    assert_eq!(found, Some(Service::AutoScaling));
    ground.create(&[]);
    let shown = ground.accepted("DescribeAutoScalingGroups", &[]).body;
    assert!(shown.starts_with(
        "<DescribeAutoScalingGroupsResponse \
         xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
         <DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>"
    ));
    let unknown = ground.mock().call("autoscaling:MakeItScale", &[]);
    assert_eq!(unknown.code(), Some("InvalidAction"));
    let odd = ground.mock().call("autoscaling:DescribeAutoScalingGroups", &[("Colour", "red")]);
    assert_eq!(odd.code(), Some("ValidationError"));
    assert!(odd.body.starts_with("<ErrorResponse><Error><Type>Sender</Type>"));
    accepted(ground.mock(), "autoscaling:DescribeAccountLimits", &[]);
}
