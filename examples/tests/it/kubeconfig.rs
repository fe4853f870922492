//! `hopper kubeconfig`: the cluster comes into a file and goes again.

use crate::program::Program;
use std::{fs, os::unix::fs::PermissionsExt as _};

const THEIRS: &str = "apiVersion: v1\nkind: Config\n# mine\nclusters: []\n";

fn mode(program: &Program, name: &str) -> u32 {
    fs::metadata(program.path(name)).unwrap().permissions().mode() & 0o777
}

#[test]
fn it_comes_and_goes() {
    let program = Program::new();
    let nothing = program.run("kubeconfig");
    assert_eq!(nothing.code, 2, "{nothing:?}");
    program.done("up");
    assert!(program.done("kubeconfig --print").stdout.contains("client-key-data"));

    program.write("config", THEIRS);
    fs::set_permissions(program.path("config"), fs::Permissions::from_mode(0o640)).unwrap();
    let put = program.done("kubeconfig --path config");
    assert!(put.stdout.contains("context hopper is in config"), "{put:?}");
    assert!(program.read("config").contains("https://127.0.0.1:6443"));
    assert_eq!(program.read("config.before-hopper"), THEIRS);
    assert_eq!(mode(&program, "config"), 0o600);
    // Once more: another certificate, and the file as it was is still kept.
    let once = program.read("config");
    let again = program.done("kubeconfig --path config --current");
    assert!(!again.stdout.contains("as it was before"), "{again:?}");
    assert_ne!(program.read("config"), once);
    assert_eq!(program.read("config.before-hopper"), THEIRS);
    let removed = program.done("kubeconfig --path config --remove");
    assert_eq!(removed.last(), "config is what it was before hopper");
    assert_eq!((&*program.read("config"), mode(&program, "config")), (THEIRS, 0o640));
    assert!(!program.path("config.before-hopper").exists());
    let removed = program.run("kubeconfig --path config --remove");
    assert_eq!(removed.code, 2, "{removed:?}");
    assert!(removed.stderr.contains("config has no hopper of this run"), "{removed:?}");

    // What others have changed meanwhile stays.
    program.done("kubeconfig --path config");
    let changed = program.read("config") + "theirs: 1\n";
    program.write("config", changed);
    let removed = program.done("kubeconfig --path config --remove");
    assert_eq!(removed.last(), "took hopper out of config");
    let rest = program.read("config");
    assert!(rest.contains("theirs: 1") && !rest.contains("127.0.0.1"), "{rest}");
    assert!(!program.path("config.before-hopper").exists());

    // There was none before.
    program.done("kubeconfig --path new/config");
    program.done("kubeconfig --path new/config --remove");
    assert_eq!(fs::read_dir(program.path("new")).unwrap().count(), 0);
}

#[test]
fn a_backup_of_another_time_is_not_overwritten() {
    let program = Program::new();
    program.done("up");
    program.write("config", THEIRS);
    program.write("config.before-hopper", "# of last year\n");
    let refused = program.run("kubeconfig --path config");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("config.before-hopper is there already"), "{refused:?}");
    assert_eq!(program.read("config"), THEIRS);
    assert_eq!(program.read("config.before-hopper"), "# of last year\n");
    // Of a command that died before it wrote the file: it is the same.
    program.write("config.before-hopper", THEIRS);
    program.done("kubeconfig --path config");
    // One that has come since is not ours either.
    program.write("config.before-hopper", "# of last year\n");
    let removed = program.done("kubeconfig --path config --remove");
    assert_eq!(removed.last(), "took hopper out of config");
    assert!(!program.read("config").contains("127.0.0.1"));
    assert_eq!(program.read("config.before-hopper"), "# of last year\n");
}

#[test]
fn what_is_still_in_a_file_is_said_when_the_cluster_is_gone() {
    let program = Program::new();
    program.done("up");
    program.done("kubeconfig");
    let down = program.done("down --image");
    let told = format!(
        "context hopper is still in {path}: `hopper kubeconfig --remove --path {path}` takes it out",
        path = program.path(".kube/config").display()
    );
    assert_eq!(down.stdout.lines().filter(|line| *line == told).count(), 1, "{down:?}");
    let as_lines = program.done("down --format json");
    assert!(as_lines.json().len() > 1 && as_lines.stderr.contains(&told), "{as_lines:?}");
    program.done("kubeconfig --remove");
    assert!(!program.path(".kube/config").exists());
    assert!(!program.done("down").stdout.contains("kubeconfig"));
}
