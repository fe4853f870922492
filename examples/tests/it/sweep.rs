//! What hopper has made and no journal answers for.

use crate::{
    moto::Moto,
    program::{Ended, Program},
    python,
};
use std::fs;

#[test]
fn what_a_journal_answers_for_is_no_stray() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    assert_eq!(program.done("sweep").last(), "no strays");
    // By another journal's light it is one.
    fs::copy(program.path("hopper.journal.world"), program.path("other.world")).unwrap();
    let swept = program.run("sweep --journal other");
    assert_eq!(swept.code, 4, "{swept:?}");
    program.done("down");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn a_run_whose_journal_is_lost_is_listed_and_deleted_when_asked() {
    let program = Program::new();
    let run = run_id(&program.done("up --recipe chapter-machines --format json"));
    fs::remove_file(program.path("hopper.journal")).unwrap();

    let swept = program.run("sweep");
    assert_eq!(swept.code, 4, "{swept:?}");
    let told = format!("\"hopper\" of step network/vpc: no journal given has run {run}");
    assert!(swept.stdout.contains("stray: aws.ec2.vpc vpc-"), "{swept:?}");
    assert!(swept.stdout.contains(&told), "{swept:?}");

    let swept = program.run("sweep --delete");
    assert_eq!(swept.code, 2, "{swept:?}");
    assert!(swept.stderr.contains("--run RUN, or add --all"), "{swept:?}");
    let other = program.done("sweep --delete --run 000000000000");
    assert_eq!(other.last(), "no strays", "{other:?}");
    assert_eq!(program.run("sweep").code, 4);

    let swept = program.done(&format!("sweep --delete --run {run}"));
    assert_eq!(swept.last(), "no strays", "{swept:?}");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn what_cannot_be_deleted_yet_is_told_with_why() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    fs::remove_file(program.path("hopper.journal")).unwrap();
    // Somebody else's interface is in the way of the subnet, and so of the VPC.
    let world = program.path("hopper.journal.world");
    let mock = hopper_mock::Mock::builder().file(&world).unwrap().build();
    let subnets = mock.call("DescribeSubnets", &[]);
    let subnet = subnets.texts("subnetSet/*/subnetId")[0].to_owned();
    let made = mock.call("CreateNetworkInterface", &[("SubnetId", &*subnet)]);
    let made = made.text("networkInterface/networkInterfaceId").unwrap().to_owned();
    drop(mock);

    let swept = program.run("sweep --delete --all");
    assert_eq!(swept.code, 3, "{swept:?}");
    assert!(swept.stdout.contains("stray: aws.ec2.vpc"), "{swept:?}");
    assert!(swept.stdout.contains(&made), "{made} is not in {swept:?}");
    // A subnet and the VPC.
    assert_eq!(swept.last(), "2 strays", "{swept:?}");

    let mock = hopper_mock::Mock::builder().file(&world).unwrap().build();
    mock.call("DeleteNetworkInterface", &[("NetworkInterfaceId", &*made)]);
    drop(mock);
    assert_eq!(program.done("sweep --delete --all").last(), "no strays");
}

#[test]
fn a_lost_run_on_a_simulator_of_others() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    moto.cloud("neighbour");
    moto.cloud("gateway");
    let before = moto.inventory();
    let there = format!("--backend aws --endpoint-url {}", moto.url);
    let up = hopper(&format!("up --recipe chapter-machines {there} --format json"));
    assert_eq!(up.code, 0, "{up:#?}");
    moto.cloud("live");
    fs::remove_file(program.path("hopper.journal")).unwrap();

    let swept = hopper(&format!("sweep {there} --delete --run {}", run_id(&up)));
    assert_eq!((swept.code, swept.last()), (0, "no strays"), "{swept:#?}");
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        assert_eq!(&after[kind], was, "{kind} are not as before");
    }
}

/// The id of the run, as the report tells it.
fn run_id(up: &Ended) -> String {
    let report = up.json().pop().unwrap();
    report["summary"]["report"]["run"].as_str().unwrap().to_owned()
}
