//! The rules of AWS, judged by boto3 against `hopper serve`.

use crate::{program::Program, python, serve::Server};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How often an area may be judged: on a busy machine boto3 may be too late to see what is so for
/// a moment only.
const TRIES: usize = 3;

#[test]
fn the_simulator_keeps_the_rules_of_aws() {
    let Some(bin) = python::bin() else { return };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/battery");
    let mut n_rules = 0;
    let mut unmet = Vec::new();
    for area in areas(&here.join("areas")) {
        let mut judged = judge(bin, &here, &area);
        for _ in 1..TRIES {
            if !judged.iter().any(|line| is_unmet(line)) {
                break;
            }
            judged = judge(bin, &here, &area);
        }
        n_rules += judged.len();
        unmet.extend(judged.into_iter().filter(|line| is_unmet(line)));
    }
    assert!(unmet.is_empty(), "of {n_rules} rules are not met:\n{}", unmet.join("\n"));
    assert!(900 < n_rules, "only {n_rules} rules were judged");
}

/// A line for each rule of an area, judged against an account of its own.
#[track_caller]
fn judge(bin: &Path, here: &Path, area: &str) -> Vec<String> {
    let program = Program::new();
    let server = Server::start(&program, "--speed 200");
    let judged = Command::new(bin.join("python"))
        .arg("-B")
        .arg(here.join("rules.py"))
        .args([&server.url, area])
        .output()
        .unwrap();
    let told = String::from_utf8(judged.stdout).unwrap();
    print!("{area}\n{told}");
    let mut lines: Vec<_> = told.lines().map(str::to_owned).collect();
    // The last line is the total; without it the rules were not judged to the end.
    if lines.pop().is_none_or(|last| !last.contains("rules met")) {
        lines.push(format!("NOT  {area}: {}", String::from_utf8_lossy(&judged.stderr)));
    }
    lines
}

fn is_unmet(line: &str) -> bool {
    line.starts_with("NOT ")
}

/// The names of the files of rules.
fn areas(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rules = entries.filter(|path| path.extension() == Some(OsStr::new("py")));
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<_> = rules.map(name).collect();
    names.sort();
    names
}
