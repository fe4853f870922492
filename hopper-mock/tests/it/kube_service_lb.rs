//! What Kubernetes makes on its own for a Service of the type `LoadBalancer`.

use hopper_mock::{KubeLoadBalancer, KubeServiceLb, Latencies, Visibility};

use crate::ground::Ground;
use crate::support::{accepted, blockers, made, refused, seconds, subnet};

/// A cluster: a network with tags, and a node in its group.
struct Cluster {
    ground: Ground,
    nodes_group: String,
    node: String,
}

impl Cluster {
    fn new() -> Self {
        Self::of(Ground::new())
    }

    fn of(ground: Ground) -> Self {
        let params = [
            ("GroupName", "k8s-nodes"),
            ("GroupDescription", "Kubernetes Nodes"),
            ("VpcId", ground.vpc_id.as_str()),
        ];
        let nodes_group = made(&accepted(&ground.mock, "CreateSecurityGroup", &params), "groupId");
        let node = ground.running(&[("SecurityGroupId.1", &nodes_group)]);
        let tags = [
            ("ResourceId.1", ground.subnet_id.as_str()),
            ("Tag.1.Key", "kubernetes.io/cluster/hopper"),
            ("Tag.1.Value", "owned"),
            ("Tag.2.Key", "kubernetes.io/role/elb"),
            ("Tag.2.Value", "1"),
        ];
        accepted(&ground.mock, "CreateTags", &tags);
        Self { ground, nodes_group, node }
    }

    fn service(&self) -> KubeServiceLb {
        KubeServiceLb::new("hopper", "default/demo", &self.nodes_group)
    }

    #[track_caller]
    fn make(&self, service: &KubeServiceLb) -> KubeLoadBalancer {
        self.ground.mock.kube_service_lb(service).unwrap()
    }

    fn deleted(&self) {
        self.ground.mock.kube_service_lb_deleted("hopper", "default/demo").unwrap();
    }

    /// The group of the load balancer.
    fn group_of(&self, balancer: &KubeLoadBalancer) -> Option<String> {
        let name = format!("k8s-elb-{}", balancer.name);
        let groups = self.ground.mock.world().ec2.security_groups;
        groups.into_values().find(|group| group.name == name).map(|group| group.id)
    }

    /// How many ingress rules the nodes' group has.
    fn n_rules(&self) -> usize {
        let rules = self.ground.mock.world().ec2.security_group_rules;
        rules.values().filter(|rule| rule.group_id == self.nodes_group && !rule.is_egress).count()
    }
}

// [D] Group, load balancer, interfaces and rule, named and tagged as the cloud provider does.
#[test]
fn a_service_gets_a_classic_load_balancer() {
    let cluster = Cluster::new();
    let mock = &cluster.ground.mock;
    let before = mock.calls().len();
    let made = cluster.make(&cluster.service());
    assert_eq!(mock.calls().len(), before);
    assert_eq!((made.name.len(), &made.name[..1]), (32, "a"));
    let world = mock.world();
    let balancer = &world.elb.load_balancers[&made.name];
    assert_eq!(balancer.dns_name, made.hostname);
    assert_eq!(balancer.subnet_ids, [cluster.ground.subnet_id.as_str()]);
    assert_eq!(balancer.tags["kubernetes.io/cluster/hopper"], "owned");
    assert_eq!(balancer.tags["kubernetes.io/service-name"], "default/demo");
    assert_eq!(balancer.health_check.target, "TCP:30080");
    assert!(balancer.instances.contains_key(&cluster.node));

    let group_id = cluster.group_of(&made).unwrap();
    assert_eq!(balancer.group_ids, [group_id.as_str()]);
    let group = &world.ec2.security_groups[&group_id];
    assert_eq!(group.tags["kubernetes.io/cluster/hopper"], "owned");
    let filter =
        [("Filter.1.Name", "ip-permission.group-id"), ("Filter.1.Value.1", group_id.as_str())];
    let found = accepted(mock, "DescribeSecurityGroups", &filter);
    assert_eq!(found.texts("securityGroupInfo/*/groupId"), [cluster.nodes_group.as_str()]);
    let left = world.leftovers();
    assert!(left.iter().any(|left| left.kind == "loadbalancer" && left.id == made.name));
    assert!(left.iter().any(|left| left.id == group_id));
    assert_eq!(cluster.make(&cluster.service()), made);
}

// [O] What it made is in the way of whoever deletes the network, long after the cluster is gone.
#[test]
fn what_it_made_is_in_the_way() {
    let cluster = Cluster::new();
    let mock = &cluster.ground.mock;
    let made = cluster.make(&cluster.service());
    let group_id = cluster.group_of(&made).unwrap();
    cluster.ground.instance("TerminateInstances", &cluster.node);
    mock.advance(seconds(3600));
    let eni = mock.world().elb.load_balancers[&made.name].network_interface_ids[0].clone();
    let subnet = [("SubnetId", cluster.ground.subnet_id.as_str())];
    assert_eq!(blockers(mock, "DeleteSubnet", &subnet), [eni.as_str()]);
    // Interface and rule keep the group of the load balancer …
    let group = [("GroupId", group_id.as_str())];
    let in_the_way = blockers(mock, "DeleteSecurityGroup", &group);
    assert_eq!(in_the_way.len(), 2, "{in_the_way:?}");
    assert!(in_the_way.contains(&eni));
    // … and nothing keeps that of the nodes.
    accepted(mock, "DeleteSecurityGroup", &[("GroupId", &cluster.nodes_group)]);
}

// [O] On deletion: rule and load balancer first, its group when the interfaces are gone.
#[test]
fn a_deleted_service_leaves_nothing() {
    let cluster = Cluster::new();
    let mock = &cluster.ground.mock;
    let before = mock.world();
    let made = cluster.make(&cluster.service());
    assert!(!mock.world().diff(&before).is_empty());
    let group_id = cluster.group_of(&made).unwrap();
    cluster.deleted();
    mock.advance(seconds(19));
    assert_eq!(mock.world().elb.load_balancers.len(), 1);
    assert_eq!(cluster.n_rules(), 1);
    mock.advance(seconds(1));
    assert_eq!(mock.world().elb.load_balancers.len(), 0);
    assert_eq!(cluster.n_rules(), 0);
    mock.advance(seconds(59));
    let group = [("GroupId", group_id.as_str())];
    refused(mock, "DeleteSecurityGroup", &group, "DependencyViolation/400");
    mock.advance(seconds(1));
    assert_eq!(cluster.group_of(&made), None);
    assert_eq!(mock.world().diff(&before).to_string(), "");
    let gone = mock.kube_service_lb_deleted("hopper", "default/demo").unwrap_err();
    assert_eq!(gone.code, "LoadBalancerNotFound");
}

// [O] The provider gives up on the group after ten minutes, and it stays.
#[test]
fn a_group_is_given_up_in_the_end() {
    let latencies =
        Latencies { load_balancer_interfaces_gone: seconds(700), ..Latencies::default() };
    let cluster = Cluster::of(Ground::built(|builder| builder.latencies(latencies)));
    let made = cluster.make(&cluster.service());
    cluster.deleted();
    cluster.ground.mock.advance(seconds(3600));
    assert!(cluster.group_of(&made).is_some());
    assert!(cluster.ground.mock.world().elb.load_balancers.is_empty());
}

// [O] A load balancer deleted by somebody else first: the provider leaves its group.
#[test]
fn a_load_balancer_deleted_by_others_leaves_its_group() {
    let cluster = Cluster::new();
    let made = cluster.make(&cluster.service());
    cluster.deleted();
    let name = [("LoadBalancerName", made.name.as_str())];
    accepted(&cluster.ground.mock, "elb:DeleteLoadBalancer", &name);
    cluster.ground.mock.advance(seconds(3600));
    assert!(cluster.group_of(&made).is_some());
    assert_eq!(cluster.n_rules(), 1);
}

// [D] A network load balancer has a target group, a listener and rules in the nodes' group.
#[test]
fn a_service_may_have_a_network_load_balancer() {
    let cluster = Cluster::new();
    let mock = &cluster.ground.mock;
    let before = mock.world();
    let made = cluster.make(&cluster.service().network().ports(443, 31_000));
    let world = mock.world();
    let balancer = world.elbv2.load_balancers.values().next().unwrap();
    assert_eq!((&balancer.name, &balancer.dns_name), (&made.name, &made.hostname));
    assert_eq!(balancer.tags["kubernetes.io/service-name"], "default/demo");
    let listener = world.elbv2.listeners.values().next().unwrap();
    assert_eq!((listener.port, &listener.load_balancer_arn), (443, &balancer.arn));
    let group = &world.elbv2.target_groups[&listener.target_group_arn];
    assert!(group.name.starts_with("k8s-default-demo-"), "{}", group.name);
    assert_eq!(group.tags["kubernetes.io/cluster/hopper"], "owned");
    let targets: Vec<_> = group.targets.values().map(|target| (&target.id, target.port)).collect();
    assert_eq!(targets, [(&cluster.node, 31_000)]);
    assert_eq!((cluster.n_rules(), cluster.group_of(&made)), (2, None));
    let kinds: Vec<_> = world.leftovers().iter().map(|left| left.kind).collect();
    assert!(kinds.contains(&"loadbalancer") && kinds.contains(&"targetgroup"), "{kinds:?}");
    cluster.deleted();
    mock.advance(seconds(79));
    assert!(mock.world().elbv2.target_groups.is_empty());
    assert!(!mock.world().diff(&before).is_empty());
    mock.advance(seconds(1));
    assert_eq!(mock.world().diff(&before).to_string(), "");
}

// [D] Where AWS refuses the provider, nothing is made.
#[test]
fn what_is_refused_makes_nothing() {
    let cluster = Cluster::new();
    let mock = &cluster.ground.mock;
    let small = subnet(mock, &cluster.ground.vpc_id, "10.0.16.0/28");
    let params = [("SubnetId", small.as_str()), ("SecondaryPrivateIpAddressCount", "3")];
    accepted(mock, "CreateNetworkInterface", &params);
    let before = mock.world();
    for (service, code) in [
        (cluster.service().subnets([small]), "InvalidSubnet"),
        // No subnet has the tag of the role.
        (cluster.service().internal(), "ValidationError"),
        (KubeServiceLb::new("hopper", "a/b", "sg-0123456789abcdef0"), "InvalidGroup.NotFound"),
    ] {
        assert_eq!(mock.kube_service_lb(&service).unwrap_err().code, code);
        assert_eq!(mock.world(), before);
    }
}

// The provider waits until it sees what it made, as if it saw it at once.
#[test]
fn late_visibility_does_not_keep_it_from_its_work() {
    let cluster = Cluster::new();
    cluster.ground.mock.edit(|world| {
        world.settings_mut().visibility = Visibility::Fixed(seconds(30));
    });
    cluster.make(&cluster.service());
    let settings = cluster.ground.mock.world().settings().clone();
    assert_eq!(settings.visibility, Visibility::Fixed(seconds(30)));
}
