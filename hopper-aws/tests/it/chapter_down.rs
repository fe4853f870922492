//! How long the recipe `chapter` takes to go, with the load balancers of Services and without.

use crate::{ground::output, kubernetes::live};
use hopper_aws::{recipes, settings::ChapterSettings, testing::Stage};
use hopper_core::{Outcome, Plan, Report};
use hopper_mock::Latencies;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

fn down(with_services: bool) -> (Plan, Report) {
    let recipe = |w: &hopper_core::Workflow| {
        drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap());
    };
    let stage = Stage::new(recipe).named("hopper");
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    if with_services {
        let id = |step: &str| output(run.report(), step, "id");
        live(run.mock(), &id("workers/group"), &id("network/private-subnet"));
        run.later(Duration::from_secs(600));
    }
    (stage.plan(), run.down())
}

/// What undoing a step takes by the simulator's latencies alone, were every end of a wait seen at
/// once: the calls that it cannot do without, one after the other, and what they set going.
fn undoing(kind: &str, with_services: bool) -> Duration {
    let l = Latencies::default();
    let n = u32::from(with_services);
    let calls = |n: u32| n * l.call;
    match kind {
        // What is there, and of which cluster; their end, and that of their target groups.
        "aws.kubernetes.load_balancers" => calls(1) + n * calls(4),
        // What is there; the rule that names the group, the group, the interface.
        "aws.kubernetes.leftovers" => calls(1) + n * calls(5),
        // Its instances, its end, and what became of them.
        "aws.autoscaling.auto_scaling_group" => calls(4) + l.group_deleted,
        "aws.ec2.instance" => calls(1) + l.instance_terminated,
        "aws.ec2.nat_gateway" => calls(1) + l.nat_gateway_deleted,
        "aws.ec2.address" => calls(1) + l.nat_gateway_address_free,
        // The image, whether it is gone, its snapshots, and each of them.
        "aws.ec2.image" => calls(3) + l.snapshot_deleted,
        "aws.ec2.internet_gateway" => calls(2),
        "aws.ec2.latest_image" => Duration::ZERO,
        _ => calls(1),
    }
}

/// The longest way back through a plan.
fn ideal(plan: &Plan, with_services: bool) -> (Duration, Vec<String>) {
    let plan = serde_json::to_value(plan).unwrap();
    let steps: BTreeMap<&str, &Value> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["name"].as_str().unwrap(), step))
        .collect();
    // Who goes before whom.
    let mut before: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, step) in &steps {
        let names = |field: &str| {
            step[field].as_array().into_iter().flatten().map(|name| name.as_str().unwrap())
        };
        let outlives: Vec<_> = names("outlives").collect();
        let needs = names("needs").chain(names("after")).filter(|name| !outlives.contains(name));
        for later in needs.chain(names("undo_before")) {
            before.entry(later).or_default().push(name);
        }
    }
    fn end<'a>(
        name: &'a str,
        steps: &BTreeMap<&'a str, &Value>,
        before: &BTreeMap<&'a str, Vec<&'a str>>,
        took: &dyn Fn(&str) -> Duration,
        known: &mut BTreeMap<&'a str, (Duration, Vec<String>)>,
    ) -> (Duration, Vec<String>) {
        if let Some(known) = known.get(name) {
            return known.clone();
        }
        let firsts = before.get(name).into_iter().flatten();
        let latest = firsts.map(|first| end(first, steps, before, took, known)).max();
        let (at, mut way) = latest.unwrap_or_default();
        way.push(name.to_owned());
        let end = (at + took(steps[name]["kind"].as_str().unwrap()), way);
        known.insert(name, end.clone());
        end
    }
    let took = |kind: &str| undoing(kind, with_services);
    let mut known = BTreeMap::new();
    steps.keys().map(|name| end(name, &steps, &before, &took, &mut known)).max().unwrap()
}

/// Nothing waits for what it need not wait for, and every end is seen within 2 %. Reversed, the
/// order of creation takes 260 s in the same latencies, most of them one after the other: load
/// balancers, workers, master, NAT gateway.
#[test]
fn the_way_down_takes_as_long_as_its_critical_path() {
    for with_services in [false, true] {
        let (plan, report) = down(with_services);
        let (ideal, way) = ideal(&plan, with_services);
        println!("down in {:?}, ideally {ideal:?} over {}", report.took, way.join(" -> "));
        assert!(
            report.took.as_secs_f64() <= 1.02 * ideal.as_secs_f64(),
            "{:?} for {ideal:?} over {}\n{report}",
            report.took,
            way.join(" -> ")
        );
        assert!(report.took < Duration::from_secs(100), "{report}");
    }
}
