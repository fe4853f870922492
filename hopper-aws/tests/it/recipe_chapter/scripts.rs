//! The scripts of 2018: each of their lines is needed.

use super::simulated;
use hopper_aws::{machine::ChapterScripts, recipes::chapter_by, testing::Stage};
use hopper_core::{Outcome, SealingKey, Workflow};

fn scripts() -> ChapterScripts {
    ChapterScripts::new(&simulated()).unwrap()
}

#[test]
fn what_they_say() {
    let ChapterScripts { bake, worker } = scripts();
    insta::assert_snapshot!(format!("{bake}\n{worker}"));
}

/// Where it is told that a line is missing; `None` if nothing fails without it.
fn told_at(scripts: &ChapterScripts) -> Option<(String, String)> {
    let scripts = scripts.clone();
    let stage =
        Stage::new(move |w: &Workflow| drop(chapter_by(w, &simulated(), &scripts).unwrap()))
            .with_engine(|engine| engine.seal(SealingKey::new([7; 32])));
    let run = stage.up();
    if run.report().outcome == Outcome::Done {
        run.down();
    }
    run.assert_nothing_left();
    run.report().errors.first().map(|(at, why)| (at.to_string(), why.to_string()))
}

/// Lines without which a simulated cluster runs all the same, and why they are there.
const SPARE: [(&str, &str); 8] = [
    ("docker version", "shows that it runs"),
    ("apt-mark hold", "until there are other versions"),
    ("hostnamectl set-hostname", "kubeadm does not wait for the node, whose name is AWS's"),
    ("deadline=", "how long"),
    ("sleep 5", "how often"),
    ("systemctl daemon-reload", "a simulated host reads its files when it needs them"),
    ("systemctl restart kubelet", "joining starts it"),
    ("exit 1", "how long"),
];

#[test]
fn whatever_they_lack_is_told() {
    let ChapterScripts { bake, worker } = scripts();
    let (needed, _) = bake.split_once("part 'nothing of this machine").unwrap();
    let is_idle = |line: &str| {
        let starts = ["#", "part ", "part()", "set ", "[ \"$(id", "export ", "until ", "done"];
        line.is_empty() || starts.iter().any(|start| line.starts_with(start))
    };
    let without = |script: &str, n: usize| -> String {
        let lines = script.lines().enumerate().filter(|(at, _)| *at != n);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    };
    let of_bake = needed.lines().enumerate().map(|(n, line)| {
        (line, ChapterScripts { bake: without(&bake, n), worker: worker.clone() })
    });
    let of_worker = worker.lines().enumerate().map(|(n, line)| {
        (line, ChapterScripts { bake: bake.clone(), worker: without(&worker, n) })
    });
    let mut wrong = Vec::new();
    for (lacking, scripts) in of_bake.chain(of_worker).filter(|(line, _)| !is_idle(line.trim())) {
        let is_spare = SPARE.iter().any(|(start, _)| lacking.trim().starts_with(start));
        let told = told_at(&scripts);
        println!("{lacking}\n        {told:?}");
        if told.is_none() != is_spare {
            wrong.push(format!("{lacking}: {told:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}
