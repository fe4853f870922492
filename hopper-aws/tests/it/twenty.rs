//! Twenty clusters at once, from one program, in one account.

use hopper_aws::{Aws, recipes, registry, settings::ChapterSettings};
use hopper_core::{Clock, Engine, MemoryJournal, Outcome, Plan, Workflow, testing::on_paused_time};
use hopper_mock::{Mock, Quotas, Throttling};
use std::collections::BTreeMap;

fn plan(name: &str) -> Plan {
    let w = Workflow::new(name);
    recipes::chapter_machines(&w, &ChapterSettings::named(name)).unwrap();
    w.plan().unwrap()
}

/// Raises `n` clusters at once and takes them down; how often each operation was called on the way
/// up, without those that AWS refused because there were too many.
fn raise(n: usize) -> BTreeMap<String, usize> {
    let throttling = Throttling::published();
    let mock = Mock::builder().seed(7).quotas(Quotas::unlimited()).throttling(throttling).build();
    on_paused_time(async {
        // One handle: what the clusters wait for is looked at together.
        let aws = Aws::new(&mock.sdk_config());
        let names: Vec<String> = (1..=n).map(|i| format!("c{i}")).collect();
        let engines: Vec<Engine> = (1..)
            .zip(&names)
            .map(|(seed, _)| {
                let engine = Engine::new(MemoryJournal::default()).env(aws.clone());
                engine.registry(registry()).seed(seed).clock(Clock::fixed())
            })
            .collect();
        let plans: Vec<Plan> = names.iter().map(|name| plan(name)).collect();
        let runs = engines.iter().zip(&plans).map(|(engine, plan)| engine.run(plan));
        for report in futures_util::future::join_all(runs).await {
            let report = report.unwrap();
            assert_eq!(report.outcome, Outcome::Done, "{report}");
            assert!(report.errors.is_empty(), "{report}");
        }
        let mut calls = BTreeMap::new();
        for call in mock.calls().iter().filter(|call| call.outcome == "ok") {
            *calls.entry(call.operation.clone()).or_default() += 1;
        }
        for report in futures_util::future::join_all(engines.iter().map(Engine::undo)).await {
            let report = report.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
        }
        assert_eq!(mock.world().leftovers(), []);
        calls
    })
}

#[test]
fn twenty_clusters_cost_no_more_each_than_one() {
    const N: usize = 20;
    let (one, all) = (raise(1), raise(N));
    let total = |calls: &BTreeMap<String, usize>| calls.values().sum::<usize>();
    assert!(total(&all) <= N * total(&one), "{} for {N}, {} for one", total(&all), total(&one));
    for (operation, n) in &all {
        let one = one.get(operation).copied().unwrap_or_default();
        // Whatever changes something is called once a cluster, never twice.
        assert!(operation.starts_with("Describe") || *n == N * one, "{operation}: {n}, {one}");
    }
}
