//! `hopper preflight`, and what `hopper up` does with it.

use crate::{
    program::{Ended, Program},
    serve::Server,
};
use hopper_mock::Mock;
use serde_json::Value;

/// A world in which somebody has two of the chapter's names.
fn crowded() -> Program {
    let program = Program::new();
    let world = program.path("hopper.journal.world");
    let mock = Mock::builder().file(world).unwrap().build();
    for (operation, name) in [("CreateKeyPair", "eds_laptop"), ("CreateKeyPair", "other")] {
        assert_eq!(mock.call(operation, &[("KeyName", name)]).status, 200);
    }
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = [("RoleName", "K8sNode"), ("AssumeRolePolicyDocument", trust)];
    assert_eq!(mock.call("iam:CreateRole", &role).status, 200);
    program
}

#[track_caller]
fn tells_both(text: &str) {
    for told in ["2 problems, 0 warnings", "eds_laptop", "K8sNode", "not made by hopper"] {
        assert!(text.contains(told), "`{told}` is not in: {text}");
    }
}

#[test]
fn nothing_is_begun_where_something_is_in_the_way() {
    let program = crowded();
    let world = program.read("hopper.journal.world");
    let up = program.run("up --recipe chapter-machines");
    assert_eq!((up.code, up.stdout.as_str()), (2, ""), "{up:#?}");
    tells_both(&up.stderr);
    assert!(!program.path("hopper.journal").exists());
    assert_eq!(program.read("hopper.journal.world"), world);

    let looked = program.run("preflight --recipe chapter-machines");
    assert_eq!((looked.code, looked.stderr.as_str()), (2, ""), "{looked:#?}");
    tells_both(&looked.stdout);
    let looked = program.run("preflight --recipe chapter-machines --format json");
    let found: Value = serde_json::from_str(&looked.stdout).unwrap();
    assert_eq!((looked.code, found["findings"].as_array().unwrap().len()), (2, 2));
    assert_eq!(program.read("hopper.journal.world"), world);

    let up = program.run("up --recipe chapter-machines --no-preflight");
    assert_eq!(up.code, 1, "{up:#?}");
}

#[test]
fn nothing_is_said_where_nothing_is_in_the_way() {
    let program = Program::new();
    let looked = program.done("preflight --recipe chapter-machines");
    assert!(looked.stdout.contains("0 problems, 0 warnings"), "{looked:#?}");
    assert!(!program.path("hopper.journal.world").exists());
    let with = program.done("up --recipe chapter-machines").stdout;
    let other = Program::new();
    assert_eq!(other.done("up --recipe chapter-machines --no-preflight").stdout, with);
    assert_eq!(other.read("hopper.journal"), program.read("hopper.journal"));
    program.done("preflight --recipe chapter-machines");
    program.done("down");
}

#[test]
fn a_look_over_the_network_changes_nothing() {
    let program = Program::new();
    let server = Server::start(&program, "--speed 1000");
    let line =
        format!("preflight --recipe chapter-machines --backend aws --endpoint-url {}", server.url);
    let looked = Ended::of(program.with_credentials(&line).output().unwrap());
    assert_eq!(looked.code, 0, "{looked:#?}");
    assert!(looked.stdout.contains("0 problems, 0 warnings"), "{looked:#?}");
    let stopped = server.stop();
    assert!(!stopped.stdout.contains("CreateVpc"), "{stopped:#?}");
}
