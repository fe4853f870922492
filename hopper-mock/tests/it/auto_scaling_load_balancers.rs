//! Rules of Auto Scaling groups behind classic load balancers.

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, seconds};

/// Makes a load balancer.
fn balancer(ground: &ScalingGround, name: &str) {
    let params = [
        ("LoadBalancerName", name),
        ("Subnets.member.1", ground.ground.subnet_id.as_str()),
        ("Listeners.member.1.Protocol", "TCP"),
        ("Listeners.member.1.LoadBalancerPort", "80"),
        ("Listeners.member.1.InstancePort", "30080"),
    ];
    accepted(ground.mock(), "elb:CreateLoadBalancer", &params);
}

/// The ids of the instances behind a load balancer.
fn behind(ground: &ScalingGround, name: &str) -> Vec<String> {
    let params = [("LoadBalancerNames.member.1", name)];
    let found = accepted(ground.mock(), "elb:DescribeLoadBalancers", &params);
    let ids = found.texts("LoadBalancerDescriptions/0/Instances/*/InstanceId");
    ids.into_iter().map(str::to_owned).collect()
}

fn state(ground: &ScalingGround) -> Option<String> {
    let found = ground.call("DescribeLoadBalancers", &[]);
    found.text("LoadBalancers/0/State").map(str::to_owned)
}

// [D] Instances are put behind the load balancers when they are in service, and taken away again.
#[test]
fn instances_come_and_go_behind_a_load_balancer() {
    let ground = ScalingGround::new();
    balancer(&ground, "web");
    ground.create(&[("LoadBalancerNames.member.1", "web"), ("DesiredCapacity", "2")]);
    assert_eq!(ground.all("LoadBalancerNames/*"), ["web"]);
    ground.mock().advance(seconds(44));
    assert_eq!(behind(&ground, "web"), [""; 0]);
    ground.mock().advance(seconds(1));
    assert_eq!(behind(&ground, "web"), ground.ids());
    assert_eq!(state(&ground).as_deref(), Some("Added"));
    ground.mock().advance(seconds(75));
    assert_eq!(state(&ground).as_deref(), Some("InService"));
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    assert_eq!(behind(&ground, "web").len(), 1);
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    assert_eq!(behind(&ground, "web"), [""; 0]);
}

// [D] Load balancers are attached and detached later, too; they have to be there.
#[test]
fn load_balancers_are_attached_and_detached() {
    let ground = ScalingGround::new();
    ground.refused(&[("LoadBalancerNames.member.1", "web")], "Please ensure they exist");
    let ids = ground.grown(&[]);
    let web = [("LoadBalancerNames.member.1", "web")];
    ground.call_refused("AttachLoadBalancers", &web, "ValidationError/400");
    balancer(&ground, "web");
    ground.call_refused("DetachLoadBalancers", &web, "ValidationError/400");
    ground.call("AttachLoadBalancers", &web);
    assert_eq!(behind(&ground, "web"), ids);
    let id = ("InstanceIds.member.1", ids[0].as_str());
    let enter = [id, ("ShouldDecrementDesiredCapacity", "false")];
    ground.call("EnterStandby", &enter);
    assert_eq!(behind(&ground, "web"), [""; 0]);
    ground.call("ExitStandby", &[id]);
    assert_eq!(behind(&ground, "web"), ids);
    ground.call("DetachLoadBalancers", &web);
    assert_eq!((behind(&ground, "web"), state(&ground)), (vec![], None));
}

// [D] What comes while AddToLoadBalancer is suspended is not added, later neither.
#[test]
fn instances_may_be_kept_from_load_balancers() {
    let ground = ScalingGround::new();
    balancer(&ground, "web");
    ground.create(&[("LoadBalancerNames.member.1", "web")]);
    let process = [("ScalingProcesses.member.1", "AddToLoadBalancer")];
    ground.call("SuspendProcesses", &process);
    ground.mock().advance(seconds(45));
    ground.call("ResumeProcesses", &process);
    assert_eq!(behind(&ground, "web"), [""; 0]);
    assert_eq!(state(&ground).as_deref(), Some("Adding"));
}
