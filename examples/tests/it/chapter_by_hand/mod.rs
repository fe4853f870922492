//! The chapter by hand, on `hopper serve`: the clients of AWS that everybody has, unmodified.

use crate::{program::Program, python, serve::Server};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(file)
}

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../hopper-aws/src/recipes/policies")
}

#[track_caller]
fn printed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{out}\n{err}");
    out.into_owned()
}

/// Everything that is there, as JSON.
#[track_caller]
fn inventory(bin: &Path, server: &Server) -> String {
    let python = &mut Command::new(bin.join("python"));
    printed(python.arg(here("moto/cloud.py")).args(["inventory", &server.url]))
}

#[test]
fn boto3_makes_the_chapter_and_takes_it_down() {
    let Some(bin) = python::bin() else { return };
    let program = Program::new();
    let server = Server::start(&program, "--speed 500");
    let before = inventory(bin, &server);

    let script = |what: &str, with: &Path| {
        let python = &mut Command::new(bin.join("python"));
        let script = python.arg(here("chapter_by_hand/chapter.py"));
        printed(script.args([what, &server.url]).arg(with))
    };
    let up = script("up", &policies());
    let there = inventory(bin, &server);
    for made in ["10.0.0.10", "k8s-1.10.3-001", "hopper-t2-medium-nodes", "K8sMaster", "InService"]
    {
        assert!(there.contains(made), "{made} is not in {there}");
    }
    script("down", Path::new(up.lines().next().unwrap()));
    assert_eq!(inventory(bin, &server), before);
}

#[test]
fn the_aws_cli_makes_the_chapter_and_takes_it_down() {
    let (Some(bin), Some(cli)) = (python::bin(), python::aws_cli()) else { return };
    let program = Program::new();
    // So fast that the waiters of the CLI, which look every 15 s, mostly see the end at once; but
    // not so fast that what has ended is not listed any more when they look.
    let server = Server::start(&program, "--speed 500");
    let before = inventory(bin, &server);

    let path = env::var("PATH").unwrap();
    let told = printed(
        Command::new(here("chapter_by_hand/chapter.sh"))
            .arg(policies())
            .env("PATH", format!("{}:{path}", cli.display()))
            .env("AWS_ENDPOINT_URL", &server.url)
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test"),
    );
    assert!(told.contains("up: worker i-") && told.ends_with("down\n"), "{told}");
    assert_eq!(inventory(bin, &server), before);
}
