//! Stopping instances.

use crate::ground::{self, drift, group, image, output, stranger, subnet, told, vpc};
use hopper_aws::{
    InstanceId,
    ec2::{Instance, StoppedInstance},
    testing::Stage,
};
use hopper_core::{Input, MemoryJournal, Outcome, Plan, Workflow, testing::Lab as _};
use hopper_mock::{Mock, Visibility, ec2::InstanceState};
use std::time::Duration;

fn builder(w: &Workflow) -> Input<InstanceId> {
    let vpc = vpc(w);
    let (subnet, group) = (subnet(w, &vpc), group(w, "builders", &vpc));
    let host = ground::instance(image(w), &subnet, &group);
    let host = Instance { public_address: false, stopped_later: true, ..host };
    w.step("builder").does(host).id()
}

fn recipe(w: &Workflow) {
    let instance = builder(w);
    w.step("stopped").does(StoppedInstance { instance, start_on_undo: false });
}

fn recipe_of_a_guest(w: &Workflow) {
    let instance = builder(w);
    w.step("stopped").does(StoppedInstance { instance, start_on_undo: true });
}

/// Stops an instance that is there already.
fn stopping(instance: &str, start_on_undo: bool) -> Plan {
    let (w, instance) = (Workflow::new("test"), instance.into());
    w.step("stopped").does(StoppedInstance { instance, start_on_undo });
    w.plan().unwrap()
}

fn state(mock: &Mock, id: &str) -> InstanceState {
    mock.world().ec2.instances[id].state
}

fn count(mock: &Mock, operation: &str) -> usize {
    mock.calls().count_by_operation().get(operation).copied().unwrap_or_default()
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
    Stage::new(recipe_of_a_guest).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(recipe_of_a_guest).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe_of_a_guest).in_bad_weather(&["StopInstances", "StartInstances"]);
}

#[test]
fn what_is_ours_stays_stopped_and_that_is_no_drift() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let host = output(report, "builder", "id");
        assert_eq!(state(mock, &host), InstanceState::Stopped);
        assert_eq!(engine.check().await.unwrap(), []);
        stranger(mock, "StartInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        insta::assert_snapshot!(drift(engine, &[]).await, @r"
        stopped (aws.ec2.stopped_instance)
          instanceState: recorded stopped, actual running
        ");
    });
}

#[test]
fn what_ran_before_runs_again_and_what_was_stopped_stays_so() {
    let stage = Stage::new(|w| drop(builder(w)));
    stage.up_and_down(async |mock, _, report| {
        let host = output(report, "builder", "id");
        let plan = stopping(&host, true);
        let engine = stage.engine(mock, MemoryJournal::default());
        engine.run(&plan).await.unwrap();
        assert_eq!(state(mock, &host), InstanceState::Stopped);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(state(mock, &host), InstanceState::Running);
        assert_eq!(count(mock, "StartInstances"), 1);

        stranger(mock, "StopInstances", "return", &[("InstanceId.1", &host)]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let engine = stage.engine(mock, MemoryJournal::default());
        let report = engine.run(&plan).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        engine.undo().await.unwrap();
        assert_eq!(state(mock, &host), InstanceState::Stopped);
        assert_eq!(count(mock, "StartInstances"), 1);
    });
}

/// `shutdown -h now` on the machine, right before.
#[test]
fn one_that_stops_by_itself_is_waited_for() {
    let stage = Stage::new(|w| drop(builder(w)));
    stage.up_and_down(async |mock, _, report| {
        let host = output(report, "builder", "id");
        mock.edit(|world| world.shut_down_guest(&host)).unwrap();
        let engine = stage.engine(mock, MemoryJournal::default());
        let report = engine.run(&stopping(&host, true)).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(state(mock, &host), InstanceState::Stopped);
        let report = engine.undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert_eq!(state(mock, &host), InstanceState::Stopped);
    });
}

/// It has just been started by somebody else.
#[test]
fn one_that_is_pending_is_stopped_once_it_runs() {
    let stage = Stage::new(|w| drop(builder(w)));
    stage.up_and_down(async |mock, _, report| {
        let host = output(report, "builder", "id");
        let params = [("InstanceId.1", &*host)];
        stranger(mock, "StopInstances", "return", &params);
        tokio::time::sleep(Duration::from_secs(60)).await;
        stranger(mock, "StartInstances", "return", &params);
        assert_eq!(state(mock, &host), InstanceState::Pending);
        let engine = stage.engine(mock, MemoryJournal::default());
        let report = engine.run(&stopping(&host, false)).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert_eq!(state(mock, &host), InstanceState::Stopped);
    });
}

#[test]
fn one_that_is_terminated_is_an_error_that_says_so() {
    let stage = Stage::new(|w| drop(builder(w)));
    stage.up_and_down(async |mock, _, report| {
        let host = output(report, "builder", "id");
        stranger(mock, "TerminateInstances", "return", &[("InstanceId.1", &host)]);
        for start_on_undo in [false, true] {
            let engine = stage.engine(mock, MemoryJournal::default());
            let report = engine.run(&stopping(&host, start_on_undo)).await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
            let told = told(&report.errors[0].1, &[(&host, "host")]);
            let says = "[host] is shutting-down: user initiated shutdown";
            assert_eq!(told, format!("Client.UserInitiatedShutdown: {says}"));
        }
    });
}
