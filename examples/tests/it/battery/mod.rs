//! The rules of AWS, judged by boto3 against `hopper serve`.

use crate::{program::Program, python, serve::Server};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn the_simulator_keeps_the_rules_of_aws() {
    let Some(bin) = python::bin() else { return };
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/battery");
    let mut unmet = Vec::new();
    let mut n_rules = 0;
    for area in areas(&here.join("areas")) {
        // Every area has an account to itself.
        let program = Program::new();
        let server = Server::start(&program, "--speed 200");
        let judged = Command::new(bin.join("python"))
            .arg("-B")
            .arg(here.join("rules.py"))
            .args([&server.url, &area])
            .output()
            .unwrap();
        let told = String::from_utf8(judged.stdout).unwrap();
        print!("{area}\n{told}");
        let complaint = String::from_utf8_lossy(&judged.stderr);
        assert!(complaint.is_empty(), "{area}: {complaint}");
        n_rules += told.lines().filter(|line| line.starts_with("met ")).count();
        unmet.extend(told.lines().filter(|line| line.starts_with("NOT ")).map(str::to_owned));
    }
    assert!(unmet.is_empty(), "{} rules are not met:\n{}", unmet.len(), unmet.join("\n"));
    assert!(400 < n_rules, "only {n_rules} rules were judged");
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
