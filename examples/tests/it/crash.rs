//! `kill -9` in the middle.

use crate::program::{Ended, Program};
use std::{fs, thread, time::Duration};

/// Starts a command and kills it once its journal has `n` lines. Says whether it was in time.
fn killed(program: &Program, line: &str, n: usize) -> bool {
    killed_at(program, line, "hopper.journal", n)
}

/// The same, of another journal.
fn killed_at(program: &Program, line: &str, journal: &str, n: usize) -> bool {
    let mut child = program.command(line).spawn().unwrap();
    let journal = program.path(journal);
    let lines =
        || fs::read(&journal).map_or(0, |text| text.iter().filter(|b| **b == b'\n').count());
    while lines() < n && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_micros(100));
    }
    child.kill().unwrap(); // SIGKILL
    Ended::waited(child).code != 0
}

fn length(program: &Program) -> usize {
    program.read("hopper.journal").lines().count()
}

#[test]
fn up_goes_on_after_a_kill() {
    let whole = Program::new();
    whole.done("up --recipe chapter-machines");
    let n = length(&whole);
    let mut n_killed = 0;
    for at in (1..n).step_by(n / 8) {
        let program = Program::new();
        n_killed += usize::from(killed(&program, "up --recipe chapter-machines", at));
        let up = program.done("up --recipe chapter-machines");
        assert!(up.last().starts_with("up: "), "killed at {at}: {up:?}");
        assert!(program.done("check").last().contains("all as recorded"), "killed at {at}");
        assert_eq!(program.done("down").last(), "0 left", "killed at {at}");
        assert_eq!(program.leftovers(), [""; 0], "killed at {at}");
    }
    assert_ne!(n_killed, 0, "nothing was killed in time");
}

#[test]
fn down_goes_on_after_a_kill() {
    let whole = Program::new();
    whole.done("up --recipe chapter-machines");
    let n_up = length(&whole);
    whole.done("down");
    let n = length(&whole);
    let mut n_killed = 0;
    for at in (1..n_up).step_by(n_up / 4).chain((n_up + 1..n).step_by((n - n_up) / 6)) {
        let program = Program::new();
        if at < n_up {
            n_killed += usize::from(killed(&program, "up --recipe chapter-machines", at));
            // Killed before the run's first record: there is nothing to take down.
            if !program.read("hopper.journal").contains("\"run\"") {
                continue;
            }
        } else {
            program.done("up --recipe chapter-machines");
            n_killed += usize::from(killed(&program, "down", at));
        }
        assert_eq!(program.done("down").last(), "0 left", "killed at {at}");
        assert_eq!(program.leftovers(), [""; 0], "killed at {at}");
    }
    assert_ne!(n_killed, 0, "nothing was killed in time");
}

/// Killed while the image of its nodes is made, and tidied up after; gone on with, or taken down
/// though there is no cluster yet.
#[test]
fn a_cluster_goes_on_after_a_kill_while_its_image_is_made() {
    let whole = Program::new();
    whole.done("image make");
    let listed = whole.done("image list").stdout;
    let image = listed.split_whitespace().next().unwrap();
    let journal = format!("hopper.journal.{image}");
    let n = whole.read(&journal).lines().count();
    let mut n_killed = 0;
    for (i, at) in (2..n).step_by(n / 6).enumerate() {
        let program = Program::new();
        n_killed += usize::from(killed_at(&program, "up", &journal, at));
        if i % 2 == 0 {
            program.done("up");
            assert!(program.done("check").last().contains("all as recorded"), "killed at {at}");
        }
        program.done("down --image");
        assert_eq!(program.leftovers(), [""; 0], "killed at {at}");
    }
    assert_ne!(n_killed, 0, "nothing was killed in time");
}

#[test]
fn a_torn_line_is_cut_off_and_told() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    let mut torn = program.read("hopper.journal");
    torn.push_str("{\"epoch\":1,\"at\":17672");
    program.write("hopper.journal", torn);
    let down = program.done("down");
    assert!(down.stdout.contains("torn end was cut off"), "{down:?}");
    assert_eq!(down.last(), "0 left");
}
