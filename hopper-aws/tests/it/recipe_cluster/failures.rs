//! What goes wrong inside a cluster is told, and leaves nothing.

use super::whole;
use crate::ground::{output, stranger};
use hopper_aws::testing::Stage;
use hopper_core::{
    Event, MemoryJournal, OnFailure, Outcome,
    testing::{Lab as _, on_paused_time},
};
use std::time::Duration;

/// A rule that the cluster needs is taken out as soon as it is made.
pub(super) fn without(stage: &Stage, rule: &'static str) -> (String, String) {
    let (mock, journal) = (stage.world(), MemoryJournal::default());
    let world = mock.clone();
    let take_out = move |_: Duration, event: &Event| {
        if matches!(event, Event::Done { step } if **step == *rule) {
            world.edit(|world| {
                let rules = &mut world.ec2.security_group_rules;
                rules.retain(|_, it| it.tags.get("hopper:step").is_none_or(|step| step != rule));
            });
        }
    };
    let report = on_paused_time(async {
        let engine = stage.engine(&mock, journal).observe(take_out);
        engine.run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{rule}: {report}");
    assert_eq!(stage.leftovers(&mock), [""; 0], "{rule}");
    let (step, error) = report.errors.into_iter().next().unwrap();
    (step.to_string(), error.to_string())
}

#[test]
fn a_rule_that_is_missing_is_told() {
    for (rule, step, why) in [
        ("bastion/ssh", "bastion/reached", "hopper/bastion"),
        ("control-plane/ssh", "control-plane/reached", "hopper/control-plane"),
        ("workers/api", "workers/nodes", "  | ==> no control plane within 900 s"),
    ] {
        let (at, error) = without(&whole(), rule);
        assert_eq!(at, step, "{rule}: {error}");
        assert!(error.contains(why), "{rule}: {error}");
    }
}

/// Somebody else answers where the bastion should: its console has shown another key.
#[test]
fn a_machine_that_is_not_the_one_of_the_console_is_refused() {
    let stage = whole();
    let (mock, journal) = (stage.world(), MemoryJournal::default());
    let world = mock.clone();
    let take_its_place = move |_: Duration, event: &Event| {
        if matches!(event, Event::Done { step } if **step == *"bastion/host-keys") {
            let bastion = |instance: &&hopper_mock::ec2::Instance| {
                instance.tags.get("Name").is_some_and(|name| name == "hopper-bastion")
            };
            let id = world.world().ec2.instances.values().find(bastion).unwrap().id.clone();
            world.change_host_key(&id);
        }
    };
    let report = on_paused_time(async {
        let engine = stage.engine(&mock, journal).observe(take_its_place);
        engine.run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let (step, error) = &report.errors[0];
    assert_eq!(&**step, "bastion/reached", "{error}");
    assert!(error.to_string().contains("host key"), "{error}");
    assert_eq!(stage.leftovers(&mock), [""; 0]);
}

/// The API is gone with the machine, and what the cluster made for its Service is swept up.
#[test]
fn a_control_plane_that_died_keeps_nothing() {
    let run = whole().up();
    let id = output(run.report(), "control-plane/instance", "id");
    stranger(run.mock(), "TerminateInstances", "", &[("InstanceId.1", &id)]);
    run.later(Duration::from_secs(300));
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.assert_nothing_left();
}

/// A step inside the machine fails: its last words are in the error, and it is gone on with.
#[test]
fn what_fails_inside_is_told_and_gone_on_with() {
    let stage = whole()
        .given(|mock| mock.fail_program("kubeadm init").exits(1, "no luck today"))
        .with_engine(|engine| engine.on_failure(OnFailure::Keep));
    let mut run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Kept, "{}", run.report());
    let error = run.report().errors[0].1.to_string();
    assert!(error.contains("in `kubeadm init`") && error.contains("no luck today"), "{error}");
    let resumed = run.resume();
    assert_eq!(resumed.outcome, Outcome::Done, "{resumed}");
    assert_eq!(run.down().outcome, Outcome::Undone);
}
