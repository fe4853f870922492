//! A whole cluster: how it looks, how fast it is, and that it goes.

use super::{cluster_of, image, simulated, whole};
use hopper_aws::{
    Tags, recipes,
    settings::{ClusterSettings, ClusterWorkerSettings, ExistingNetwork, NetworkSettings},
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, ec2::InstanceState};
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

/// The longest chain by the simulator's latencies alone, were every end of a wait seen at once: the
/// way out of the private subnet, without which a worker cannot learn how to join; the worker's
/// node; the load balancer.
fn ideal() -> Duration {
    let l = hopper_mock::Latencies::default();
    let vpc_and_subnet = 2 * l.call + l.vpc_available + l.subnet_available;
    let way_out = l.call + l.nat_gateway_available + l.call;
    let node = l.kubeadm_joined + l.kube_network_ready + l.kube_pod_started;
    let page = l.load_balancer_created + l.load_balancer_healthy;
    vpc_and_subnet + l.call + way_out + node + page
}

#[test]
fn it_takes_as_long_as_what_it_waits_for() {
    let run = whole().up();
    let (took, ideal) = (run.report().took.as_secs_f64(), ideal().as_secs_f64());
    assert!(ideal <= took && took <= 1.02 * ideal, "{took} s, at best {ideal} s");
    run.down();
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

/// The workstation's kubeconfig has the cluster beside what was in it, and is as it was afterwards.
#[test]
fn the_workstation_knows_it_while_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let before = "apiVersion: v1\nkind: Config\nclusters: []\nusers: [] # mine\ncontexts: []\n";
    std::fs::write(&path, before).unwrap();
    let kubeconfig = Some(path.clone());
    let run = cluster_of(&ClusterSettings { kubeconfig, ..simulated() }).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let text = std::fs::read_to_string(&path).unwrap();
    for told in ["https://127.0.0.1:6443", "client-key-data", "current-context: hopper"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(run.down().outcome, Outcome::Undone);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// In a network that is there, which is as it was afterwards.
#[test]
fn it_lives_in_a_network_of_others() {
    let mut settings = simulated();
    let (mock, other) = (Mock::builder().seed(5).build(), MemoryJournal::default());
    let tags = Tags::new();
    let network = Stage::new(move |w: &Workflow| {
        drop(recipes::network(w, "office", &NetworkSettings::default(), &tags));
    });
    let report =
        on_paused_time(async { network.engine(&mock, other).run(&network.plan()).await.unwrap() });
    let id = |step| crate::ground::output(&report, step, "id");
    settings.network.existing = Some(ExistingNetwork {
        vpc: id("vpc").into(),
        private_subnets: vec![id("private-subnet").into()],
        public_subnets: vec![id("public-subnet").into()],
    });
    let world = super::made_in(&super::image(&settings), &mock).0;
    let before = world.clone();
    let run = super::cluster_in(world, &settings).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    assert!(!run.report().steps.iter().any(|step| step.name == "network/vpc"));
    assert_eq!(run.check(), []);
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.later(Duration::from_secs(3 * 3600));
    assert_eq!(run.mock().world().diff(&before).to_string(), "");
}
