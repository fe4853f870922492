//! `hopper plan`

use crate::program::Program;
use serde_json::Value;

#[test]
fn the_plan_of_the_chapter() {
    insta::assert_snapshot!(Program::new().done("plan --recipe chapter-machines").stdout);
}

#[test]
fn is_printed_in_four_ways() {
    let program = Program::new();
    let json: Value =
        serde_json::from_str(&program.done("plan --recipe chapter-machines --format json").stdout)
            .unwrap();
    assert_eq!(json["workflow"], "hopper");
    let dot = program.done("plan --recipe chapter-machines --format dot").stdout;
    assert!(dot.starts_with("digraph \"hopper\" {") && dot.ends_with("}\n"), "{dot}");
    assert!(
        program
            .done("plan --recipe chapter-machines --format mermaid")
            .stdout
            .starts_with("flowchart LR\n")
    );
    let n = json["steps"].as_array().unwrap().len();
    assert!(
        program
            .done("plan --recipe chapter-machines")
            .stdout
            .starts_with(&format!("hopper: {n} steps"))
    );
}

#[test]
fn follows_the_settings() {
    let program = Program::new();
    program.write("lab.toml", "name = 'lab'\n[network]\nzone = 'eu-west-1b'\n");
    let plan = program.done("plan --recipe chapter-machines --config lab.toml").stdout;
    assert!(plan.starts_with("lab: "), "{plan}");
    assert!(plan.contains("eu-west-1b") && !plan.contains("eu-west-1a"), "{plan}");
}

#[test]
fn nobody_has_to_read_it_all() {
    use std::io::Read as _;
    let mut child =
        Program::new().command("plan --recipe chapter-machines --format json").spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
