//! `hopper serve`, and `--backend aws` against it.

use crate::program::{Ended, Program, Running};
use std::io::{BufRead as _, BufReader};

/// A running simulator. It is stopped when dropped.
pub(crate) struct Server {
    running: Running,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(program: &Program, options: &str) -> Self {
        let command = program.command(&format!("serve --listen 127.0.0.1:0 {options}"));
        let running = Running::start(command);
        let line = &running.line;
        let url = line.trim().strip_prefix("listening on ").expect(line).to_owned();
        Self { running, url }
    }

    /// Stops it with Ctrl-C.
    pub(crate) fn stop(self) -> Ended {
        self.running.stop()
    }
}

/// So fast that everything is ready as soon as it is made: clients need not wait.
const AT_ONCE: &str = "--speed 1000000";

#[test]
fn everything_works_over_the_network_too() {
    let program = Program::new();
    let server = Server::start(&program, AT_ONCE);
    let run = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());

    let up =
        run(&format!("up --recipe chapter-machines --backend aws --endpoint-url {}", server.url));
    assert_eq!(up.code, 0, "{up:?}");
    assert!(up.stdout.contains("account 123456789012, region eu-west-1"), "{up:?}");
    // The journal knows the rest.
    assert!(program.done("status").stdout.contains(&server.url));
    let checked = run("check");
    assert_eq!(checked.code, 0, "{checked:?}");
    let other = run("up --recipe chapter-machines --endpoint-url http://127.0.0.1:1");
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.stderr.contains("was begun with --endpoint-url"), "{other:?}");
    let down = run("down");
    assert_eq!((down.code, down.last()), (0, "0 left"), "{down:?}");
    let stopped = server.stop();
    assert!(stopped.last().ends_with("calls answered, 0 left"), "{stopped:?}");
    assert_eq!(stopped.code, 0);
}

#[test]
fn a_journal_in_use_is_refused_with_who_and_since_when() {
    let program = Program::new();
    let server = Server::start(&program, "--speed 1");
    let line = format!(
        "up --recipe chapter-machines --backend aws --endpoint-url {} --format json",
        server.url
    );
    let mut first = program.with_credentials(&line).spawn().unwrap();
    // Its first event comes after it has taken the journal.
    let mut events = BufReader::new(first.stdout.take().unwrap());
    events.read_line(&mut String::new()).unwrap();

    for line in ["up --recipe chapter-machines", "down"] {
        let refused = Ended::of(program.with_credentials(line).output().unwrap());
        assert!([1, 3].contains(&refused.code), "{line}: {refused:?}");
        let who = format!("in use by somebody, process {} since 20", first.id());
        assert!(refused.stderr.contains(&who), "{line}: {refused:?}");
    }
    // Reading is allowed.
    assert!(program.done("status").stdout.contains("network/vpc"));
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn an_address_in_use_is_told() {
    let program = Program::new();
    let server = Server::start(&program, AT_ONCE);
    let address = server.url.strip_prefix("http://").unwrap();
    let refused = program.run(&format!("serve --listen {address}"));
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("give another address with --listen"), "{refused:?}");
}

#[test]
fn any_client_is_served() {
    let program = Program::new();
    let server = Server::start(&program, AT_ONCE);
    let address = server.url.strip_prefix("http://").unwrap();
    // As few means as possible: a form over HTTP.
    let form = "Action=DescribeRegions&Version=2016-11-15";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    assert!(reply.contains("<regionName>eu-west-1</regionName>"), "{reply}");
}
