//! The keys that seal secrets: made, rotated, given, and refused when they are no keys.

use crate::program::{Ended, Program};
use std::{fs, os::unix::fs::PermissionsExt as _};

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER: &str = "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn with_key(program: &Program, line: &str, key: &str) -> Ended {
    Ended::of(program.command(line).env("HOPPER_KEY", key).output().unwrap())
}

#[test]
fn a_key_is_made_and_rotated_in_a_file_of_its_owners_alone() {
    let program = Program::new();
    program.done("up --recipe chapter-machines");
    let made = program.done("rotate-key");
    assert!(made.last().contains("from now on; sealed anew: 0 steps"), "{made:?}");
    let path = program.path("hopper.journal.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let first = program.read("hopper.journal.key");

    program.done("rotate-key");
    let second = program.read("hopper.journal.key");
    assert_ne!(first, second);
    assert!(!second.contains(first.trim()), "the older key is still there");

    // Others may read it: that is no key any more.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    for line in ["up --recipe chapter-machines", "check", "rotate-key"] {
        let refused = program.run(line);
        assert_eq!(refused.code, 2, "{line}: {refused:?}");
        assert!(refused.stderr.contains("hopper.journal.key"), "{line}: {refused:?}");
    }
    // Taking down needs none.
    program.done("down");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn a_key_may_be_given_and_is_told_to_be_none() {
    let program = Program::new();
    let up = with_key(&program, "up --recipe chapter-machines", HEX);
    assert_eq!(up.code, 0, "{up:?}");
    let rotated = with_key(&program, "rotate-key", &format!("{OTHER} {HEX}"));
    assert_eq!(rotated.code, 0, "{rotated:?}");
    assert!(!program.path("hopper.journal.key").exists());
    for (line, wrong) in
        [("up --recipe chapter-machines", "secret"), ("check", "0001"), ("rotate-key", "zz")]
    {
        let refused = with_key(&program, line, wrong);
        assert_eq!(refused.code, 2, "{line}: {refused:?}");
        assert!(refused.stderr.contains("HOPPER_KEY"), "{line}: {refused:?}");
        assert!(!refused.stderr.contains(wrong), "{line} shows it: {refused:?}");
    }
    for text in [program.read("hopper.journal"), up.stdout, rotated.stdout, rotated.stderr] {
        assert!(!text.contains(HEX) && !text.contains(OTHER));
    }
    program.done("down");
}
