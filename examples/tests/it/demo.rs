//! `hopper demo`

use crate::program::Program;

#[test]
fn leaves_nothing() {
    let ended = Program::new().done("demo");
    assert_eq!(ended.last(), "0 left");
    for told in [
        "making the image hopper-node-1.36.3-",
        "network/nat-gateway-1a: done",
        "control-plane/init: done",
        "workers/nodes: done",
        "demo/answer: done",
        "critical path",
        "all as recorded",
        "left: image ami-",
        "removed the image hopper-node-1.36.3-",
        "CreateVpc",
    ] {
        assert!(ended.stdout.contains(told), "{told} is not in:\n{}", ended.stdout);
    }
    assert_eq!(ended.stderr, "");
}

/// At most what is promised, in virtual time, of the latencies of public logs.
#[test]
fn is_as_fast_as_what_it_waits_for() {
    let lines = Program::new().done("demo --format json").json();
    let reports: Vec<_> = lines.iter().filter(|line| line["event"] == "report").collect();
    let took = |n: usize| reports[n]["summary"]["report"]["took"].clone();
    let seconds = |n: usize| {
        let took = took(n);
        took["secs"].as_f64().or_else(|| took.as_f64()).unwrap_or_else(|| panic!("{took}"))
    };
    assert!(seconds(0) < 230.0, "up to the answer of the page: {} s", took(0));
    assert!(seconds(1) < 170.0, "down: {} s", took(1));
}

#[test]
fn takes_things_down_in_the_right_order() {
    let ended = Program::new().done("demo");
    let (_, down) = ended.stdout.split_once("== down").unwrap();
    let at = |told: &str| down.find(told).unwrap_or_else(|| panic!("{told} is not in:\n{down}"));
    let orders = [
        ("demo/page", "kubernetes/load-balancers"),
        ("kubernetes/load-balancers", "control-plane/instance"),
        ("kubernetes/load-balancers", "workers/workers"),
        ("kubernetes/load-balancers", "network/private-route"),
        ("workers/workers", "kubernetes/leftovers"),
        ("kubernetes/leftovers", "workers/group"),
        ("workers/workers", "identity/node/policy-join"),
        ("control-plane/instance", "identity/control-plane/policy-cloud-controller"),
        ("network/private-route", "network/nat-gateway-1a"),
        ("network/nat-gateway-1a", "network/nat-address-1a"),
        ("network/nat-address-1a", "network/internet-gateway"),
        ("network/internet-gateway", "network/vpc"),
        ("bastion/instance", "network/internet-gateway"),
    ];
    for (first, then) in orders {
        let (first, then) = (format!("{first}: undone"), format!("{then}: undoing"));
        assert!(at(&first) < at(&then), "{first} comes after {then}:\n{down}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let program = Program::new();
    assert_eq!(program.done("demo --seed 7"), program.done("demo --seed 7"));
    assert_ne!(program.done("demo --seed 7"), program.done("demo --seed 8"));
}

#[test]
fn tells_machines_in_lines_of_json() {
    let lines = Program::new().done("demo --format json").json();
    assert!(lines.iter().all(|line| line["event"].is_string()));
    assert_eq!(lines.iter().filter(|line| line["event"] == "report").count(), 2);
    assert_eq!(lines.last().unwrap()["left"], serde_json::json!([]));
}
