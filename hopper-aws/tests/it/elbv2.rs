//! A network load balancer with its listener and target group.

use crate::ground::{self, stranger};
use hopper_aws::{
    Tags,
    elbv2::{Listener, NetworkLoadBalancer, TargetGroup},
    testing::{Stage, crash_everywhere},
};
use hopper_core::{
    Outcome, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

/// What of it there is, and what it is.
#[derive(Clone)]
struct Wanted {
    balancer: &'static str,
    group: &'static str,
    has_target: bool,
    tags: Tags,
}

impl Default for Wanted {
    fn default() -> Self {
        let tags = Tags::named("api");
        Self { balancer: "api", group: "api", has_target: true, tags }
    }
}

pub(crate) fn recipe(w: &Workflow) {
    with(w, &Wanted::default());
}

fn with(w: &Workflow, wanted: &Wanted) {
    let vpc = ground::vpc(w);
    let subnet = ground::subnet(w, &vpc);
    let group = ground::group(w, "api-balancer", &vpc);
    let mut instance = ground::instance(ground::image(w), &subnet, &group);
    instance.public_address = false;
    let instance = w.step("host").does(instance);
    let tags = &wanted.tags;
    let balancer = w.step("balancer").does(NetworkLoadBalancer {
        name: wanted.balancer.to_owned(),
        subnets: vec![subnet.id()],
        security_groups: vec![group],
        tags: tags.clone(),
    });
    let group = w.step("targets").does(TargetGroup {
        name: wanted.group.to_owned(),
        vpc,
        port: 6443,
        health_check_path: "/readyz".to_owned(),
        targets: wanted.has_target.then(|| instance.id()).into_iter().collect(),
        tags: tags.clone(),
    });
    w.step("listener").does(Listener {
        load_balancer: balancer.arn(),
        port: 6443,
        target_group: group.arn(),
        tags: tags.clone(),
    });
}

#[test]
fn plan_calls_and_report() {
    let stage = Stage::new(recipe);
    insta::assert_snapshot!("plan", stage.plan());
    let run = stage.up();
    insta::assert_snapshot!("calls", run.calls());
    assert_eq!(run.check(), []);
    let world = run.mock().world();
    let group = world.elbv2.target_groups.values().next().unwrap();
    assert_eq!(group.attributes["preserve_client_ip.enabled"], "false");
    assert_eq!((group.targets.len(), &*group.health_check.protocol), (1, "HTTPS"));
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
    Stage::new(recipe).in_bad_weather(&[
        "CreateLoadBalancer",
        "CreateTargetGroup",
        "ModifyTargetGroupAttributes",
        "RegisterTargets",
        "CreateListener",
        "DeleteListener",
        "DeleteTargetGroup",
        "DeleteLoadBalancer",
    ]);
}

#[test]
fn endures_what_is_not_visible_yet() {
    Stage::new(recipe).visibility(Visibility::Fixed(Duration::from_secs(8))).endure();
}

#[test]
fn the_process_may_die_at_any_call() {
    let crashes = crash_everywhere(&Stage::new(recipe));
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

#[test]
fn one_that_fails_says_why_and_is_taken_back() {
    let stage = Stage::new(recipe)
        .given(|mock| mock.doom("CreateLoadBalancer").with("InsufficientFreeAddressesInSubnet"));
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let told = run.report().errors[0].1.to_string();
    assert!(told.contains("failed") && told.contains("InsufficientFreeAddresses"), "{told}");
    run.assert_nothing_left();
}

/// A network of theirs, and a group in it.
fn theirs(mock: &Mock) -> (String, String) {
    let subnet = ground::foreign_subnet(mock);
    let world = mock.world();
    let vpc = world.ec2.subnets[&subnet].vpc_id.clone();
    (vpc, subnet)
}

fn make_balancer(mock: &Mock, subnet: &str) -> String {
    let params = [
        ("Name", "api"),
        ("Type", "network"),
        ("Scheme", "internal"),
        ("Subnets.member.1", subnet),
    ];
    stranger(mock, "elbv2:CreateLoadBalancer", "LoadBalancers/0/LoadBalancerArn", &params)
}

fn make_group(mock: &Mock, vpc: &str) -> String {
    let params = [("Name", "api"), ("Protocol", "TCP"), ("Port", "6443"), ("VpcId", vpc)];
    stranger(mock, "elbv2:CreateTargetGroup", "TargetGroups/0/TargetGroupArn", &params)
}

fn refused(stage: &Stage, words: &[&str]) {
    let before = stage.world().world().picture();
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let told = run.report().errors[0].1.to_string();
    words.iter().for_each(|word| assert!(told.contains(word), "`{word}` is not in {told}"));
    assert_eq!(run.down().outcome, Outcome::Undone);
    assert_eq!(run.mock().world().picture(), before);
}

#[test]
fn a_load_balancer_of_somebody_elses_is_told_and_left_alone() {
    let stage = Stage::new(recipe).given(|mock| {
        let (_, subnet) = theirs(mock);
        make_balancer(mock, &subnet);
        mock.advance(Duration::from_secs(3600));
    });
    refused(&stage, &["load balancer", "not made by hopper", "choose another name"]);
}

#[test]
fn a_target_group_of_somebody_elses_is_told_and_left_alone() {
    let stage = Stage::new(recipe).given(|mock| {
        let (vpc, _) = theirs(mock);
        make_group(mock, &vpc);
        mock.advance(Duration::from_secs(3600));
    });
    refused(&stage, &["target group", "not made by hopper", "choose another name"]);
}

/// On a load balancer of theirs.
#[test]
fn a_listener_of_somebody_elses_is_told_and_left_alone() {
    let stage = Stage::new(|_| ());
    let mock = stage.world();
    let (vpc, subnet) = theirs(&mock);
    let (balancer, group) = (make_balancer(&mock, &subnet), make_group(&mock, &vpc));
    let params = [
        ("LoadBalancerArn", &*balancer),
        ("Protocol", "TCP"),
        ("Port", "6443"),
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &group),
    ];
    stranger(&mock, "elbv2:CreateListener", "Listeners/0/ListenerArn", &params);
    mock.advance(Duration::from_secs(3600));
    let world = mock.world();
    let stage = Stage::new(move |w| {
        w.step("listener").does(Listener {
            load_balancer: (&*balancer).into(),
            port: 6443,
            target_group: (&*group).into(),
            tags: Tags::new(),
        });
    })
    .in_world(move |mock| mock.world(world.clone()))
    .given(|_| ());
    refused(&stage, &["listener", "not made by hopper"]);
}

#[test]
fn tags_and_targets_change_in_place() {
    let run = Stage::new(recipe).up();
    let mut wanted = Wanted { has_target: false, ..Wanted::default() };
    wanted.tags = Tags::named("api").with("team", "one");
    let change = wanted.clone();
    let stage = Stage::new(move |w| with(w, &change));
    let report = on_paused_time(async {
        let engine = || stage.engine(run.mock(), run.journal().clone());
        let report = engine().run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let world = run.mock().world();
        let group = world.elbv2.target_groups.values().next().unwrap();
        assert_eq!((group.targets.len(), &*group.tags["team"]), (0, "one"));
        assert_eq!(world.elbv2.load_balancers.values().next().unwrap().tags["team"], "one");
        assert_eq!(world.elbv2.listeners.values().next().unwrap().tags["team"], "one");
        engine().undo().await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    run.assert_nothing_left();
}
