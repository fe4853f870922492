//! What Kubernetes makes on its own goes with the cluster, and nothing else does.

use crate::ground::{group, output, stranger};
use hopper_aws::{
    SecurityGroupId, SubnetId, Tags,
    kubernetes::Leftovers,
    recipes, registry,
    settings::{ChapterSettings, NetworkSettings},
    testing::{Run, Stage},
};
use hopper_core::{
    Cx, Engine, Event, Found, Input, Made, MemoryJournal, OnUnknown, Outcome, Plan, Report, Step,
    StepError, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, undo_every_step_twice,
    },
};
use hopper_mock::{Fault, KubeServiceLb, Mock};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// What a cluster does when it is up: two Services, and a CNI that leaves an interface behind.
#[derive(Serialize, Deserialize)]
struct Life {
    nodes: Input<SecurityGroupId>,
    subnet: Input<SubnetId>,
}

impl Step for Life {
    const KIND: &'static str = "test.life";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Mock;
    type Output = ();

    async fn run(&self, mock: &Mock, cx: &Cx) -> Result<(), StepError> {
        live(mock, cx.get(&self.nodes).as_str(), cx.get(&self.subnet).as_str());
        Ok(())
    }

    async fn find(&self, _: &Mock, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, _: &Mock, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(()) // a cluster that is dead cleans up nothing
    }
}

/// Services with load balancers of both generations, and an interface that the CNI has left.
pub(crate) fn live(mock: &Mock, nodes: &str, subnet: &str) {
    let service = |name: &str| KubeServiceLb::new("hopper", name, nodes);
    mock.kube_service_lb(&service("default/demo")).unwrap();
    let fast = mock.kube_service_lb(&service("default/fast").network().ports(443, 31_000));
    // A cluster that lives again in the same group finds the rules that it made before.
    assert!(fast.is_ok() || fast.is_err_and(|e| e.code == "InvalidPermission.Duplicate"));
    let params = [
        ("SubnetId", subnet),
        ("SecurityGroupId.1", nodes),
        ("Description", "aws-K8S-i-0123456789abcdef0"),
        ("TagSpecification.1.ResourceType", "network-interface"),
        ("TagSpecification.1.Tag.1.Key", "node.k8s.amazonaws.com/instance_id"),
        ("TagSpecification.1.Tag.1.Value", "i-0123456789abcdef0"),
    ];
    stranger(mock, "CreateNetworkInterface", "networkInterface/networkInterfaceId", &params);
}

fn network(w: &Workflow) -> (recipes::Network, Input<SecurityGroupId>) {
    let network = recipes::network(w, "hopper", &NetworkSettings::default(), &Tags::new());
    let kubernetes = recipes::kubernetes_leftovers(w, "hopper", &network, false);
    let nodes =
        w.step("nodes").undo_after(&kubernetes.leftovers).does(hopper_aws::ec2::SecurityGroup {
            name: "k8s-nodes".to_owned(),
            description: "Kubernetes Nodes".to_owned(),
            vpc: network.vpc.clone(),
            tags: Tags::new(),
        });
    (network, nodes.id())
}

/// A network in which a cluster lives.
struct Living(Stage);

impl Living {
    fn new() -> Self {
        Self(Stage::new(|w| {
            let (network, nodes) = network(w);
            let (subnet, public) = (network.private_subnet.clone(), &network.public_subnet);
            w.step("life").after(public).does(Life { nodes, subnet });
        }))
    }
}

impl Lab for Living {
    type World = Mock;

    fn world(&self) -> Mock {
        self.0.world()
    }

    fn plan(&self) -> Plan {
        self.0.plan()
    }

    fn engine(&self, mock: &Mock, journal: MemoryJournal) -> Engine {
        let registry = registry().with::<Life>();
        Lab::engine(&self.0, mock, journal).env(mock.clone()).registry(registry)
    }

    fn leftovers(&self, mock: &Mock) -> Vec<String> {
        Lab::leftovers(&self.0, mock)
    }
}

#[test]
fn whatever_fails_what_kubernetes_made_is_taken_along() {
    let living = Living::new();
    fail_at_every_step(&living);
    undo_every_step_twice(&living);
    let crashes = crash_after_every_record(&living);
    assert!(living.plan().nodes().len() < crashes.undoing, "{crashes:?}");
}

/// Up, something in between, and down.
fn lived(between: impl Fn(&Mock), down: impl AsyncFnOnce(&Mock, &Engine, Report)) {
    let living = Living::new();
    let mock = living.world();
    on_paused_time(async {
        let engine = living.engine(&mock, MemoryJournal::default());
        let report = engine.run(&living.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        between(&mock);
        let report = engine.undo().await.unwrap();
        down(&mock, &engine, report).await;
    });
}

#[test]
fn bad_weather_on_the_way_down_changes_nothing() {
    let weather: [fn(Fault<'_>); 5] = [
        |fault| fault.lose_reply(),
        |fault| fault.hang(),
        |fault| fault.reset(),
        |fault| fault.unavailable(),
        |fault| fault.times(3).throttle(),
    ];
    for operation in [
        "DeleteLoadBalancer",
        "DeleteTargetGroup",
        "DeleteSecurityGroup",
        "DeleteNetworkInterface",
        "RevokeSecurityGroupIngress",
        "DescribeTags",
    ] {
        for arm in weather {
            lived(
                |mock| arm(mock.fail(operation)),
                async |mock, _, report| {
                    assert_eq!(report.outcome, Outcome::Undone, "{operation}: {report}");
                    assert!(mock.world().leftovers().is_empty(), "{operation}");
                },
            );
        }
    }
}

/// The id of a step's output, or its text.
fn id(run: &Run, step: &str) -> String {
    output(run.report(), step, "id")
}

#[test]
fn the_chapter_comes_down_with_its_services() {
    let stage =
        Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()));
    let run = stage.named("hopper").up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let (nodes, subnet) = (id(&run, "workers/group"), id(&run, "network/private-subnet"));
    live(run.mock(), &nodes, &subnet);
    run.later(Duration::from_secs(600));
    let report = run.down();
    let began = |step: &str| report.steps.iter().find(|s| s.name == step).unwrap().began;
    let ended = |step: &str| {
        let step = report.steps.iter().find(|s| s.name == step).unwrap();
        step.began + step.took
    };
    // The seven orderings that the data does not have.
    let balancers = ended("kubernetes/load-balancers");
    for later in [
        "workers/workers",
        "control-plane/instance",
        "network/private-route",
        "network/nat-gateway",
        "identity/master/policy-loadbalancing",
        "identity/master/profile",
    ] {
        assert!(balancers <= began(later), "{later} before the load balancers\n{report}");
    }
    for first in ["bastion/instance", "network/nat-gateway", "network/nat-address"] {
        assert!(ended(first) <= began("network/internet-gateway"), "{first}\n{report}");
    }
    assert!(ended("kubernetes/leftovers") <= began("network/internet-gateway"), "{report}");
    assert!(ended("network/private-route") <= began("network/nat-gateway"), "{report}");
    for machine in ["workers/workers", "control-plane/instance"] {
        for later in [
            "kubernetes/leftovers",
            "node-image/image",
            "identity/node/role",
            "identity/master/role",
        ] {
            let (node, master) = (machine == "workers/workers", later.contains("master"));
            if later.contains("identity") && node == master {
                continue; // the other's role
            }
            assert!(ended(machine) <= began(later), "{machine}, {later}\n{report}");
        }
    }
    for later in ["workers/group", "control-plane/group", "network/private-subnet"] {
        assert!(ended("kubernetes/leftovers") <= began(later), "{later}\n{report}");
    }
    for rule in ["workers/api", "workers/to-master", "workers/kubelet"] {
        for group in ["workers/group", "control-plane/group"] {
            assert!(ended(rule) <= began(group), "{rule}, {group}\n{report}");
        }
    }
    assert!(ended("workers/workers") <= began("workers/launch-template"), "{report}");
    // And those that it has, and need not be.
    let workers_gone = ended("workers/workers");
    for first in ["control-plane/instance", "network/nat-gateway", "node-image/builder"] {
        assert!(began(first) < workers_gone, "{first} waits for the workers\n{report}");
    }
}

/// What carries neither the cluster's tags nor our mark is never touched, and named.
#[test]
fn what_others_made_stays() {
    lived(
        |mock| {
            let world = mock.world();
            let vpc = world.ec2.vpcs.keys().next().unwrap().clone();
            let by_name = |name: &str| {
                let is_it =
                    |s: &&hopper_mock::ec2::Subnet| s.tags.get("Name").is_some_and(|n| n == name);
                world.ec2.subnets.values().find(is_it).unwrap().id.clone()
            };
            let subnet = by_name("hopper-private-1a");
            let params = [
                ("LoadBalancerName", "theirs"),
                ("Listeners.member.1.Protocol", "TCP"),
                ("Listeners.member.1.LoadBalancerPort", "80"),
                ("Listeners.member.1.InstancePort", "80"),
                ("Subnets.member.1", &subnet),
                ("Scheme", "internal"),
                ("Tags.member.1.Key", "kubernetes.io/cluster/other"),
                ("Tags.member.1.Value", "owned"),
            ];
            stranger(mock, "elb:CreateLoadBalancer", "DNSName", &params);
            // A group of theirs lets the load balancer of ours in.
            let params = [("GroupName", "theirs"), ("GroupDescription", "x"), ("VpcId", &vpc)];
            let theirs = stranger(mock, "CreateSecurityGroup", "groupId", &params);
            let is_balancers =
                |g: &&hopper_mock::ec2::SecurityGroup| g.name.starts_with("k8s-elb-");
            let balancers = world.ec2.security_groups.values().find(is_balancers).unwrap();
            let params = [
                ("GroupId", &*theirs),
                ("IpPermissions.1.IpProtocol", "tcp"),
                ("IpPermissions.1.FromPort", "80"),
                ("IpPermissions.1.ToPort", "81"),
                ("IpPermissions.1.Groups.1.GroupId", &*balancers.id),
            ];
            stranger(mock, "AuthorizeSecurityGroupIngress", "return", &params);
        },
        async |mock, engine, report| {
            assert_eq!(report.outcome, Outcome::Stuck, "{report}");
            let world = mock.world();
            assert_eq!(world.elb.load_balancers.keys().collect::<Vec<_>>(), ["theirs"]);
            let theirs = world.ec2.security_groups.values().find(|g| g.name == "theirs").unwrap();
            let is_told = |step: &str, parts: &[&str]| {
                let (_, error) = report.errors.iter().find(|(name, _)| name == step).unwrap();
                let text = error.to_string();
                assert!(parts.iter().all(|part| text.contains(part)), "{step}: {text}");
            };
            let rule = format!("the rule of security group {} \"theirs\"", theirs.id);
            is_told("leftovers", &[&rule, "lets tcp 80-81 in from", "revoke it"]);
            // The others have gone: the NAT gateway with its address.
            assert!(world.ec2.addresses.is_empty());
            let theirs = [("GroupId", &*theirs.id)];
            stranger(mock, "DeleteSecurityGroup", "return", &theirs);
            // Now the load balancer of theirs is in the way of the subnet.
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Stuck, "{report}");
            let (step, error) = &report.errors[0];
            assert_eq!(step, "private-subnet");
            assert!(error.to_string().contains("of load balancer theirs"), "{error}");
            stranger(mock, "elb:DeleteLoadBalancer", "", &[("LoadBalancerName", "theirs")]);
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
            assert!(mock.world().leftovers().is_empty());
        },
    );
}

/// Who may not ask for load balancers is told so only where there are any.
#[test]
fn load_balancers_that_may_not_be_asked_for_are_told_of_where_there_are_any() {
    lived(
        |mock| mock.fail("DescribeLoadBalancers").always().deny(),
        async |mock, engine, report| {
            assert_eq!(report.outcome, Outcome::Stuck, "{report}");
            let (step, error) = &report.errors[0];
            assert_eq!((&**step, error.code()), ("load-balancers", Some("AccessDenied")));
            mock.heal();
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
        },
    );
    let stage = Stage::new(|w| drop(network(w)));
    stage.given(|mock| mock.fail("DescribeLoadBalancers").always().deny()).up().down();
}

/// Volumes are what somebody has stored: they go only when that is asked for.
#[test]
fn volumes_go_only_when_asked() {
    for volumes in [false, true] {
        let stage = Stage::new(move |w| {
            let vpc = crate::ground::vpc(w);
            w.step("leftovers").does(Leftovers { cluster: "hopper".to_owned(), vpc, volumes });
        });
        let mock = stage.world();
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = told.clone();
        on_paused_time(async {
            let engine = stage.engine(&mock, MemoryJournal::default());
            let engine = engine.observe(move |_: Duration, event: &Event| {
                if let Event::Progress { message, .. } = event {
                    listener.lock().unwrap().push(message.clone());
                }
            });
            engine.run(&stage.plan()).await.unwrap();
            let volume = |claim: Option<&str>| {
                let mut params = vec![
                    ("AvailabilityZone", "eu-west-1a"),
                    ("Size", "8"),
                    ("TagSpecification.1.ResourceType", "volume"),
                    ("TagSpecification.1.Tag.1.Key", "kubernetes.io/cluster/hopper"),
                    ("TagSpecification.1.Tag.1.Value", "owned"),
                ];
                if let Some(claim) = claim {
                    params.push((
                        "TagSpecification.1.Tag.2.Key",
                        "kubernetes.io/created-for/pvc/name",
                    ));
                    params.push(("TagSpecification.1.Tag.2.Value", claim));
                }
                stranger(&mock, "CreateVolume", "volumeId", &params)
            };
            let (claimed, other) = (volume(Some("data")), volume(None));
            tokio::time::sleep(Duration::from_secs(60)).await;
            let report = engine.undo().await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
            let left: Vec<_> = mock.world().ec2.volumes.keys().cloned().collect();
            let told = told.lock().unwrap().join("\n");
            match volumes {
                true => assert_eq!(left, [other]),
                false => {
                    assert!(left.contains(&claimed) && left.contains(&other), "{left:?}");
                    assert!(told.contains(&format!("{claimed} is left on purpose")), "{told}");
                    assert!(told.contains("in claim data"), "{told}");
                }
            }
        });
    }
}

/// A cluster without Services costs a handful of reads on the way down.
#[test]
fn where_there_is_nothing_there_is_little_to_ask() {
    let stage = Stage::new(|w| {
        let (network, _) = network(w);
        group(w, "other", &network.vpc);
    });
    let run = stage.up();
    let before = run.mock().calls().len();
    run.down();
    let calls = run.mock().calls();
    let is_ours = |operation: &str| {
        ["DescribeLoadBalancers", "DescribeTargetGroups", "DescribeVolumes"].contains(&operation)
    };
    let asked = calls.iter().skip(before).filter(|call| is_ours(&call.operation)).count();
    assert_eq!(asked, 4, "{calls}");
}
