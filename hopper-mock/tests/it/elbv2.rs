//! Rules of network load balancers, target groups and listeners.

use hopper_mock::{Quotas, Reply};

use crate::ground::Ground;
use crate::support::{accepted, address, blockers, made, refused, seconds, vpc};

const UNKNOWN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";

/// The parameters with some of them changed, or left out where they are empty.
fn changed<'a>(
    params: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = params.iter().filter(|(known, _)| !more.iter().any(|(name, _)| name == known));
    kept.chain(more.iter().filter(|(_, value)| !value.is_empty())).copied().collect()
}

fn balancer_params<'a>(ground: &'a Ground, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let params =
        [("Name", "demo"), ("Type", "network"), ("Subnets.member.1", ground.subnet_id.as_str())];
    changed(&params, more)
}

#[track_caller]
fn balancer(ground: &Ground, more: &[(&str, &str)]) -> String {
    let reply = accepted(&ground.mock, "elbv2:CreateLoadBalancer", &balancer_params(ground, more));
    made(&reply, "LoadBalancers/0/LoadBalancerArn")
}

fn group_params<'a>(ground: &'a Ground, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let params =
        [("Name", "nodes"), ("Protocol", "TCP"), ("Port", "30080"), ("VpcId", &*ground.vpc_id)];
    changed(&params, more)
}

#[track_caller]
fn group(ground: &Ground, more: &[(&str, &str)]) -> String {
    let reply = accepted(&ground.mock, "elbv2:CreateTargetGroup", &group_params(ground, more));
    made(&reply, "TargetGroups/0/TargetGroupArn")
}

fn listener_params<'a>(
    balancer: &'a str,
    group: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let params = [
        ("LoadBalancerArn", balancer),
        ("Protocol", "TCP"),
        ("Port", "80"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", group),
    ];
    changed(&params, more)
}

#[track_caller]
fn listener(ground: &Ground, balancer: &str, group: &str) -> String {
    let params = listener_params(balancer, group, &[]);
    let reply = accepted(&ground.mock, "elbv2:CreateListener", &params);
    made(&reply, "Listeners/0/ListenerArn")
}

fn interfaces(ground: &Ground) -> Reply {
    let filter = [("Filter.1.Name", "description"), ("Filter.1.Value.1", "ELB net/demo/*")];
    accepted(&ground.mock, "DescribeNetworkInterfaces", &filter)
}

// [D] Provisioning, then active; a name for clients, and an interface in each subnet.
#[test]
fn a_load_balancer_is_provisioned() {
    let ground = Ground::new();
    let arn = balancer(&ground, &[]);
    let one = [("LoadBalancerArns.member.1", arn.as_str())];
    let shown = |path: &str| {
        let reply = accepted(&ground.mock, "elbv2:DescribeLoadBalancers", &one);
        reply.text(&format!("LoadBalancers/0/{path}")).map(str::to_owned)
    };
    assert!(arn.starts_with(&format!("{UNKNOWN}loadbalancer/net/demo/")), "{arn}");
    assert_eq!(shown("State/Code").as_deref(), Some("provisioning"));
    ground.mock.advance(seconds(150));
    for (path, expected) in [
        ("State/Code", "active"),
        ("Type", "network"),
        ("Scheme", "internet-facing"),
        ("VpcId", &*ground.vpc_id),
        ("AvailabilityZones/0/ZoneName", "eu-west-1a"),
        ("AvailabilityZones/0/SubnetId", &ground.subnet_id),
    ] {
        assert_eq!(shown(path).as_deref(), Some(expected), "{path}");
    }
    assert!(shown("DNSName").unwrap().ends_with(".elb.eu-west-1.amazonaws.com"));
    let found = interfaces(&ground);
    for (path, expected) in [
        ("interfaceType", "network_load_balancer"),
        ("requesterManaged", "true"),
        ("association/ipOwnerId", "amazon-elb"),
    ] {
        assert_eq!(found.text(&format!("networkInterfaceSet/0/{path}")), Some(expected), "{path}");
    }
    assert_eq!(found.count("networkInterfaceSet/0/groupSet"), 0);
    let left: Vec<_> = ground.mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert!(left.contains(&format!("loadbalancer {arn}")), "{left:?}");
}

// A doomed load balancer is accepted and fails.
#[test]
fn a_doomed_load_balancer_fails() {
    let ground = Ground::new();
    ground.mock.doom("CreateLoadBalancer").with("InternalError");
    let arn = balancer(&ground, &[]);
    ground.mock.advance(seconds(150));
    let reply =
        accepted(&ground.mock, "elbv2:DescribeLoadBalancers", &[("Names.member.1", "demo")]);
    assert_eq!(reply.text("LoadBalancers/0/State/Code"), Some("failed"));
    assert_eq!(reply.text("LoadBalancers/0/State/Reason"), Some("InternalError"));
    accepted(&ground.mock, "elbv2:DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
}

// [D] The same request again succeeds; another with the name does not.
#[test]
fn creates_are_idempotent() {
    let ground = Ground::new();
    let arn = balancer(&ground, &[]);
    assert_eq!(balancer(&ground, &[]), arn);
    let other = balancer_params(&ground, &[("Scheme", "internal")]);
    let operation = "elbv2:CreateLoadBalancer";
    refused(&ground.mock, operation, &other, "DuplicateLoadBalancerName/400");
    assert_eq!(blockers(&ground.mock, operation, &other), [arn.as_str()]);

    let group_arn = group(&ground, &[]);
    assert_eq!(group(&ground, &[]), group_arn);
    let other = group_params(&ground, &[("Port", "1")]);
    let operation = "elbv2:CreateTargetGroup";
    refused(&ground.mock, operation, &other, "DuplicateTargetGroupName/400");
    assert_eq!(blockers(&ground.mock, operation, &other), [group_arn.as_str()]);

    let listener_arn = listener(&ground, &arn, &group_arn);
    assert_eq!(listener(&ground, &arn, &group_arn), listener_arn);
    let spare = group(&ground, &[("Name", "spare")]);
    let other = listener_params(&arn, &spare, &[]);
    refused(&ground.mock, "elbv2:CreateListener", &other, "DuplicateListener/400");
    assert_eq!(blockers(&ground.mock, "elbv2:CreateListener", &other), [listener_arn]);
}

// [D] The codes of the model, and ValidationError for the rest.
#[test]
fn bad_requests_are_refused() {
    let ground = Ground::new();
    for (name, value, expected) in [
        ("Name", "internal-demo", "ValidationError/400"),
        ("Name", "a.b", "ValidationError/400"),
        ("Type", "", "ValidationError/400"),
        ("Type", "gateway", "ValidationError/400"),
        ("Scheme", "outer", "ValidationError/400"),
        ("IpAddressType", "dualstack", "ValidationError/400"),
        ("Colour", "red", "ValidationError/400"),
        ("Subnets.member.1", "", "ValidationError/400"),
        ("Subnets.member.1", "subnet-0123456789abcdef0", "SubnetNotFound/400"),
        ("SecurityGroups.member.1", "sg-0123456789abcdef0", "InvalidSecurityGroup/400"),
    ] {
        let params = balancer_params(&ground, &[(name, value)]);
        refused(&ground.mock, "elbv2:CreateLoadBalancer", &params, expected);
    }
    for (name, value) in [
        ("Name", ""),
        ("Protocol", "HTTP"),
        ("Port", "0"),
        ("VpcId", "vpc-0123456789abcdef0"),
        ("TargetType", "lambda"),
        ("HealthCheckProtocol", "UDP"),
        ("HealthCheckPath", "/"),
        ("HealthCheckPort", "http"),
        ("HealthCheckIntervalSeconds", "4"),
        ("HealthCheckTimeoutSeconds", "31"),
        ("UnhealthyThresholdCount", "11"),
    ] {
        let params = group_params(&ground, &[(name, value)]);
        refused(&ground.mock, "elbv2:CreateTargetGroup", &params, "ValidationError/400");
    }
    let (arn, group_arn) = (balancer(&ground, &[]), group(&ground, &[]));
    let udp = group(&ground, &[("Name", "udp"), ("Protocol", "UDP")]);
    let target = "DefaultActions.member.1.TargetGroupArn";
    let (no_balancer, no_group) =
        (format!("{UNKNOWN}loadbalancer/net/x/0"), format!("{UNKNOWN}targetgroup/x/0"));
    for (name, value, expected) in [
        ("LoadBalancerArn", &*no_balancer, "LoadBalancerNotFound/400"),
        ("LoadBalancerArn", "demo", "ValidationError/400"),
        (target, &no_group, "TargetGroupNotFound/400"),
        (target, &udp, "IncompatibleProtocols/400"),
        ("Protocol", "HTTP", "UnsupportedProtocol/400"),
        ("Port", "", "ValidationError/400"),
        ("DefaultActions.member.1.Type", "redirect", "InvalidLoadBalancerAction/400"),
    ] {
        let params = listener_params(&arn, &group_arn, &[(name, value)]);
        refused(&ground.mock, "elbv2:CreateListener", &params, expected);
    }
    refused(&ground.mock, "elbv2:CreateRule", &[], "InvalidAction/400");
}

// [D] A target group that a listener uses stays; a load balancer takes its listeners with it.
#[test]
fn a_target_group_is_kept_by_its_listener() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let (arn, group_arn) = (balancer(&ground, &[]), group(&ground, &[]));
    let listener_arn = listener(&ground, &arn, &group_arn);
    let gone = [("TargetGroupArn", group_arn.as_str())];
    refused(mock, "elbv2:DeleteTargetGroup", &gone, "ResourceInUse/400");
    assert_eq!(blockers(mock, "elbv2:DeleteTargetGroup", &gone), [listener_arn.as_str()]);
    let of_balancer = [("LoadBalancerArn", arn.as_str())];
    let listed = accepted(mock, "elbv2:DescribeTargetGroups", &of_balancer);
    assert_eq!(listed.text("TargetGroups/0/LoadBalancerArns/0"), Some(arn.as_str()));
    let listed = accepted(mock, "elbv2:DescribeListeners", &of_balancer);
    assert_eq!(listed.texts("Listeners/*/ListenerArn"), [listener_arn.as_str()]);
    let action = "Listeners/0/DefaultActions/0/ForwardConfig/TargetGroups/0/TargetGroupArn";
    assert_eq!(listed.text(action), Some(group_arn.as_str()));

    let one = [("ListenerArn", listener_arn.as_str())];
    accepted(mock, "elbv2:DeleteListener", &one);
    refused(mock, "elbv2:DeleteListener", &one, "ListenerNotFound/400");
    listener(&ground, &arn, &group_arn);
    accepted(mock, "elbv2:DeleteLoadBalancer", &of_balancer);
    accepted(mock, "elbv2:DeleteLoadBalancer", &of_balancer);
    assert!(mock.world().elbv2.listeners.is_empty());
    refused(mock, "elbv2:DescribeListeners", &of_balancer, "LoadBalancerNotFound/400");
    accepted(mock, "elbv2:DeleteTargetGroup", &gone);
    accepted(mock, "elbv2:DeleteTargetGroup", &gone);
    let named = [("Names.member.1", "nodes")];
    refused(mock, "elbv2:DescribeTargetGroups", &named, "TargetGroupNotFound/400");
    let named = [("Names.member.1", "demo")];
    refused(mock, "elbv2:DescribeLoadBalancers", &named, "LoadBalancerNotFound/400");
}

// [D] A target group is behind one load balancer.
#[test]
fn a_target_group_has_one_load_balancer() {
    let ground = Ground::new();
    let (one, group_arn) = (balancer(&ground, &[]), group(&ground, &[]));
    listener(&ground, &one, &group_arn);
    let other = balancer(&ground, &[("Name", "other")]);
    let params = listener_params(&other, &group_arn, &[]);
    let operation = "elbv2:CreateListener";
    refused(&ground.mock, operation, &params, "TargetGroupAssociationLimit/400");
    assert_eq!(blockers(&ground.mock, operation, &params), [one]);
}

// [D] The interfaces keep subnet and internet gateway, and go some time after.
#[test]
fn interfaces_outlive_their_load_balancer() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let arn = balancer(&ground, &[]);
    let eni = made(&interfaces(&ground), "networkInterfaceSet/0/networkInterfaceId");
    accepted(mock, "elbv2:DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    mock.advance(seconds(59));
    let subnet = [("SubnetId", ground.subnet_id.as_str())];
    refused(mock, "DeleteSubnet", &subnet, "DependencyViolation/400");
    assert_eq!(blockers(mock, "DeleteSubnet", &subnet), [eni]);
    mock.advance(seconds(1));
    accepted(mock, "DeleteSubnet", &subnet);
}

// [D] An Elastic IP address of a load balancer cannot be released; [O] the code is AuthFailure.
#[test]
fn an_elastic_address_is_held() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let allocation = address(mock);
    let mapping = [
        ("Subnets.member.1", ""),
        ("SubnetMappings.member.1.SubnetId", ground.subnet_id.as_str()),
        ("SubnetMappings.member.1.AllocationId", &allocation),
    ];
    let arn = balancer(&ground, &mapping);
    let public_ip = mock.world().ec2.addresses[&allocation].public_ip.to_string();
    let reply = accepted(mock, "elbv2:DescribeLoadBalancers", &[]);
    let shown = "LoadBalancers/0/AvailabilityZones/0/LoadBalancerAddresses/0/IpAddress";
    assert_eq!(reply.text(shown), Some(public_ip.as_str()));
    let release = [("AllocationId", allocation.as_str())];
    refused(mock, "ReleaseAddress", &release, "AuthFailure/400");
    let other = balancer_params(&ground, &[&mapping[..], &[("Name", "other")]].concat());
    refused(mock, "elbv2:CreateLoadBalancer", &other, "ResourceInUse/400");
    let unknown = [&mapping[..2], &[(mapping[2].0, "eipalloc-0123456789abcdef0")]].concat();
    let other = balancer_params(&ground, &[&unknown[..], &[("Name", "other")]].concat());
    refused(mock, "elbv2:CreateLoadBalancer", &other, "AllocationIdNotFound/400");
    accepted(mock, "elbv2:DeleteLoadBalancer", &[("LoadBalancerArn", &arn)]);
    mock.advance(seconds(60));
    accepted(mock, "ReleaseAddress", &release);
}

// [D] unused, initial, healthy, and unused again where the instance does not run.
#[test]
fn target_health_follows_the_instance() {
    let ground = Ground::new();
    let (arn, group_arn) = (balancer(&ground, &[]), group(&ground, &[]));
    let id = ground.running(&[]);
    let of_group = ("TargetGroupArn", group_arn.as_str());
    let one = [of_group, ("Targets.member.1.Id", id.as_str())];
    accepted(&ground.mock, "elbv2:RegisterTargets", &one);
    let health = || {
        let reply = accepted(&ground.mock, "elbv2:DescribeTargetHealth", &[of_group]);
        let text = |path: &str| {
            let path = format!("TargetHealthDescriptions/0/TargetHealth/{path}");
            reply.text(&path).unwrap_or_default().to_owned()
        };
        format!("{} {}", text("State"), text("Reason"))
    };
    assert_eq!(health(), "unused Target.NotInUse");
    listener(&ground, &arn, &group_arn);
    assert_eq!(health(), "initial Elb.RegistrationInProgress");
    ground.mock.advance(seconds(75));
    assert_eq!(health(), "healthy ");
    ground.instance("StopInstances", &id);
    assert_eq!(health(), "unused Target.InvalidState");
    accepted(&ground.mock, "elbv2:DeregisterTargets", &one);
    accepted(&ground.mock, "elbv2:DeregisterTargets", &one);
    refused(&ground.mock, "elbv2:DescribeTargetHealth", &one, "InvalidTarget/400");
}

// [D] A target has to exist, to run, and to be in the VPC of the group.
#[test]
fn strange_targets_are_refused() {
    let ground = Ground::new();
    let elsewhere = vpc(&ground.mock, "10.1.0.0/16");
    let far = group(&ground, &[("Name", "far"), ("VpcId", &elsewhere)]);
    let by_ip = group(&ground, &[("Name", "ip"), ("TargetType", "ip")]);
    let near = group(&ground, &[]);
    let (alive, stopped) = (ground.running(&[]), ground.running(&[]));
    ground.instance("StopInstances", &stopped);
    for (group_arn, id) in [
        (&near, "i-0123456789abcdef0"),
        (&near, &stopped),
        (&far, &alive),
        (&by_ip, &alive),
        (&by_ip, "10.1.0.5"),
    ] {
        let params = [("TargetGroupArn", group_arn.as_str()), ("Targets.member.1.Id", id)];
        refused(&ground.mock, "elbv2:RegisterTargets", &params, "InvalidTarget/400");
    }
    let params = [("TargetGroupArn", by_ip.as_str()), ("Targets.member.1.Id", "10.0.0.5")];
    accepted(&ground.mock, "elbv2:RegisterTargets", &params);
}

// [D] Everything has tags.
#[test]
fn everything_has_tags() {
    let ground = Ground::new();
    let (arn, group_arn) = (balancer(&ground, &[]), group(&ground, &[]));
    let listener_arn = listener(&ground, &arn, &group_arn);
    let all = [
        ("ResourceArns.member.1", arn.as_str()),
        ("ResourceArns.member.2", &group_arn),
        ("ResourceArns.member.3", &listener_arn),
    ];
    let tag = [("Tags.member.1.Key", "Name"), ("Tags.member.1.Value", "it")];
    accepted(&ground.mock, "elbv2:AddTags", &[&all[..], &tag].concat());
    let shown = accepted(&ground.mock, "elbv2:DescribeTags", &all);
    assert_eq!(shown.texts("TagDescriptions/*/ResourceArn"), all.map(|(_, arn)| arn));
    assert_eq!(shown.texts("TagDescriptions/*/Tags/0/Value"), ["it"; 3]);
    let key = [("TagKeys.member.1", "Name")];
    accepted(&ground.mock, "elbv2:RemoveTags", &[&all[..2], &key].concat());
    let shown = accepted(&ground.mock, "elbv2:DescribeTags", &all);
    assert_eq!(shown.texts("TagDescriptions/*/Tags/0/Value"), ["it"]);
    for (kind, expected) in [
        ("loadbalancer/net/x/0", "LoadBalancerNotFound/400"),
        ("targetgroup/x/0", "TargetGroupNotFound/400"),
        ("listener/net/x/0/0", "ListenerNotFound/400"),
        ("castle/0", "ValidationError/400"),
    ] {
        let unknown = format!("{UNKNOWN}{kind}");
        let params = [("ResourceArns.member.1", unknown.as_str())];
        refused(&ground.mock, "elbv2:DescribeTags", &params, expected);
    }
}

// [D] The quotas of a region.
#[test]
fn there_are_only_so_many() {
    let quotas = Quotas { network_load_balancers: 1, target_groups: 1, ..Quotas::default() };
    let ground = Ground::built(|builder| builder.quotas(quotas));
    balancer(&ground, &[]);
    group(&ground, &[]);
    let params = balancer_params(&ground, &[("Name", "other")]);
    refused(&ground.mock, "elbv2:CreateLoadBalancer", &params, "TooManyLoadBalancers/400");
    let params = group_params(&ground, &[("Name", "other")]);
    refused(&ground.mock, "elbv2:CreateTargetGroup", &params, "TooManyTargetGroups/400");
}

// [D] An attribute is what it is at first until it is changed; an unknown one is refused.
#[test]
fn attributes_of_a_target_group_change() {
    let ground = Ground::new();
    let group_arn = group(&ground, &[]);
    let of_group = ("TargetGroupArn", group_arn.as_str());
    let shown = || {
        let reply = accepted(&ground.mock, "elbv2:DescribeTargetGroupAttributes", &[of_group]);
        let all = (0..5).map(|n| {
            let text =
                |path: &str| reply.text(&format!("Attributes/{n}/{path}")).unwrap().to_owned();
            (text("Key"), text("Value"))
        });
        all.collect::<std::collections::BTreeMap<_, _>>()["preserve_client_ip.enabled"].clone()
    };
    assert_eq!(shown(), "true");
    let change = |key: &'static str, value: &'static str| {
        [of_group, ("Attributes.member.1.Key", key), ("Attributes.member.1.Value", value)]
    };
    let off = change("preserve_client_ip.enabled", "false");
    accepted(&ground.mock, "elbv2:ModifyTargetGroupAttributes", &off);
    assert_eq!(shown(), "false");
    for wrong in [
        change("preserve_client_ip", "false"),
        change("preserve_client_ip.enabled", "no"),
        change("deregistration_delay.timeout_seconds", "3601"),
    ] {
        let operation = "elbv2:ModifyTargetGroupAttributes";
        refused(&ground.mock, operation, &wrong, "ValidationError/400");
    }
    // It is the same group still.
    assert_eq!(group(&ground, &[]), group_arn);
}
