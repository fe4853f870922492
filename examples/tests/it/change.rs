//! `plan --journal` and `up` with settings that have changed.

use crate::program::Program;
use serde_json::Value;

#[test]
fn a_change_in_place_is_shown_and_made() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    assert!(
        program
            .done("plan --recipe chapter-machines --journal hopper.journal")
            .last()
            .ends_with(" done")
    );

    program.write("more.toml", "[workers]\nmin = 2\nmax = 3\n");
    let told = program
        .done("plan --recipe chapter-machines --journal hopper.journal --config more.toml")
        .stdout;
    assert!(told.contains(" 1 changed, "), "{told}");
    for line in
        ["in place", "      desired: 1 -> 2\n", "      max: 1 -> 3\n", "      min: 1 -> 2\n"]
    {
        assert!(told.contains(line), "{told}");
    }
    let json =
        "plan --recipe chapter-machines --journal hopper.journal --config more.toml --format json";
    let json: Value = serde_json::from_str(&program.done(json).stdout).unwrap();
    let changed = |step: &&Value| !step["is"]["changed"].is_null();
    let changed: Vec<_> = json["steps"].as_array().unwrap().iter().filter(changed).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0]["is"]["changed"]["how"], "in_place");

    let up = program.done("up --recipe chapter-machines --config more.toml");
    assert!(up.stdout.contains(&told), "{up:?}");
    assert!(up.stdout.contains("UpdateAutoScalingGroup"), "{up:?}");
    assert!(!up.stdout.contains("RunInstances") && !up.stdout.contains("CreateVpc"), "{up:?}");
    assert!(program.done("check").last().contains("all as recorded"));
    assert_eq!(program.done("down").last(), "0 left");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn what_cannot_be_changed_in_place_is_replaced_if_asked() {
    let program = Program::new();
    // A launch configuration cannot be changed, nor has it versions.
    let workers = "[workers]\nlaunch_from = 'configuration'\n";
    program.write("before.toml", workers);
    program.done("up --recipe chapter-machines --config before.toml");
    program.write("zone.toml", format!("{workers}instance_type = 't2.large'\n"));
    let (journal, world) = (program.read("hopper.journal"), program.read("hopper.journal.world"));
    let refused = program.run("up --recipe chapter-machines --config zone.toml");
    assert_eq!(refused.code, 2, "{refused:?}");
    let step = refused.stderr.split("--replace ").nth(1).unwrap();
    let step = step.split(['`', ' ']).next().unwrap().to_owned();
    assert!(refused.stderr.contains("\"t2.medium\" -> \"t2.large\""), "{refused:?}");
    assert!(program.read("hopper.journal").starts_with(&journal));
    assert_eq!(program.read("hopper.journal.world"), world);
    let strange =
        program.run("up --recipe chapter-machines --config zone.toml --replace no/such-step");
    assert_eq!(strange.code, 2, "{strange:?}");

    let up =
        program.done(&format!("up --recipe chapter-machines --config zone.toml --replace {step}"));
    assert!(!up.stdout.contains("CreateVpc"), "{up:?}");
    assert!(up.stdout.contains("DeleteAutoScalingGroup"), "{up:?}");
    assert!(program.done("check").last().contains("all as recorded"));
    assert_eq!(program.done("down").last(), "0 left");
    assert_eq!(program.leftovers(), [""; 0]);
}

/// Other tags, and then one less, for everything; other rules; and workers of another size, of
/// which the group launches its next ones.
#[test]
fn tags_rules_and_launch_templates_change_in_place() {
    let program = Program::new();
    program.write("one.toml", "[tags]\nstage = 'lab'\nteam = 'one'\n");
    program.write(
        "two.toml",
        "[tags]\nstage = 'lab'\nteam = 'two'\n\
         [bastion]\nssh_from = '192.0.2.0/24'\n\
         [workers]\ninstance_type = 't2.large'\n",
    );
    program.write(
        "three.toml",
        "[tags]\nstage = 'lab'\n\
         [bastion]\nssh_from = '192.0.2.0/24'\n\
         [workers]\ninstance_type = 't2.large'\n",
    );
    program.done("up --recipe chapter-machines --config one.toml");
    let mut told = Vec::new();
    for config in ["two.toml", "three.toml"] {
        let plan = program
            .done(&format!(
                "plan --recipe chapter-machines --journal hopper.journal --config {config}"
            ))
            .stdout;
        assert!(plan.contains("in place"), "{plan}");
        assert!(!plan.contains("only by replacement"), "{plan}");
        let up = program.done(&format!("up --recipe chapter-machines --config {config}")).stdout;
        for gone in ["RunInstances", "TerminateInstances", "CreateVpc", "DeleteSecurityGroup"] {
            assert!(!up.contains(gone), "{gone}: {up}");
        }
        assert!(program.done("check").last().contains("all as recorded"));
        told.push(plan);
    }
    for line in [
        "      permission.peer.cidr: \"0.0.0.0/0\" -> \"192.0.2.0/24\"\n",
        "      instance_type: \"t2.medium\" -> \"t2.large\"\n",
    ] {
        assert!(told[0].contains(line), "{}", told[0]);
        assert!(!told[1].contains(line), "{}", told[1]);
    }
    assert_eq!(program.done("down").last(), "0 left");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn a_journal_that_is_not_there_and_a_drawing_show_no_changes() {
    let program = Program::new();
    assert_eq!(program.run("plan --recipe chapter-machines --journal none.journal").code, 2);
    program.done("up --recipe chapter-machines");
    assert_eq!(
        program.run("plan --recipe chapter-machines --journal hopper.journal --format dot").code,
        2
    );
}
