//! A run that is stopped while another takes over, then continued: real processes and signals.

use crate::{
    program::{Ended, Program, signal},
    relay::{Hold, Relay},
    serve::Server,
};
use std::{
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// So fast that everything is ready as soon as it is made: clients need not wait.
const AT_ONCE: &str = "--speed 1000000";

/// Starts a command as somebody of this name.
fn start(program: &Program, who: &str, line: &str) -> Child {
    let mut command = program.with_credentials(line);
    command.env("AWS_ACCESS_KEY_ID", who).env("USER", who).stdout(Stdio::null());
    command.spawn().unwrap()
}

/// Runs a command to its end, again for as long as the journal is in use by the one that is
/// stopped.
fn succeed(program: &Program, line: &str, stopped: &Child) -> Ended {
    let began = Instant::now();
    let who = format!("in use by alice, process {} since 20", stopped.id());
    loop {
        let ended = Ended::waited(start(program, "bob", line));
        if ended.stderr.contains("stopped in the middle of a write") {
            // As the message says: it is let go on, for a moment.
            signal(stopped, "-CONT");
            thread::sleep(Duration::from_millis(50));
            signal(stopped, "-STOP");
        } else if !ended.stderr.contains(&who) {
            return ended;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{ended:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// `up` is stopped after so many calls, with what it has just sent held up; another runs `then`;
/// what was held up arrives in the middle of that, and then the first goes on.
fn stopped(calls: usize, hold: Hold, then: &str) {
    let program = Program::new();
    let server = Server::start(&program, AT_ONCE);
    let relay = Relay::before(&server.url);
    let line = "up --recipe chapter-machines --no-preflight --lease 2 --backend aws --endpoint-url";
    let line = format!("{line} {}", relay.url);
    let first = start(&program, "alice", &line);
    relay.wait("alice", calls);
    relay.hold("alice", hold);
    // Whatever is on its way arrives at the relay; then nothing moves any more.
    thread::sleep(Duration::from_millis(500));
    signal(&first, "-STOP");
    let sent = relay.calls("alice");

    thread::scope(|scope| {
        scope.spawn(|| {
            relay.wait("bob", 3);
            relay.let_go();
        });
        let second = succeed(&program, then, &first);
        assert_eq!(second.code, 0, "{then} after {calls} calls, {hold:?}: {second:?}");
    });
    let journal = program.read("hopper.journal");
    assert_eq!(relay.calls("alice"), sent, "it has made calls while it was stopped");
    signal(&first, "-CONT");
    let first = Ended::waited(first);
    assert!([1, 3].contains(&first.code), "{first:?}");
    assert!(first.stderr.contains("another owner has taken over the journal"), "{first:?}");
    assert_eq!(relay.calls("alice"), sent, "it has made calls after it was succeeded: {first:?}");
    assert_eq!(program.read("hopper.journal"), journal, "it has written records");

    if then == "up --recipe chapter-machines" {
        for line in ["check", "down"] {
            let ended = Ended::waited(start(&program, "bob", line));
            assert_eq!(ended.code, 0, "{line}: {ended:?}");
        }
    }
    // Neither orphans nor duplicates.
    let served = server.stop();
    assert!(served.last().ends_with("calls answered, 0 left"), "{served:?}");
}

#[test]
fn a_stopped_up_that_is_taken_down_by_another_sends_nothing_more() {
    stopped(12, Hold::Request, "down");
}

#[test]
fn a_stopped_up_that_is_finished_by_another_sends_nothing_more() {
    stopped(40, Hold::Reply, "up --recipe chapter-machines");
}
