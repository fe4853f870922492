//! A control plane of three machines.

use super::{cluster_of, failures::without, gone_on_with_and_undone, simulated};
use crate::{
    ground::{output, stranger},
    seen::{assert_no_secret, seen},
    storm::seeds,
};
use hopper_aws::{
    settings::ClusterSettings,
    testing::{Stage, crash_somewhere, storm},
};
use hopper_core::Outcome;
use std::time::Duration;

fn settings() -> ClusterSettings {
    let mut settings = simulated();
    settings.control_plane_nodes = 3;
    settings
}

fn three() -> Stage {
    cluster_of(&settings())
}

#[test]
fn its_plan() {
    insta::assert_snapshot!(three().plan());
}

#[test]
fn it_comes_up_and_goes() {
    let run = three().up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let [first, second, third] =
        ["control-plane/instance", "control-plane/2/instance", "control-plane/3/instance"]
            .map(|step| output(run.report(), step, "id"));
    let nodes = run.mock().nodes(&third);
    assert_eq!(nodes.len(), 4, "{nodes:?}");
    assert_eq!(run.mock().nodes(&second), nodes);
    assert_eq!(run.check(), []);
    assert!(nodes.contains_key(&first));
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

/// In three zones, with a machine in each.
#[test]
fn its_machines_are_spread_over_the_zones() {
    let mut settings = settings();
    settings.network.zones = ["a", "b", "c"].map(|zone| format!("eu-west-1{zone}")).into();
    let run = cluster_of(&settings).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let world = run.mock().world();
    let of = |one: &&hopper_mock::ec2::Instance| {
        one.tags.get("Name").is_some_and(|name| name == "hopper-control-plane")
    };
    let mut zones: Vec<_> =
        world.ec2.instances.values().filter(of).map(|one| &*one.availability_zone).collect();
    zones.sort_unstable();
    assert_eq!(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    run.down();
    run.assert_nothing_left();
}

/// One of three is lost, also the one by which hopper comes: all is taken down as ever.
#[test]
fn it_is_taken_down_though_one_is_lost() {
    for lost in ["control-plane/2/instance", "control-plane/instance"] {
        let run = three().up();
        let lost = output(run.report(), lost, "id");
        stranger(run.mock(), "TerminateInstances", "", &[("InstanceId.1", &lost)]);
        run.later(Duration::from_secs(900));
        assert_eq!(run.down().outcome, Outcome::Undone);
        run.assert_nothing_left();
    }
}

/// What cannot go on without a rule tells so.
#[test]
fn a_rule_that_is_missing_is_told() {
    for (rule, step, why) in [
        ("api/passed-on", "control-plane/init", "error execution phase upload-config"),
        ("api/control-plane", "control-plane/init", "i/o timeout"),
        ("control-plane/inner", "control-plane/2/join", "error execution phase etcd-join"),
        ("workers/api-balancer", "workers/nodes", "  | ==> no control plane within 900 s"),
    ] {
        let (at, error) = without(&three(), rule);
        assert_eq!(at, step, "{rule}: {error}");
        assert!(error.contains(why), "{rule}: {error}");
    }
}

#[test]
fn whatever_fails_is_taken_back() {
    for operation in ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener"] {
        let run = three().given(move |mock| mock.fail(operation).always().deny()).up();
        assert_eq!(run.report().outcome, Outcome::Undone, "{operation}: {}", run.report());
        run.assert_nothing_left();
    }
}

#[test]
fn inside_the_machines() {
    gone_on_with_and_undone(&three(), &[60, 150, 190, 230, 250, 270, 300]);
}

#[test]
fn at_a_call() {
    let crashes = crash_somewhere(&three(), 40, 1);
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

#[test]
fn it_weathers_storms() {
    println!("{}", storm(&three(), seeds("HOPPER_THREE_STORM", 24)));
}

#[test]
fn nobody_sees_its_secrets() {
    assert_no_secret(&seen(&three()).0);
}
