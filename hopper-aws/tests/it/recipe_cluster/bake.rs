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
    run.assert_nothing_left();
    run.report().errors.first().map(|(at, why)| (at.to_string(), why.to_string()))
}

#[test]
fn whatever_it_lacks_is_told() {
    let bake = bake();
    let script = bake.script();
    let is_idle = |line: &str| {
        let starts = ["#", "part ", "set ", "[ ", "export ", "trap "];
        line.is_empty() || starts.iter().any(|start| line.starts_with(start))
    };
    for lacking in script.lines().filter(|line| !is_idle(line)) {
        let without: String = script
            .lines()
            .filter(|line| *line != lacking)
            .map(|line| format!("{line}\n"))
            .collect();
        println!(
            "{lacking}\n        {:?}",
            told_at(&without).map(|(at, why)| (at, why.lines().next().unwrap_or("").to_owned()))
        );
    }
}
