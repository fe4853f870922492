//! The recipe `chapter` on the simulated AWS: plan, calls, report, and everything it has to bear.

use hopper_aws::{
    Aws,
    recipes::{self, ChapterMachines},
    registry,
    settings::ChapterSettings,
    testing::Stage,
};
use hopper_core::{
    Clock, Engine, Event, MemoryJournal, Outcome, Plan, Workflow,
    testing::{
        Lab, crash_after_every_record, fail_at_every_step, on_paused_time, run_every_step_twice,
        undo_every_step_twice,
    },
};
use hopper_mock::{Latencies, Mock};
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

fn chapter(w: &Workflow) -> ChapterMachines {
    recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()
}

fn stage() -> Stage {
    Stage::new(|w| drop(chapter(w)))
}

fn plan() -> Plan {
    let w = Workflow::new("hopper");
    chapter(&w);
    w.plan().unwrap()
}

fn engine(mock: &Mock, journal: &MemoryJournal) -> Engine {
    let now = mock.clone();
    Engine::new(journal.clone())
        .env(Aws::new(&mock.sdk_config()))
        .registry(registry())
        .seed(1)
        .clock(Clock::new(move || now.now().into()))
}

#[test]
fn plan_in_waves() {
    insta::assert_snapshot!(plan());
}

#[test]
fn report_of_an_up() {
    let report = on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        engine(&mock, &MemoryJournal::default()).run(&plan()).await.unwrap()
    });
    insta::assert_snapshot!(report);
}

#[test]
fn calls_of_an_up_and_a_down() {
    let calls = on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        let engine = engine(&mock, &MemoryJournal::default());
        engine.run(&plan()).await.unwrap();
        engine.undo().await.unwrap();
        mock.calls().to_string()
    });
    insta::assert_snapshot!(calls);
}

#[test]
fn the_world_is_as_before_after_up_and_down() {
    on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        let journal = MemoryJournal::default();
        let before = mock.world();
        let report = engine(&mock, &journal).run(&plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        assert!(!mock.world().diff(&before).is_empty());
        assert_eq!(engine(&mock, &journal).check().await.unwrap(), []);
        let report = engine(&mock, &journal).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        assert!(mock.world().leftovers().is_empty(), "{:?}", mock.world().leftovers());
        // What has ended stays listed for an hour.
        tokio::time::sleep(Duration::from_secs(2 * 3600)).await;
        mock.call("DescribeVpcs", &[]);
        let diff = mock.world().diff(&before);
        assert!(diff.is_empty(), "{diff:?}");
    });
}

#[test]
fn a_failure_anywhere_leaves_nothing() {
    assert_eq!(fail_at_every_step(&stage()), 2 * plan().nodes().len());
}

#[test]
fn repeating_does_no_harm() {
    run_every_step_twice(&stage());
    undo_every_step_twice(&stage());
}

#[test]
fn a_crash_after_any_record_is_gone_on_with() {
    let crashes = crash_after_every_record(&stage());
    assert!(plan().nodes().len() < crashes.running.min(crashes.undoing), "{crashes:?}");
}

/// Ten times the same seed: the same bytes, in plan, calls, events, journal and report.
#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = || {
        on_paused_time(async {
            let (mock, journal) = (Mock::builder().seed(7).build(), MemoryJournal::default());
            let told = Arc::new(Mutex::new(String::new()));
            let listener = told.clone();
            let engine = engine(&mock, &journal).observe(move |at: Duration, e: &Event| {
                writeln!(listener.lock().unwrap(), "{at:?} {e:?}").unwrap();
            });
            let plan = plan();
            let up = engine.run(&plan).await.unwrap();
            let down = engine.undo().await.unwrap();
            let told = told.lock().unwrap().clone();
            [plan.to_string(), mock.calls().to_string(), told, journal.to_string()]
                .into_iter()
                .chain([up.to_string(), down.to_string(), mock.world().to_string()])
                .collect::<Vec<_>>()
        })
    };
    let first = bytes();
    for _ in 1..10 {
        assert_eq!(bytes(), first);
    }
}

/// The run takes no longer than its longest chain of steps does by the simulator's latencies, and
/// no wait asks more than thirty times.
#[test]
fn the_run_takes_as_long_as_its_critical_path() {
    on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        let report = engine(&mock, &MemoryJournal::default()).run(&plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let critical = report.critical.as_ref().unwrap();
        assert!(
            report.took.as_secs_f64() <= 1.02 * ideal().as_secs_f64(),
            "{:?} for {:?} over {}",
            report.took,
            ideal(),
            critical.steps.join(" -> ")
        );
        // The instances of the bastion, the builder (which runs, then stops) and the master.
        for (operation, n) in mock.calls().count_by_operation() {
            let waits = if operation == "DescribeInstances" { 4 } else { 1 };
            assert!(!operation.starts_with("Describe") || n <= 30 * waits, "{operation}: {n}");
        }
    });
}

/// The longest chain by the simulator's latencies alone, were every end of a wait seen at once.
/// A call takes effect half-way: what is waited for begins then, and the last look sees it then.
fn ideal() -> Duration {
    let l = hopper_mock::Latencies::default();
    let time = |node: &hopper_core::Node| match node.kind() {
        "aws.ec2.vpc" => l.call + l.vpc_available,
        "aws.ec2.subnet" => l.call + l.subnet_available,
        "aws.ec2.nat_gateway" => l.call + l.nat_gateway_available,
        "aws.ec2.instance" => (l.run_instances_call + l.call) / 2 + l.instance_running,
        "aws.ec2.stopped_instance" => l.call + l.instance_stopped,
        "aws.ec2.image" => l.call + l.image_available,
        "aws.autoscaling.auto_scaling_group" => l.call + l.group_instance_in_service,
        // Create and attach; read and tag.
        "aws.ec2.internet_gateway" | "aws.ec2.resource_tags" | "aws.iam.instance_profile" => {
            2 * l.call
        }
        _ => l.call,
    };
    plan().critical_path(time).length
}

/// What an `up` costs where nothing has to be waited for: every call, with those that look whether
/// what was made is there.
#[test]
fn an_up_makes_few_calls() {
    on_paused_time(async {
        let mock = Mock::builder().seed(7).latencies(Latencies::instant()).build();
        let report = engine(&mock, &MemoryJournal::default()).run(&plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        let calls = mock.calls();
        assert!(calls.len() <= 75, "{}: {:#?}", calls.len(), calls.count_by_operation());
    });
}

/// What somebody else changes is named, field by field.
#[test]
fn check_names_what_somebody_else_changed() {
    on_paused_time(async {
        let mock = Mock::builder().seed(7).build();
        let journal = MemoryJournal::default();
        let report = engine(&mock, &journal).run(&plan()).await.unwrap();
        let id = |step: &str, field: &str| {
            let step = report.steps.iter().find(|s| s.name == step).unwrap();
            let output: serde_json::Value = step.output.as_ref().unwrap().get().unwrap();
            output[field].as_str().unwrap().to_owned()
        };
        let vpc = id("network/vpc", "id");
        let call = |operation: &str, params: &[(&str, &str)]| {
            let reply = mock.call(operation, params);
            assert_eq!(reply.status, 200, "{operation}: {reply:?}");
        };
        call("CreateTags", &[("ResourceId.1", &vpc), ("Tag.1.Key", "Name"), ("Tag.1.Value", "x")]);
        call("ModifyVpcAttribute", &[("VpcId", &vpc), ("EnableDnsHostnames.Value", "false")]);
        let (group, rule) = (id("bastion/group", "id"), id("bastion/ssh", "id"));
        call(
            "RevokeSecurityGroupIngress",
            &[("GroupId", &group), ("SecurityGroupRuleId.1", &rule)],
        );
        let instance = id("bastion/instance", "id");
        call("StopInstances", &[("InstanceId.1", &instance)]);
        tokio::time::sleep(Duration::from_secs(120)).await;
        let drift = engine(&mock, &journal).check().await.unwrap();
        let text: Vec<String> = drift.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(text.join("\n"));
        let report = engine(&mock, &journal).undo().await.unwrap();
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
    });
}

/// Every call in its turn: lost reply, broken connection, server error, throttling, slowness.
#[test]
fn bad_weather_leads_to_the_same_world() {
    stage().in_bad_weather(&[
        "CreateNatGateway",
        "AllocateAddress",
        "RunInstances",
        "ImportKeyPair",
        "TerminateInstances",
        "DeleteNatGateway",
        "ReleaseAddress",
        "DetachInternetGateway",
    ]);
}

/// A gateway that fails after it was accepted ends the run, and nothing is left.
#[test]
fn what_aws_breaks_later_is_taken_back() {
    for (operation, code) in [
        ("CreateNatGateway", "InternalError"),
        ("RunInstances", "Server.InsufficientInstanceCapacity"),
    ] {
        let stage = stage();
        let mock = stage.world();
        on_paused_time(async {
            mock.doom(operation).times(99).with(code);
            let report = engine(&mock, &MemoryJournal::default()).run(&plan()).await.unwrap();
            assert_eq!(report.outcome, Outcome::Undone, "{report}");
            assert!(report.errors[0].1.to_string().contains(code), "{report}");
        });
        assert_eq!(stage.leftovers(&mock), [""; 0], "{operation}");
    }
}
