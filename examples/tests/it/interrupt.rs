//! Ctrl-C and SIGTERM.

use crate::{
    program::{Ended, Program, signal},
    serve::Server,
};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Child,
};

/// A run against a simulator in real time.
struct Run {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    _server: Server,
}

impl Run {
    fn start(program: &Program, options: &str) -> Self {
        let server = Server::start(program, "--speed 1");
        let line =
            format!("up --backend aws --endpoint-url {} --format json {options}", server.url);
        let mut child = program.with_credentials(&line).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, _server: server }
    }

    /// Reads events up to the first of this name.
    fn until(&mut self, event: &str) {
        let mut line = String::new();
        while !line.contains(&format!("\"event\":\"{event}\"")) {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "no event {event}");
        }
    }

    fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.out.read_to_string(&mut stdout).unwrap();
        Ended { stdout, ..Ended::waited(self.child) }
    }
}

/// The report of a run that was stopped in the middle.
fn stopped(options: &str, signals: &[&str]) -> (Program, Ended) {
    let program = Program::new();
    let mut run = Run::start(&program, options);
    run.until("started");
    for name in signals {
        signal(&run.child, name);
        // Two signals at once could arrive as one.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let ended = run.end();
    assert_eq!(ended.code, 130, "{ended:?}");
    (program, ended)
}

fn report(ended: &Ended) -> serde_json::Value {
    ended.json().pop().unwrap()["summary"]["report"].clone()
}

#[test]
fn the_first_lets_calls_finish_and_undoes() {
    for signal in ["-INT", "-TERM"] {
        let (program, ended) = stopped("", &[signal]);
        let report = report(&ended);
        assert_eq!(report["outcome"], "undone", "{report:#}");
        assert_eq!(report["left"], serde_json::json!([]));
        assert!(program.done("status").stdout.contains("undone"));
    }
}

#[test]
fn what_is_kept_is_told_with_the_command_to_go_on() {
    let (program, ended) = stopped("--on-failure keep", &["-INT"]);
    let report = report(&ended);
    assert_eq!(report["outcome"], "kept", "{report:#}");
    assert!(report["left"].as_array().unwrap().iter().any(|left| left["name"] == "network/vpc"));
    let status = program.done("status").stdout;
    assert!(status.contains("network/vpc"), "{status}");
    assert!(ended.stderr.contains("`hopper up`") && ended.stderr.contains("`hopper down`"));
}

#[test]
fn the_second_stops_at_once() {
    let (program, ended) = stopped("", &["-INT", "-INT"]);
    let report = report(&ended);
    assert_eq!(report["outcome"], "abandoned", "{report:#}");
    assert!(program.done("status").stdout.contains("network/vpc"));
}
