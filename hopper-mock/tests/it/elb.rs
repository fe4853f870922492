//! Rules of classic load balancers.

use hopper_mock::{Builder, Latencies, Quotas, Reply};

use crate::ground::Ground;
use crate::support::{accepted, blockers, internet_gateway, made, refused, seconds, subnet, vpc};

/// The parameters of a load balancer in the ground's subnet.
fn params<'a>(ground: &'a Ground, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut params = vec![
        ("LoadBalancerName", "demo"),
        ("Listeners.member.1.Protocol", "TCP"),
        ("Listeners.member.1.LoadBalancerPort", "80"),
        ("Listeners.member.1.InstancePort", "30080"),
        ("Subnets.member.1", ground.subnet_id.as_str()),
    ];
    for (name, value) in more {
        params.retain(|(known, _)| known != name);
        if !value.is_empty() {
            params.push((name, value));
        }
    }
    params
}

#[track_caller]
fn create(ground: &Ground, more: &[(&str, &str)]) -> String {
    made(&accepted(&ground.mock, "elb:CreateLoadBalancer", &params(ground, more)), "DNSName")
}

#[track_caller]
fn create_refused(ground: &Ground, more: &[(&str, &str)], expected: &str) {
    let before = ground.mock.world();
    refused(&ground.mock, "elb:CreateLoadBalancer", &params(ground, more), expected);
    assert_eq!(ground.mock.world().diff(&before).to_string(), "");
}

#[track_caller]
fn create_blocked_by(ground: &Ground, more: &[(&str, &str)]) -> Vec<String> {
    blockers(&ground.mock, "elb:CreateLoadBalancer", &params(ground, more))
}

fn group(ground: &Ground, vpc_id: &str, name: &str) -> String {
    let params = [("GroupName", name), ("GroupDescription", name), ("VpcId", vpc_id)];
    made(&accepted(&ground.mock, "CreateSecurityGroup", &params), "groupId")
}

fn delete(ground: &Ground) -> Reply {
    accepted(&ground.mock, "elb:DeleteLoadBalancer", &[("LoadBalancerName", "demo")])
}

fn built(change: impl FnOnce(&mut Quotas, &mut Latencies)) -> Ground {
    let (mut quotas, mut latencies) = (Quotas::default(), Latencies::default());
    change(&mut quotas, &mut latencies);
    Ground::built(|builder: Builder| builder.quotas(quotas).latencies(latencies))
}

/// The interfaces of the load balancer.
fn interfaces(ground: &Ground) -> Reply {
    let filter = [("Filter.1.Name", "description"), ("Filter.1.Value.1", "ELB demo")];
    accepted(&ground.mock, "DescribeNetworkInterfaces", &filter)
}

// [D] What a describe shows of a new load balancer, with the defaults of the guide.
#[test]
fn a_load_balancer_is_described() {
    let ground = Ground::new();
    let group_id = group(&ground, &ground.vpc_id, "balancer");
    let dns_name = create(
        &ground,
        &[
            ("SecurityGroups.member.1", &group_id),
            ("Tags.member.1.Key", "kubernetes.io/service-name"),
            ("Tags.member.1.Value", "default/demo"),
        ],
    );
    assert!(dns_name.starts_with("demo-") && dns_name.ends_with(".eu-west-1.elb.amazonaws.com"));
    let by_name = [("LoadBalancerNames.member.1", "demo")];
    let reply = accepted(&ground.mock, "elb:DescribeLoadBalancers", &by_name);
    for (path, expected) in [
        ("LoadBalancerName", "demo"),
        ("DNSName", &*dns_name),
        ("Scheme", "internet-facing"),
        ("VPCId", &ground.vpc_id),
        ("Subnets/0", &ground.subnet_id),
        ("AvailabilityZones/0", "eu-west-1a"),
        ("SecurityGroups/0", &group_id),
        ("SourceSecurityGroup/GroupName", "balancer"),
        ("ListenerDescriptions/0/Listener/Protocol", "TCP"),
        ("ListenerDescriptions/0/Listener/LoadBalancerPort", "80"),
        ("ListenerDescriptions/0/Listener/InstanceProtocol", "TCP"),
        ("ListenerDescriptions/0/Listener/InstancePort", "30080"),
        ("HealthCheck/Target", "TCP:30080"),
        ("HealthCheck/Interval", "30"),
        ("HealthCheck/UnhealthyThreshold", "2"),
        ("HealthCheck/HealthyThreshold", "10"),
    ] {
        let path = format!("LoadBalancerDescriptions/0/{path}");
        assert_eq!(reply.text(&path), Some(expected), "{path}");
    }
    let tags = accepted(&ground.mock, "elb:DescribeTags", &by_name);
    assert_eq!(tags.text("TagDescriptions/0/Tags/0/Value"), Some("default/demo"));
    let left: Vec<_> = ground.mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert!(left.contains(&"loadbalancer demo".to_owned()), "{left:?}");
    // EC2 lists no tags of other services.
    assert_eq!(accepted(&ground.mock, "DescribeTags", &[]).count("tagSet"), 0);
}

// [D] The first load balancer of an account brings the role of the service.
#[test]
fn the_first_load_balancer_brings_its_role() {
    let ground = Ground::new();
    let role = [("RoleName", "AWSServiceRoleForElasticLoadBalancing")];
    refused(&ground.mock, "iam:GetRole", &role, "NoSuchEntity/404");
    create(&ground, &[]);
    accepted(&ground.mock, "iam:GetRole", &role);
}

// [D] Without a group it is in the default one of the VPC; inside it has no public address.
#[test]
fn an_internal_load_balancer_needs_no_internet_gateway() {
    let ground = Ground::new();
    let vpc_id = vpc(&ground.mock, "10.1.0.0/16");
    let inside = subnet(&ground.mock, &vpc_id, "10.1.0.0/24");
    let there = ("Subnets.member.1", inside.as_str());
    create_refused(&ground, &[there], "InvalidSubnet/400");
    assert_eq!(create_blocked_by(&ground, &[there]), [vpc_id.as_str()]);
    let dns_name = create(&ground, &[there, ("Scheme", "internal")]);
    assert!(dns_name.starts_with("internal-demo-"), "{dns_name}");
    let found = interfaces(&ground);
    assert_eq!(found.count("networkInterfaceSet"), 1);
    assert_eq!(found.text("networkInterfaceSet/0/groupSet/0/groupName"), Some("default"));
    assert_eq!(found.text("networkInterfaceSet/0/association/publicIp"), None);
}

// [D] The interfaces of a load balancer: one in each subnet, for AWS alone to change.
#[test]
fn a_load_balancer_has_an_interface_in_each_subnet() {
    let ground = Ground::new();
    let params = [
        ("VpcId", ground.vpc_id.as_str()),
        ("CidrBlock", "10.0.16.0/20"),
        ("AvailabilityZone", "eu-west-1b"),
    ];
    let other = made(&accepted(&ground.mock, "CreateSubnet", &params), "subnet/subnetId");
    create(&ground, &[("Subnets.member.2", &other)]);
    let found = interfaces(&ground);
    assert_eq!(found.count("networkInterfaceSet"), 2);
    for (path, expected) in [
        ("interfaceType", "interface"),
        ("requesterId", "amazon-elb"),
        ("requesterManaged", "true"),
        ("status", "in-use"),
        ("attachment/instanceOwnerId", "amazon-elb"),
        ("association/ipOwnerId", "amazon-elb"),
    ] {
        let path = format!("networkInterfaceSet/0/{path}");
        assert_eq!(found.text(&path), Some(expected), "{path}");
    }
    let eni = made(&found, "networkInterfaceSet/0/networkInterfaceId");
    let one = [("NetworkInterfaceId", eni.as_str())];
    refused(&ground.mock, "DeleteNetworkInterface", &one, "InvalidParameterValue/400");
    assert!(!ground.mock.world().leftovers().iter().any(|left| left.kind == "network-interface"));
}

// [D] Interfaces keep the group, the subnet and the internet gateway; [U] for a minute after the
// load balancer is gone.
#[test]
fn interfaces_outlive_their_load_balancer() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let group_id = group(&ground, &ground.vpc_id, "balancer");
    create(&ground, &[("SecurityGroups.member.1", &group_id)]);
    let eni = made(&interfaces(&ground), "networkInterfaceSet/0/networkInterfaceId");
    let gateway = mock.world().ec2.internet_gateways.keys().next().unwrap().clone();
    let all_blocked = || {
        for (operation, params) in [
            ("DeleteSecurityGroup", vec![("GroupId", group_id.as_str())]),
            ("DeleteSubnet", vec![("SubnetId", &ground.subnet_id)]),
            (
                "DetachInternetGateway",
                vec![("InternetGatewayId", &gateway), ("VpcId", &ground.vpc_id)],
            ),
        ] {
            refused(mock, operation, &params, "DependencyViolation/400");
            assert_eq!(blockers(mock, operation, &params), [eni.as_str()], "{operation}");
        }
    };
    all_blocked();
    delete(&ground);
    assert_eq!(
        accepted(mock, "elb:DescribeLoadBalancers", &[]).count("LoadBalancerDescriptions"),
        0
    );
    mock.advance(seconds(59));
    all_blocked();
    mock.advance(seconds(1));
    accepted(mock, "DeleteSecurityGroup", &[("GroupId", &group_id)]);
    accepted(mock, "DeleteSubnet", &[("SubnetId", &ground.subnet_id)]);
    let detach = [("InternetGatewayId", gateway.as_str()), ("VpcId", &ground.vpc_id)];
    accepted(mock, "DetachInternetGateway", &detach);
}

// [O] Interfaces that linger for ten minutes are a setting.
#[test]
fn how_long_interfaces_linger_is_a_setting() {
    let ground = built(|_, latencies| latencies.load_balancer_interfaces_gone = seconds(600));
    create(&ground, &[]);
    delete(&ground);
    ground.mock.advance(seconds(599));
    assert_eq!(interfaces(&ground).count("networkInterfaceSet"), 1);
    ground.mock.advance(seconds(1));
    assert_eq!(interfaces(&ground).count("networkInterfaceSet"), 0);
}

// [D] The deletion of a load balancer that is not there succeeds.
#[test]
fn deleting_what_is_gone_succeeds() {
    let ground = Ground::new();
    create(&ground, &[]);
    delete(&ground);
    delete(&ground);
    let by_name = [("LoadBalancerNames.member.1", "demo")];
    for operation in ["elb:DescribeLoadBalancers", "elb:DescribeTags"] {
        refused(&ground.mock, operation, &by_name, "LoadBalancerNotFound/400");
    }
    let name = [("LoadBalancerName", "demo")];
    refused(&ground.mock, "elb:DescribeInstanceHealth", &name, "LoadBalancerNotFound/400");
}

// [D] A name is taken, unless by the very same load balancer [U].
#[test]
fn a_name_is_taken_once() {
    let ground = Ground::new();
    let dns_name = create(&ground, &[]);
    assert_eq!(create(&ground, &[]), dns_name);
    assert_eq!(ground.mock.world().elb.load_balancers.len(), 1);
    let other = [("Listeners.member.1.LoadBalancerPort", "81")];
    create_refused(&ground, &other, "DuplicateLoadBalancerName/400");
    assert_eq!(create_blocked_by(&ground, &other), ["demo"]);
}

// [D] The codes of the model for what a request can get wrong.
#[test]
fn bad_requests_are_refused() {
    let ground = Ground::new();
    let elsewhere = vpc(&ground.mock, "10.1.0.0/16");
    internet_gateway(&ground.mock, &elsewhere);
    let far = subnet(&ground.mock, &elsewhere, "10.1.0.0/24");
    let near = subnet(&ground.mock, &ground.vpc_id, "10.0.16.0/20");
    let foreign = group(&ground, &elsewhere, "far");
    let long = "x".repeat(33);
    for (name, value, expected) in [
        ("LoadBalancerName", "a_b", "ValidationError/400"),
        ("LoadBalancerName", "-a", "ValidationError/400"),
        ("LoadBalancerName", &long, "ValidationError/400"),
        ("LoadBalancerName", "", "ValidationError/400"),
        ("Colour", "red", "ValidationError/400"),
        ("Subnets.member.1", "", "ValidationError/400"),
        ("Subnets.member.1", "subnet-0123456789abcdef0", "SubnetNotFound/400"),
        ("Subnets.member.1", "nowhere", "SubnetNotFound/400"),
        ("Subnets.member.2", &far, "InvalidConfigurationRequest/409"),
        ("Subnets.member.2", &near, "InvalidConfigurationRequest/409"),
        ("SecurityGroups.member.1", "sg-0123456789abcdef0", "InvalidSecurityGroup/400"),
        ("SecurityGroups.member.1", &foreign, "InvalidConfigurationRequest/409"),
        ("Scheme", "outer", "InvalidScheme/400"),
        ("Listeners.member.1.Protocol", "UDP", "UnsupportedProtocol/400"),
        ("Listeners.member.1.InstanceProtocol", "HTTP", "InvalidConfigurationRequest/409"),
        ("Listeners.member.1.Protocol", "HTTPS", "InvalidConfigurationRequest/409"),
        ("Listeners.member.1.SSLCertificateId", "arn:aws:iam::1:x", "CertificateNotFound/400"),
        ("Listeners.member.1.LoadBalancerPort", "0", "ValidationError/400"),
        ("Listeners.member.1.InstancePort", "65536", "ValidationError/400"),
        ("Listeners.member.1.InstancePort", "http", "ValidationError/400"),
        ("Tags.member.1.Key", "aws:x", "ValidationError/400"),
    ] {
        create_refused(&ground, &[(name, value)], expected);
    }
    let both = [("AvailabilityZones.member.1", "eu-west-1a")];
    create_refused(&ground, &both, "ValidationError/400");
    let zone = [("Subnets.member.1", ""), both[0]];
    create_refused(&ground, &zone, "InvalidConfigurationRequest/409");
    let twice = [("Tags.member.1.Key", "a"), ("Tags.member.2.Key", "a")];
    create_refused(&ground, &twice, "DuplicateTagKeys/400");
    let same_port = [
        ("Listeners.member.2.Protocol", "TCP"),
        ("Listeners.member.2.LoadBalancerPort", "80"),
        ("Listeners.member.2.InstancePort", "1"),
    ];
    create_refused(&ground, &same_port, "InvalidConfigurationRequest/409");
    let none =
        [("LoadBalancerName", "demo"), ("Listeners", ""), ("Subnets.member.1", &ground.subnet_id)];
    refused(&ground.mock, "elb:CreateLoadBalancer", &none, "ValidationError/400");
    refused(&ground.mock, "elb:CreateLoadBalancerPolicy", &[], "InvalidAction/400");
}

// [D] A load balancer needs eight free addresses in a subnet.
#[test]
fn a_small_subnet_is_refused() {
    let ground = Ground::new();
    let small = subnet(&ground.mock, &ground.vpc_id, "10.0.16.0/28");
    let there = [("Subnets.member.1", small.as_str())];
    let params = [("SubnetId", small.as_str()), ("SecondaryPrivateIpAddressCount", "3")];
    accepted(&ground.mock, "CreateNetworkInterface", &params);
    create_refused(&ground, &there, "InvalidSubnet/400");
    assert_eq!(create_blocked_by(&ground, &there), [small.as_str()]);
}

// [D] 20 in a region.
#[test]
fn there_are_only_so_many() {
    let ground = built(|quotas, _| quotas.classic_load_balancers = 1);
    create(&ground, &[]);
    create_refused(&ground, &[("LoadBalancerName", "other")], "TooManyLoadBalancers/400");
}

// [D] InService or OutOfService, and whose fault it is.
#[test]
fn health_follows_the_instance() {
    let ground = Ground::new();
    create(&ground, &[]);
    let id = ground.running(&[]);
    let name = ("LoadBalancerName", "demo");
    let one = [name, ("Instances.member.1.InstanceId", id.as_str())];
    let reply = accepted(&ground.mock, "elb:RegisterInstancesWithLoadBalancer", &one);
    assert_eq!(reply.text("Instances/0/InstanceId"), Some(id.as_str()));
    let health = || {
        let reply = accepted(&ground.mock, "elb:DescribeInstanceHealth", &[name]);
        let text = |path: &str| reply.text(&format!("InstanceStates/0/{path}")).unwrap().to_owned();
        format!("{} {} {}", text("State"), text("ReasonCode"), text("Description"))
    };
    assert_eq!(health(), "OutOfService ELB Instance registration is still in progress.");
    ground.mock.advance(seconds(75));
    assert_eq!(health(), "InService N/A N/A");
    ground.instance("StopInstances", &id);
    ground.mock.advance(seconds(25));
    assert_eq!(health(), "OutOfService Instance Instance is in stopped state.");
    let reply = accepted(&ground.mock, "elb:DeregisterInstancesFromLoadBalancer", &one);
    assert_eq!(reply.count("Instances"), 0);
    for operation in ["elb:DeregisterInstancesFromLoadBalancer", "elb:DescribeInstanceHealth"] {
        refused(&ground.mock, operation, &one, "InvalidInstance/400");
    }
}

// [D] What cannot be put behind a load balancer.
#[test]
fn strange_instances_are_refused() {
    let ground = Ground::new();
    let vpc_id = vpc(&ground.mock, "10.1.0.0/16");
    internet_gateway(&ground.mock, &vpc_id);
    let there = subnet(&ground.mock, &vpc_id, "10.1.0.0/24");
    create(&ground, &[("Subnets.member.1", &there)]);
    let (alive, gone) = (ground.running(&[]), ground.running(&[]));
    ground.instance("TerminateInstances", &gone);
    for id in ["i-0123456789abcdef0", "nobody", &gone, &alive] {
        let params = [("LoadBalancerName", "demo"), ("Instances.member.1.InstanceId", id)];
        let operation = "elb:RegisterInstancesWithLoadBalancer";
        refused(&ground.mock, operation, &params, "InvalidInstance/400");
    }
    assert!(ground.mock.world().elb.load_balancers["demo"].instances.is_empty());
}

// [D] The bounds of health checks.
#[test]
fn health_checks_are_checked() {
    let ground = Ground::new();
    create(&ground, &[]);
    let check = |changed: (&'static str, &'static str)| {
        let mut params = vec![
            ("LoadBalancerName", "demo"),
            ("HealthCheck.Target", "HTTP:10256/healthz"),
            ("HealthCheck.Interval", "10"),
            ("HealthCheck.Timeout", "5"),
            ("HealthCheck.UnhealthyThreshold", "6"),
            ("HealthCheck.HealthyThreshold", "2"),
        ];
        params.retain(|(name, _)| *name != changed.0);
        params.push(changed);
        ground.mock.call("elb:ConfigureHealthCheck", &params)
    };
    for (name, value) in [
        ("HealthCheck.Target", "HTTP:80"),
        ("HealthCheck.Target", "TCP:80/x"),
        ("HealthCheck.Target", "TCP:0"),
        ("HealthCheck.Target", "80"),
        ("HealthCheck.Interval", "4"),
        ("HealthCheck.Interval", "5"),
        ("HealthCheck.Timeout", "61"),
        ("HealthCheck.UnhealthyThreshold", "1"),
        ("HealthCheck.HealthyThreshold", "11"),
    ] {
        assert_eq!(check((name, value)).code(), Some("ValidationError"), "{name}={value}");
    }
    let reply = check(("HealthCheck.Timeout", "4"));
    assert_eq!(reply.text("HealthCheck/Target"), Some("HTTP:10256/healthz"));
    assert_eq!(ground.mock.world().elb.load_balancers["demo"].health_check.timeout, 4);
    let code = check(("LoadBalancerName", "other"));
    assert_eq!(code.code(), Some("LoadBalancerNotFound"));
}

// [D] Tags are added, replaced and removed.
#[test]
fn load_balancers_have_tags() {
    let ground = Ground::new();
    create(&ground, &[("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1")]);
    let name = ("LoadBalancerNames.member.1", "demo");
    let more = [name, ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "2")];
    accepted(&ground.mock, "elb:AddTags", &more);
    accepted(&ground.mock, "elb:RemoveTags", &[name, ("Tags.member.1.Key", "a")]);
    let tags = accepted(&ground.mock, "elb:DescribeTags", &[name]);
    assert_eq!(tags.texts("TagDescriptions/0/Tags/*/Key"), ["b"]);
    let other = ("LoadBalancerNames.member.2", "other");
    let both = [name, other, ("Tags.member.1.Key", "c"), ("Tags.member.1.Value", "3")];
    refused(&ground.mock, "elb:AddTags", &both, "LoadBalancerNotFound/400");
    assert_eq!(ground.mock.world().elb.load_balancers["demo"].tags.len(), 1);
    refused(&ground.mock, "elb:DescribeTags", &[], "ValidationError/400");
}

// [D] Pages of load balancers.
#[test]
fn load_balancers_are_listed_in_pages() {
    let ground = Ground::new();
    for name in ["a", "b", "c"] {
        create(&ground, &[("LoadBalancerName", name)]);
    }
    let names = |params: &[(&str, &str)]| {
        let reply = accepted(&ground.mock, "elb:DescribeLoadBalancers", params);
        let names = reply.texts("LoadBalancerDescriptions/*/LoadBalancerName").join("");
        (names, reply.text("NextMarker").map(str::to_owned))
    };
    let (first, marker) = names(&[("PageSize", "2")]);
    assert_eq!(first, "ab");
    assert_eq!(names(&[("Marker", &marker.unwrap())]), ("c".to_owned(), None));
    refused(&ground.mock, "elb:DescribeLoadBalancers", &[("PageSize", "0")], "ValidationError/400");
    refused(&ground.mock, "elb:DescribeLoadBalancers", &[("Marker", "%")], "ValidationError/400");
}
