//! Sweeping: what no journal answers for is removed, in an order in which it can go, and nothing
//! else is.

use crate::ground::{cidr, foreign_subnet};
use hopper_aws::{
    Aws, Tags,
    ec2::Vpc,
    recipes,
    settings::ChapterSettings,
    sweep::{self, strays},
    testing::{Run, Stage},
};
use hopper_core::{Engine, Ledger, MemoryJournal, OnFailure, Outcome, Report, Workflow};

fn chapter() -> Stage {
    Stage::new(|w| drop(recipes::chapter_machines(w, &ChapterSettings::default()).unwrap()))
}

/// Removes what no journal answers for.
fn swept(run: &Run, journals: &[&Ledger]) -> Report {
    let aws = Aws::new(&run.mock().sdk_config());
    let all = run.wait(strays(&aws, journals)).unwrap();
    let engine = Engine::new(MemoryJournal::default()).env(aws).on_failure(OnFailure::Keep);
    run.wait(engine.run(&sweep::plan(&all).unwrap())).unwrap()
}

fn n_strays(run: &Run, journals: &[&Ledger]) -> usize {
    let aws = Aws::new(&run.mock().sdk_config());
    run.wait(strays(&aws, journals)).unwrap().len()
}

#[test]
fn a_whole_cluster_whose_journal_is_lost_and_nobody_elses_things() {
    let run = chapter().given(|mock| drop(foreign_subnet(mock))).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let report = swept(&run, &[]);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(n_strays(&run, &[]), 0);
    run.assert_nothing_left();
}

#[test]
fn a_load_balancer_with_its_targets() {
    let run = Stage::new(crate::elbv2::recipe).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let report = swept(&run, &[]);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(n_strays(&run, &[]), 0);
    run.assert_nothing_left();
}

#[test]
fn what_a_run_left_that_failed_anywhere() {
    for operation in [
        "AttachInternetGateway",
        "AssociateRouteTable",
        "AuthorizeSecurityGroupIngress",
        "AddRoleToInstanceProfile",
        "CreateNatGateway",
        "RunInstances",
        "StopInstances",
        "CreateImage",
        "CreateLaunchTemplate",
        "CreateAutoScalingGroup",
    ] {
        let keep = |engine: Engine| engine.on_failure(OnFailure::Keep);
        let stage = chapter().with_engine(keep);
        let run = stage.given(|mock| mock.fail(operation).always().error("InvalidRequest")).up();
        assert_ne!(run.report().outcome, Outcome::Done, "{operation} is not called");
        assert_ne!(n_strays(&run, &[]), 0, "{operation}");
        let report = swept(&run, &[]);
        assert_eq!(report.outcome, Outcome::Done, "{operation}: {report}");
        assert_eq!(n_strays(&run, &[]), 0, "{operation}");
        run.assert_nothing_left();
    }
}

#[test]
fn a_run_that_a_journal_answers_for_stays() {
    let run = chapter().up();
    let ledger = Ledger::of(&run.journal().entries());
    let w = Workflow::new("other");
    let (dns_support, dns_hostnames) = (true, false);
    let cidr = cidr("10.8.0.0/16").into();
    w.step("vpc").does(Vpc { cidr, dns_support, dns_hostnames, tags: Tags::named("other") });
    let aws = Aws::new(&run.mock().sdk_config());
    let other = Engine::new(MemoryJournal::default()).env(aws).seed(99);
    assert_eq!(run.wait(other.run(&w.plan().unwrap())).unwrap().outcome, Outcome::Done);

    let report = swept(&run, &[&ledger]);
    assert_eq!(report.steps.len(), 1, "{report}");
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert_eq!(n_strays(&run, &[&ledger]), 0);
    assert!(run.check().is_empty());
    run.down();
    run.assert_nothing_left();
}
