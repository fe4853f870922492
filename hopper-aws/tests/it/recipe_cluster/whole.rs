//! A whole cluster: how it looks, how fast it is, and that it goes.

use super::{cluster_of, image, simulated, whole};
use hopper_aws::settings::{ClusterSettings, ClusterWorkerSettings};
use hopper_core::Outcome;
use hopper_mock::ec2::InstanceState;
use std::time::Duration;

#[test]
fn its_plan() {
    insta::assert_snapshot!(whole().plan());
}

#[test]
fn the_plan_of_its_image() {
    insta::assert_snapshot!(image(&simulated()).plan());
}

/// Up to the page's answer, and down, faster than what is promised.
#[test]
fn it_comes_up_answers_and_goes() {
    let run = whole().up();
    let report = run.report();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.took < Duration::from_secs(230), "{report}");
    let answer = crate::ground::output(report, "demo/answer", "url");
    assert!(answer.contains(".elb.amazonaws.com/"), "{answer}");
    assert_eq!(run.check(), []);
    let world = run.mock().world();
    assert_eq!(world.elb.load_balancers.len(), 1);
    for instance in world.ec2.instances.values().filter(|i| i.state == InstanceState::Running) {
        let hops = instance.metadata_options.http_put_response_hop_limit;
        assert_eq!(hops, 1, "{instance:?}");
    }
    let down = run.down();
    assert_eq!(down.outcome, Outcome::Undone, "{down}");
    assert!(down.took < Duration::from_secs(170), "{down}");
    run.assert_nothing_left();
}

#[test]
fn an_image_is_made_in_time_and_goes_whole() {
    let run = image(&simulated()).up();
    let report = run.report();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.took < Duration::from_secs(400), "{report}");
    assert_eq!(run.check(), []);
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

/// In three zones, with a way out in each, and more workers.
#[test]
fn it_spreads_over_zones() {
    let mut settings = simulated();
    settings.network.zones = ["a", "b", "c"].map(|zone| format!("eu-west-1{zone}")).to_vec();
    settings.network.nat = hopper_aws::settings::Nat::EachZone;
    settings.workers = ClusterWorkerSettings { min: 3, max: 5, ..settings.workers };
    let run = cluster_of(&settings).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let world = run.mock().world();
    assert_eq!(world.ec2.nat_gateways.values().filter(|nat| nat.state == "available").count(), 3);
    assert_eq!(run.check(), []);
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

/// Without the page there is nothing that everybody reaches.
#[test]
fn it_can_do_without_the_page() {
    let mut settings: ClusterSettings = simulated();
    settings.demo.enabled = false;
    let stage = cluster_of(&settings);
    assert!(!stage.plan().to_string().contains("demo/"));
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    assert!(run.mock().world().elb.load_balancers.is_empty());
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}
