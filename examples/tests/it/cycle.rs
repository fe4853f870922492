//! `up`, `status`, `check`, `down`, one after another.

use crate::program::Program;
use serde_json::Value;

#[test]
fn each_goes_on_where_the_last_one_ended() {
    let program = Program::new();
    let up = program.done("up --recipe chapter-machines");
    assert!(up.last().starts_with("up: "), "{up:?}");

    let status: Value = serde_json::from_str(&program.done("status --format json").stdout).unwrap();
    let n = status["steps"].as_array().unwrap().len();
    assert_eq!(status["counts"], serde_json::json!({ "done": n }));
    assert_eq!(status["meta"]["backend"], "mock");
    assert_eq!(status["meta"]["region"], "eu-west-1");
    assert!(program.done("status").stdout.ends_with(&format!("{n} steps: {n} done\n")));

    assert!(program.done("check").last().contains("all as recorded"));

    // Everything is there already.
    let again = program.done("up --recipe chapter-machines");
    assert!(again.stdout.contains(&format!("{n} of {n} steps done")), "{again:?}");
    assert!(!again.stdout.contains("CreateVpc"), "{again:?}");

    let down = program.done("down");
    assert_eq!(down.last(), "0 left");
    assert!(down.stdout.contains("DeleteVpc"), "{down:?}");
    assert!(program.done("status").stdout.contains(&format!("{n} steps: {n} undone")));

    // And nothing is any more.
    let down = program.done("down");
    assert_eq!(down.last(), "0 left");
    assert!(!down.stdout.contains("DeleteVpc"), "{down:?}");
    assert_eq!(program.leftovers(), [""; 0]);

    // Up once more, with the same journal.
    program.done("up --recipe chapter-machines");
    assert!(program.done("check").last().contains(&format!("{n} steps checked, all as")));
    assert_eq!(program.done("down").last(), "0 left");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = (Program::new(), Program::new());
    for line in ["up --recipe chapter-machines --seed 5", "status", "check", "down"] {
        assert_eq!(one.done(line), other.done(line), "{line}");
        for file in ["hopper.journal", "hopper.journal.world"] {
            assert_eq!(one.read(file), other.read(file), "{file} after {line}");
        }
    }
    let third = Program::new();
    third.done("up --recipe chapter-machines --seed 6");
    assert_ne!(third.read("hopper.journal.world"), one.read("hopper.journal.world"));
}

#[test]
fn every_journal_has_a_world_of_its_own() {
    let program = Program::new();
    program.done("up --recipe chapter-machines --journal one.journal");
    program.done("up --recipe chapter-machines --journal two.journal");
    assert_eq!(program.done("down --journal one.journal").last(), "0 left");
    assert!(program.done("check --journal two.journal").last().contains("all as recorded"));
    assert_eq!(program.done("down --journal two.journal").last(), "0 left");
}

#[test]
fn check_names_what_differs_and_mends_nothing() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    let world = program.read("hopper.journal.world");
    let drifted = world.replace("\"hopper-private\"", "\"somebody's\"");
    assert_ne!(drifted, world);
    program.write("hopper.journal.world", &drifted);

    let checked = program.run("check");
    assert_eq!(checked.code, 4, "{checked:?}");
    assert!(checked.stdout.contains("network/private-table"), "{checked:?}");
    assert!(checked.stdout.contains("tags.Name: recorded hopper-private, actual somebody's"));
    let lines = program.run("check --format json");
    assert_eq!(lines.code, 4);
    let last = &lines.json().pop().unwrap();
    assert_eq!(last["differing"][0]["drift"][0]["field"], "tags.Name");
    assert_eq!(program.read("hopper.journal.world"), drifted);

    assert_eq!(program.done("down").last(), "0 left");
}

#[test]
fn a_failure_is_undone_or_kept() {
    let program = Program::new();
    // No image is called so, which shows only when the network is half up.
    program.write("wrong.toml", "base_image.name = 'no-such-image'");
    let failed = program.run(
        "up --recipe chapter-machines --no-preflight --config wrong.toml --journal undone.journal",
    );
    assert_eq!((failed.code, failed.last()), (1, "0 left"), "{failed:?}");
    assert!(failed.stdout.contains("error: step base-image"), "{failed:?}");
    assert_eq!(program.done("down --journal undone.journal").last(), "0 left");

    let kept = program
        .run("up --recipe chapter-machines --no-preflight --config wrong.toml --on-failure keep");
    assert_eq!(kept.code, 3, "{kept:?}");
    assert!(kept.stdout.contains("left: network/vpc (aws.ec2.vpc)"), "{kept:?}");
    assert!(kept.last().contains("`hopper down`"), "{kept:?}");
    assert!(program.done("check").last().contains("all as recorded"));
    // The mended recipe goes on from there.
    let up = program.done("up --recipe chapter-machines");
    assert!(up.stdout.contains("resuming hopper"), "{up:?}");
    assert_eq!(program.done("down").last(), "0 left");
}
