//! The picture in ARCHITECTURE.md, kept true: who may know whom, and what a file looks like.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every source file below a folder, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

/// The names of a crate's dependencies, without those for its tests.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_core_knows_no_cloud() {
    for name in dependencies("hopper-core") {
        assert!(!name.starts_with("aws") && !name.starts_with("hopper"), "{name}");
    }
}

#[test]
fn the_simulator_knows_neither_hopper_nor_a_service_client() {
    for name in dependencies("hopper-mock") {
        assert!(!name.starts_with("aws-sdk") && !name.starts_with("hopper"), "{name}");
    }
}

#[test]
fn the_inside_of_machines_knows_no_cloud() {
    for name in dependencies("hopper-ssh") {
        assert!(!name.starts_with("aws") && !name.starts_with("hopper"), "{name}");
    }
    for name in dependencies("hopper-kubernetes") {
        assert!(
            !name.starts_with("aws") && name != "hopper-aws" && name != "hopper-mock",
            "{name}"
        );
    }
}

#[test]
fn the_steps_know_no_simulator_but_for_tests() {
    let manifest = fs::read_to_string(root().join("hopper-aws/Cargo.toml")).unwrap();
    assert!(manifest.contains("hopper-mock = { workspace = true, optional = true }"));
    let others = sources("hopper-aws/src").into_iter().filter(|(name, text)| {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        !name.contains("/testing/")
            && !name.ends_with("/tests.rs")
            && code.into_iter().any(|line| line.contains("hopper_mock"))
    });
    assert_eq!(others.map(|f| f.0).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn clients_of_the_real_aws_are_made_in_one_place() {
    let others = sources("hopper-aws/src")
        .into_iter()
        .filter(|(name, text)| text.contains("aws_config::") && !name.ends_with("/connect.rs"));
    assert_eq!(others.map(|f| f.0).collect::<Vec<_>>(), [""; 0]);
}

/// Inside the core data flows one way: recipe, plan, step, journal; the engine sees them all.
#[test]
fn the_core_imports_in_one_direction() {
    let forbidden = [
        ("dsl", &["engine"][..]),
        ("plan", &["engine"]),
        ("journal", &["dsl::Workflow", "engine", "plan", "step::Cx"]),
        ("ledger.rs", &["dsl", "engine", "plan"]),
    ];
    for (part, others) in forbidden {
        for (name, text) in sources("hopper-core/src") {
            if !name.starts_with(&format!("hopper-core/src/{part}")) {
                continue;
            }
            for other in others {
                assert!(!text.contains(&format!("crate::{other}")), "{name} knows {other}");
            }
        }
    }
}

#[test]
fn the_schedule_is_pure() {
    let path = root().join("hopper-core/src/engine/schedule.rs");
    let text = fs::read_to_string(path).unwrap();
    let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
    let text = code.join("\n");
    let text = text.split("#[cfg(test)]").next().unwrap();
    for impure in ["tokio", "async", "Instant", "SystemTime", "HashMap", "rand"] {
        assert!(!text.contains(impure), "schedule.rs uses {impure}");
    }
}

#[test]
fn files_are_short_and_say_what_they_are() {
    for folder in [
        "hopper-core/src",
        "hopper-aws/src",
        "hopper-kubernetes/src",
        "hopper-mock/src",
        "hopper-ssh/src",
        "examples",
    ] {
        let mut lengths = Vec::new();
        for (name, text) in sources(folder) {
            assert!(text.starts_with("//!"), "{name} does not begin with what it is");
            assert!(text.lines().count() <= 600, "{name} has more than 600 lines");
            lengths.push(text.lines().count());
        }
        lengths.sort_unstable();
        let p90 = lengths[(lengths.len() * 9 / 10).min(lengths.len() - 1)];
        assert!(p90 <= 400, "{folder}: one file in ten has more than {p90} lines");
    }
}
