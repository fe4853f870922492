//! The script that makes a machine a node: each of its lines is needed.

use super::{image_by, simulated, with_image_by};
use hopper_aws::{
    machine::Bake,
    recipes::cluster,
    settings::{ClusterSettings, ImageSettings},
    testing::Stage,
};
use hopper_core::{Outcome, Workflow};

fn bake() -> Bake {
    Bake::new(&simulated().node, &[]).unwrap()
}

#[test]
fn what_it_says() {
    insta::assert_snapshot!(bake().script());
}

/// Where it is told that a line is missing; `None` if nothing fails without it.
fn told_at(script: &str) -> Option<(String, String)> {
    let bake = Bake::of("1.36.3", script);
    let made = image_by(&simulated(), &bake).up();
    if made.report().outcome != Outcome::Done {
        made.assert_nothing_left();
        return made.report().errors.first().map(|(at, why)| (at.to_string(), why.to_string()));
    }
    let (world, id) = with_image_by(&simulated(), &bake);
    let image = ImageSettings { id: Some(id), ..ImageSettings::default() };
    let settings = ClusterSettings { image, ..simulated() };
    let run = Stage::new(move |w: &Workflow| drop(cluster(w, &settings).unwrap()))
        .in_world(move |mock| mock.world(world.clone()))
        .given(|_| ()) // what is there already is not the recipe's
        .up();
    if run.report().outcome == Outcome::Done {
        run.down();
    }
    run.assert_nothing_left();
    run.report().errors.first().map(|(at, why)| (at.to_string(), why.to_string()))
}

/// Lines without which a simulated cluster runs all the same, and why they are there.
const SPARE: [(&str, &str); 26] = [
    ("net.bridge.bridge-nf-call-ip6tables = 1", "pods have no IPv6 addresses here"),
    ("Description=", "of a unit, for people"),
    ("After=", "of a unit, its order"),
    ("[Unit]", "of a unit"),
    ("[Service]", "of a unit"),
    ("[Install]", "of a unit"),
    ("Type=oneshot", "of a unit"),
    ("RemainAfterExit=yes", "of a unit"),
    ("WantedBy=", "of a unit"),
    ("ExecStart=/sbin/iptables", "a fresh Ubuntu forwards, until something else forbids it"),
    ("systemctl enable forward-accept", "likewise"),
    ("NamePolicy=", "Ubuntu's own"),
    ("AlternativeNamesPolicy=", "Ubuntu's own"),
    ("systemctl restart containerd", "its package has started it; the next start reads the file"),
    ("apt-mark hold", "until there are other versions"),
    ("umask", "nobody else is on the machine"),
    ("silent", "of curl"),
    ("show-error", "of curl"),
    ("fail-with-body", "of curl"),
    ("cat \"$work/login\"", "why something failed"),
    ("exit 1", "why something failed"),
    ("echo \"$2  $work/file\" | sha256sum", "the file is the right one: see below"),
    ("net.bridge.bridge-nf-call-iptables = 1", "the module's own default"),
    ("pull --user", "nodes fetch what they lack, which takes its time"),
    ("*) pull", "likewise"),
    ("grep -q 'SystemdCgroup", "what is above it did its work"),
];

#[test]
fn whatever_it_lacks_is_told() {
    let bake = bake();
    let script = bake.script();
    let (needed, _) = script.split_once("part 'nothing of this machine").unwrap();
    // Until an image has to be fetched that was not there before.
    let (before, _) = needed.split_once("part 'credentials for ECR").unwrap();
    let (credentials, _) = needed.split_once("part 'manifest of").unwrap();
    let later = before.lines().count()..credentials.lines().count();
    let is_idle = |line: &str| {
        let starts = ["#", "part ", "set ", "[ \"$(id", "export ", "trap "];
        line.is_empty() || starts.iter().any(|start| line.starts_with(start))
    };
    let mut wrong = Vec::new();
    for (n, lacking) in
        needed.lines().enumerate().filter(|(n, line)| !is_idle(line.trim()) && !later.contains(n))
    {
        let without: String = script
            .lines()
            .enumerate()
            .filter(|(at, _)| *at != n)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        let is_spare = SPARE.iter().any(|(start, _)| lacking.trim().starts_with(start));
        let told = told_at(&without);
        println!("{lacking}\n        {}", told.as_ref().map_or("-", |(at, _)| at));
        if told.is_none() != is_spare {
            wrong.push(format!("{lacking}: {told:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// What is at an address is not what it was: nothing is installed.
#[test]
fn another_file_is_refused() {
    let mut settings = simulated();
    settings.node.credential_provider.sha256 = "0".repeat(64);
    let run = super::image(&settings).up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let (step, error) = &run.report().errors[0];
    assert_eq!(&**step, "bake");
    let error = error.to_string();
    assert!(error.contains("in `credentials for ECR`") && error.contains("FAILED"), "{error}");
    run.assert_nothing_left();
}
