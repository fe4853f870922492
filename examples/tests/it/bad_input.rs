//! What is wrong is told in one clear message; nothing is created, nothing is lost.

use crate::program::{Ended, Program};
use hopper_core::{
    Engine, FileJournal, Workflow,
    testing::{Make, Shelf},
};
use std::net::TcpListener;

/// Runs a command that cannot work, and returns what it says.
#[track_caller]
fn refused(program: &Program, line: &str, code: i32) -> String {
    let ended = program.run(line);
    assert_eq!(ended.code, code, "hopper {line}: {ended:#?}");
    assert_eq!(ended.stdout, "", "hopper {line}");
    assert!(ended.stderr.starts_with("error: "), "hopper {line}: {ended:#?}");
    ended.stderr
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn an_unknown_recipe_flag_or_command() {
    let program = Program::new();
    says(&refused(&program, "up --recipe nothing", 2), &["nothing", "chapter"]);
    says(&refused(&program, "up --recipe chapter-machines --sed 1", 2), &["--sed"]);
    says(&refused(&program, "up --recipe chapter-machines --seed many", 2), &["many"]);
    says(
        &refused(&program, "up --recipe chapter-machines --backend gcp", 2),
        &["gcp", "mock", "aws"],
    );
    says(&refused(&program, "destroy", 2), &["destroy"]);
    says(
        &refused(&program, "up --recipe chapter-machines --endpoint-url http://127.0.0.1:1", 2),
        &["--backend aws"],
    );
    says(
        &refused(&program, "up --recipe chapter-machines --region us-east-1", 2),
        &["us-east-1", "eu-west-1"],
    );
    assert!(!program.path("hopper.journal").exists());
}

#[test]
fn every_wrong_setting_at_once() {
    let program = Program::new();
    program.write(
        "wrong.toml",
        "name = 'a b'\npublic_key = 'garbage'\n[network]\nzone = 'nowhere'\npublic_cidr = \
         '10.9.0.0/20'\n[bastion]\ninstance_type = 'big'\n",
    );
    let wrong = ["name", "public_key", "network.zone", "network.public_cidr", "instance_type"];
    for command in ["up --recipe chapter-machines", "plan --recipe chapter-machines"] {
        let told = refused(&program, &format!("{command} --config wrong.toml"), 2);
        says(&told, &wrong);
    }
    program.write("unknown.toml", "[network]\nzones = 3\n");
    says(
        &refused(&program, "up --recipe chapter-machines --config unknown.toml", 2),
        &["zones", "unknown.toml"],
    );
    program.write("broken.toml", "name = ");
    says(
        &refused(&program, "up --recipe chapter-machines --config broken.toml", 2),
        &["broken.toml"],
    );
    says(
        &refused(&program, "up --recipe chapter-machines --config missing.toml", 2),
        &["missing.toml"],
    );
    program.write("far.toml", "network.zone = 'us-east-1a'");
    says(
        &refused(&program, "up --recipe chapter-machines --config far.toml", 2),
        &["us-east-1a", "eu-west-1"],
    );
    assert!(!program.path("hopper.journal").exists());
    assert!(!program.path("hopper.journal.world").exists());
}

#[test]
fn a_journal_that_is_not_there() {
    let program = Program::new();
    for command in ["status", "check", "down"] {
        let told = refused(&program, &format!("{command} --journal no.journal"), 2);
        says(&told, &["no.journal", "hopper up"]);
    }
    assert!(!program.path("no.journal").exists());
    let ended = program.run("up --recipe chapter-machines --journal no/such/folder");
    assert_eq!(ended.code, 1, "{ended:?}");
    says(&ended.stderr, &["error: no/such/folder: cannot"]);
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let program = Program::new();
    program.write("hopper.journal", "dear diary\n");
    for command in ["up --recipe chapter-machines", "status", "check", "down"] {
        says(&refused(&program, command, 2), &["hopper.journal", "line 1"]);
    }
    assert_eq!(program.read("hopper.journal"), "dear diary\n");
}

#[test]
fn a_journal_with_damage_in_the_middle() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    let good = program.read("hopper.journal");
    let bad = good.replacen("\"network/vpc\"", "\"network/vpx\"", 1);
    assert_ne!(good, bad);
    program.write("hopper.journal", &bad);
    for command in ["up --recipe chapter-machines", "status", "check", "down"] {
        says(&refused(&program, command, 2), &["damaged in line 3"]);
    }
    assert_eq!(program.read("hopper.journal"), bad);
    program.write("hopper.journal", good);
    assert_eq!(program.done("down").last(), "0 left");
}

#[test]
fn a_journal_of_another_version() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    let lines = program.read("hopper.journal");
    let newer: Vec<String> = lines
        .lines()
        .map(|line| {
            let (entry, _) = line.rsplit_once(",\"crc\"").unwrap();
            let entry = entry.replace("\"format\":2", "\"format\":99");
            format!(
                "{entry},\"crc\":\"{:08x}\"}}\n",
                crc32fast::hash(format!("{entry}}}").as_bytes())
            )
        })
        .collect();
    program.write("hopper.journal", newer.concat());
    for command in ["up --recipe chapter-machines", "status", "check", "down"] {
        says(&refused(&program, command, 2), &["format 99", "up to format 2"]);
    }
    program.write("hopper.journal", lines);
    program.done("down");
}

#[test]
fn a_journal_of_another_workflow_or_recipe() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    program.write("other.toml", "name = 'other'");
    let told =
        refused_but_for_progress(&program, "up --recipe chapter-machines --config other.toml");
    says(&told, &["`hopper`", "`other`", "another journal"]);
    program.write("changed.toml", "[network]\nprivate_cidr = '10.0.32.0/20'\n");
    let told =
        refused_but_for_progress(&program, "up --recipe chapter-machines --config changed.toml");
    says(&told, &["the recipe has changed", "network/private-subnet", "10.0.32.0/20"]);
    assert!(program.done("check").last().contains("all as recorded"));
    program.done("down");
}

/// As [`refused`], after having said where it would act.
#[track_caller]
fn refused_but_for_progress(program: &Program, line: &str) -> String {
    let ended = program.run(line);
    assert_eq!(ended.code, 2, "hopper {line}: {ended:#?}");
    ended.stderr
}

#[tokio::test]
async fn a_journal_of_another_program() {
    let program = Program::new();
    let w = Workflow::new("bakery");
    w.step("bread").does(Make::new("bread"));
    let engine = Engine::new(FileJournal::new(program.path("hopper.journal")));
    engine.env(Shelf::default()).run(&w.plan().unwrap()).await.unwrap();
    for command in ["up --recipe chapter-machines", "status", "check", "down"] {
        says(&refused(&program, command, 2), &["written by another program"]);
    }
}

#[test]
fn no_key_no_credentials_no_region() {
    let program = Program::new();
    let told =
        refused(&program, "up --recipe chapter-machines --backend aws --region eu-west-1", 2);
    says(&told, &["nobody has the private half", "public_key"]);
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    program.write("own.toml", format!("public_key = '{key}'"));
    let told = refused(
        &program,
        "up --recipe chapter-machines --backend aws --region eu-west-1 --config own.toml",
        1,
    );
    says(&told, &["there are no credentials", "AWS_PROFILE"]);
    assert!(!told.contains("NotLoaded("), "that is for programmers: {told}");
    let ended = Ended::of(
        program
            .with_credentials("up --recipe chapter-machines --backend aws --config own.toml")
            .env_remove("AWS_REGION")
            .output()
            .unwrap(),
    );
    assert_eq!(ended.code, 1);
    says(&ended.stderr, &["there is no region", "AWS_REGION"]);
    assert!(!program.path("hopper.journal").exists());
}

#[test]
fn an_endpoint_that_does_not_answer() {
    let program = Program::new();
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let line = format!("up --recipe chapter-machines --backend aws --endpoint-url {url}");
    let ended = Ended::of(program.with_credentials(&line).output().unwrap());
    assert_eq!(ended.code, 1, "{ended:?}");
    says(&ended.stderr, &[&url, "error: "]);
    assert!(!program.path("hopper.journal").exists());
}
