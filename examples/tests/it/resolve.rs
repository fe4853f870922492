//! What cannot be taken down: skipped, tried again, or said to be gone.

use crate::{
    program::{Ended, Program},
    relay::Relay,
    serve::Server,
};

/// A run whose internet gateway may not be deleted, after `down`.
fn parked() -> (Program, Server, Relay) {
    let program = Program::new();
    let server = Server::start(&program, "--speed 1000000");
    let relay = Relay::before(&server.url);
    let up = run(
        &program,
        &format!("up --recipe chapter-machines --backend aws --endpoint-url {}", relay.url),
    );
    assert_eq!(up.code, 0, "{up:?}");
    relay.refuse(Some("DeleteInternetGateway"));
    let down = run(&program, "down");
    assert_eq!(down.code, 3, "{down:?}");
    for told in [&down.stdout, &program.done("status").stdout] {
        for command in [
            "`hopper down`",
            "`hopper down --skip network/internet-gateway`",
            "`hopper resolve network/internet-gateway --gone`",
        ] {
            assert!(told.contains(command), "no {command} in {told}");
        }
    }
    // What hangs on it is left, and nothing else.
    assert!(down.stdout.contains("left: network/vpc"), "{down:?}");
    assert!(down.last().starts_with("2 left"), "{down:?}");
    (program, server, relay)
}

fn run(program: &Program, line: &str) -> Ended {
    Ended::of(program.with_credentials(line).output().unwrap())
}

#[test]
fn what_is_skipped_stays_and_goes_when_it_may() {
    let (program, server, relay) = parked();
    let down = run(&program, "down --skip network/internet-gateway");
    assert_eq!(down.code, 3, "{down:?}");
    assert!(down.stdout.contains("left: network/internet-gateway"), "{down:?}");
    assert!(down.stdout.contains("left alone, as asked"), "{down:?}");
    assert!(down.last().starts_with("1 left"), "{down:?}");
    relay.refuse(None);
    assert_eq!(run(&program, "down").last(), "0 left");
    assert!(server.stop().last().ends_with(" 0 left"));
}

#[test]
fn what_is_said_to_be_gone_is_not_asked_for_again() {
    let (program, server, relay) = parked();
    let wrong = [
        ("resolve nothing --gone", "is not in the journal"),
        ("resolve network/vpc --done", "is done already"),
        ("resolve network/internet-gateway", "required"),
        ("resolve network/internet-gateway --done --output {", "--output is no JSON"),
    ];
    for (line, why) in wrong {
        let refused = program.run(line);
        assert_eq!(refused.code, 2, "{line}: {refused:?}");
        assert!(refused.stderr.contains(why), "{line}: {refused:?}");
    }
    let before = relay.calls("test");
    let resolved = program.done("resolve network/internet-gateway --gone");
    assert!(resolved.last().contains("counts as gone; 1 left"), "{resolved:?}");
    assert_eq!(relay.calls("test"), before, "nobody was asked");
    let down = run(&program, "down");
    assert_eq!((down.code, down.last()), (0, "0 left"), "{down:?}");
    // It was not, though: whoever says so answers for it.
    assert!(server.stop().last().ends_with(" 1 left"));
}
