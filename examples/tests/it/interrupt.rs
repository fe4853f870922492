//! Ctrl-C and SIGTERM; and a terminal or a reader that goes away, which is none.

use crate::{
    program::{Ended, Program, signal},
    serve::Server,
};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Child,
};

/// So fast that everything is ready as soon as it is made: clients need not wait.
const AT_ONCE: &str = "--speed 1000000";

/// A run against a simulator in real time.
struct Run {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    _server: Server,
}

impl Run {
    fn start(program: &Program, speed: &str, options: &str) -> Self {
        let server = Server::start(program, speed);
        let line = format!(
            "up --recipe chapter-machines --backend aws --endpoint-url {} --format json {options}",
            server.url
        );
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
    let mut run = Run::start(&program, "--speed 1", options);
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
    assert!(ended.stderr.contains("`hopper up`") && ended.stderr.contains("`hopper down`"));
}

/// Whether a run of the default recipe has gone to its end.
fn is_whole(program: &Program) -> bool {
    let status = program.done("status").stdout;
    let counts = status.lines().last().and_then(|line| line.split_once(" steps: "));
    counts.is_some_and(|(steps, states)| states == format!("{steps} done"))
}

/// Nor is it one that nobody reads any more what it says.
#[test]
fn a_hangup_is_no_reason_to_stop() {
    let program = Program::new();
    let mut run = Run::start(&program, AT_ONCE, "");
    run.until("started");
    signal(&run.child, "-HUP");
    let Run { mut child, out, _server } = run;
    drop(out);
    drop(child.stderr.take());
    assert_eq!(Ended::waited(child).code, 0);
    assert!(is_whole(&program));
}

/// A terminal that is closed with progress bars on it.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_is_closed_is_no_reason_to_stop() {
    use crate::relay::{Hold, Relay};
    use std::{
        env, fs,
        process::{Command, Stdio},
        thread,
        time::Duration,
    };
    const TERMINAL: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while b' running, ' not in seen:
    seen += os.read(terminal, 4096)
print(child, flush=True)
os.close(terminal)
";
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "python3 is needed");
        return;
    }
    let program = Program::new();
    let server = Server::start(&program, AT_ONCE);
    let relay = Relay::before(&server.url);
    let up = format!(
        "up --recipe chapter-machines --no-preflight --backend aws --endpoint-url {}",
        relay.url
    );
    let up = program.with_credentials(&up);
    let mut terminal = Command::new("python3");
    terminal.args(["-c", TERMINAL]).arg(up.get_program()).args(up.get_args());
    terminal.current_dir(up.get_current_dir().unwrap()).env_clear().env("TERM", "xterm");
    terminal.envs(up.get_envs().filter_map(|(key, value)| Some((key, value?))));
    terminal.env("PATH", env::var_os("PATH").unwrap_or_default());
    terminal.stdout(Stdio::piped()).stderr(Stdio::piped());
    let terminal = terminal.spawn().unwrap();
    // Calls are held up for as long as the terminal takes to close: it is the middle of the run.
    relay.wait("test", 10);
    relay.hold("test", Hold::Reply);
    let ended = Ended::waited(terminal);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!is_whole(&program), "it was to be closed in the middle");
    relay.let_go();
    let process = format!("/proc/{}/cmdline", ended.stdout.trim());
    // What has ended and was not waited for has no command line any more.
    let runs = || fs::read(&process).is_ok_and(|line| !line.is_empty());
    for _ in 0..3000 {
        if !runs() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(is_whole(&program), "{}", program.done("status").stdout);
}
