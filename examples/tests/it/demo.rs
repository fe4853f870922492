//! `hopper demo`

use crate::program::Program;

#[test]
fn leaves_nothing() {
    let ended = Program::new().done("demo");
    assert_eq!(ended.last(), "0 left");
    for told in ["network/nat-gateway: done", "critical path", "all as recorded", "CreateVpc"] {
        assert!(ended.stdout.contains(told), "{told} is not in:\n{}", ended.stdout);
    }
    assert_eq!(ended.stderr, "");
}

#[test]
fn takes_things_down_in_the_right_order() {
    let ended = Program::new().done("demo");
    let (_, down) = ended.stdout.split_once("== down").unwrap();
    let at = |told: &str| down.find(told).unwrap_or_else(|| panic!("{told} is not in:\n{down}"));
    let orders = [
        ("private-route", "nat-gateway"),
        ("nat-gateway", "nat-address"),
        ("nat-address", "internet-gateway"),
        ("internet-gateway", "vpc"),
        ("public-subnet", "vpc"),
    ];
    for (first, then) in orders {
        let (first, then) =
            (format!("network/{first}: undone"), format!("network/{then}: undoing"));
        assert!(at(&first) < at(&then), "{first} comes after {then}:\n{down}");
    }
    assert!(at("bastion/instance: undone") < at("network/internet-gateway: undoing"), "{down}");
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
