//! A cluster in the workstation's kubeconfig: whatever fails or crashes, the file is as it was.

use hopper_core::{
    Clock, Engine, Keyring, MemoryJournal, Outcome, Plan, SealingKey, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use hopper_kubernetes::{
    Hosts,
    steps::{AdminKubeconfig, Administrator, Authority, registered},
};
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};
use tempfile::TempDir;

const THEIRS: &str = "# mine\napiVersion: v1\nkind: Config\n\
    clusters:\n- name: home\n  cluster: {server: 'https://home'}\ncurrent-context: home\n";

/// A workstation with a kubeconfig, or without one.
struct Workstation {
    has_one: bool,
    // The plan has the path in it, so there is one folder, emptied for each world.
    folder: TempDir,
    key: SealingKey,
}

impl Workstation {
    fn new(has_one: bool) -> Self {
        let (folder, key) = (tempfile::tempdir().unwrap(), SealingKey::generate().unwrap());
        Self { has_one, folder, key }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Lab for Workstation {
    type World = ();

    fn world(&self) {
        for name in self.names() {
            fs::remove_file(self.folder.path().join(name)).unwrap();
        }
        if self.has_one {
            fs::write(self.path(), THEIRS).unwrap();
            fs::set_permissions(self.path(), fs::Permissions::from_mode(0o640)).unwrap();
        }
    }

    fn plan(&self) -> Plan {
        let w = Workflow::new("prod");
        let authority = w.step("authority").does(Authority {});
        w.step("kubeconfig").does(AdminKubeconfig {
            path: self.path(),
            cluster: "prod".to_owned(),
            server: "https://127.0.0.1:6443".to_owned(),
            administrator: Administrator::Issued {
                certificate: authority.certificate(),
                key: authority.key(),
            },
            current: true,
        });
        w.plan().unwrap()
    }

    fn engine(&self, (): &(), journal: MemoryJournal) -> Engine {
        let engine = Engine::new(journal).env(Hosts::new([])).seed(1).clock(Clock::fixed());
        engine.seal(Keyring::new(self.key.clone())).registry(registered(Default::default()))
    }

    fn leftovers(&self, (): &()) -> Vec<String> {
        let mut left = self.names();
        if self.has_one {
            left.retain(|name| name != "config");
            let mode = fs::metadata(self.path()).unwrap().permissions().mode() & 0o777;
            if fs::read_to_string(self.path()).unwrap() != THEIRS || mode != 0o640 {
                left.push("config, changed".to_owned());
            }
        }
        left
    }

    fn picture(&self, (): &()) -> String {
        let text = fs::read_to_string(self.path()).unwrap();
        let is_data = |line: &&str| !line.contains("-data:") && line.len() < 100;
        self.names().join(" ") + "\n" + &text.lines().filter(is_data).collect::<String>()
    }
}

#[test]
fn whatever_fails_the_file_is_as_it_was() {
    for has_one in [false, true] {
        let lab = Workstation::new(has_one);
        assert_eq!(fail_at_every_step(&lab), 4);
        run_every_step_twice(&lab);
        undo_every_step_twice(&lab);
        assert!(7 <= crash_after_every_record(&lab).running);
    }
}

#[test]
fn what_others_have_done_meanwhile_stays() {
    let lab = Workstation::new(true);
    lab.world();
    let (plan, journal) = (lab.plan(), MemoryJournal::default());
    let report = on_paused_time(lab.engine(&(), journal.clone()).run(&plan)).unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    let text = fs::read_to_string(lab.path()).unwrap();
    let mode = fs::metadata(lab.path()).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode, lab.names()), (0o600, vec!["config".into(), "config.before-prod".into()]));
    assert_eq!(fs::read_to_string(lab.folder.path().join("config.before-prod")).unwrap(), THEIRS);
    assert!(!format!("{report:?}{:?}", journal.entries()).contains("client-key-data"));

    fs::write(lab.path(), text + "theirs: 1\n").unwrap();
    let report = on_paused_time(lab.engine(&(), journal).undo()).unwrap();
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let text = fs::read_to_string(lab.path()).unwrap();
    assert!(text.contains("theirs: 1") && text.contains("https://home"), "{text}");
    assert!(!text.contains("prod") && !text.contains("127.0.0.1"), "{text}");
    assert_eq!(lab.names(), ["config"]);
}

#[test]
fn somebody_elses_cluster_of_that_name_is_refused() {
    let lab = Workstation::new(true);
    lab.world();
    let theirs = THEIRS.replace("home", "prod");
    fs::write(lab.path(), &theirs).unwrap();
    let run = lab.engine(&(), MemoryJournal::default());
    let report = on_paused_time(async { run.run(&lab.plan()).await }).unwrap();
    assert_eq!(report.outcome, Outcome::Undone);
    assert!(report.errors[0].1.to_string().contains("has a cluster prod already"), "{report}");
    assert_eq!(fs::read_to_string(lab.path()).unwrap(), theirs);
    assert_eq!(lab.names(), ["config"]);
}
