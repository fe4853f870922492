//! Which calls are repeated, and which are not.

use hopper_aws::{
    Cidr, Tags,
    ec2::{InternetGateway, Subnet, Vpc},
    testing::Stage,
};
use hopper_core::{
    MemoryJournal, Outcome, Report, Retry, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

fn vpc() -> Vpc {
    let cidr = "10.0.0.0/16".parse::<Cidr>().unwrap().into();
    Vpc { cidr, dns_support: true, dns_hostnames: false, tags: Tags::new() }
}

fn recipe(w: &Workflow) {
    let vpc = w.step("vpc").retry(Retry::never()).does(vpc());
    w.step("gateway")
        .retry(Retry::never())
        .does(InternetGateway { vpc: vpc.id(), tags: Tags::new() });
}

fn run(stage: &Stage, mock: &Mock) -> Report {
    on_paused_time(async {
        stage.engine(mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    })
}

fn count(mock: &Mock, operation: &str) -> u64 {
    let counts = mock.calls().count_by_operation();
    counts.get(operation).copied().unwrap_or_default().try_into().unwrap()
}

#[test]
fn a_read_is_repeated_whatever_passes() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    mock.fail("DescribeVpcs").throttle();
    mock.fail("DescribeRouteTables").times(3).unavailable();
    mock.fail("DescribeSecurityGroups").times(2).reset();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.steps.iter().all(|step| step.tries == 1), "{report}");
}

#[test]
fn a_create_is_never_repeated_by_itself() {
    let stage = Stage::new(recipe);
    let faults: [fn(&Mock); 3] = [
        |mock| mock.fail("CreateVpc").unavailable(),
        |mock| mock.fail("CreateVpc").throttle(),
        |mock| mock.fail("CreateVpc").lose_reply(),
    ];
    for arm in faults {
        let mock = stage.world();
        arm(&mock);
        let report = run(&stage, &mock);
        // The lost one is found, and gone on with.
        let is_lost = report.outcome == Outcome::Done;
        assert!(is_lost || report.outcome == Outcome::Undone, "{report}");
        assert_eq!(count(&mock, "CreateVpc"), 1);
        assert_eq!(mock.world().ec2.vpcs.len(), usize::from(is_lost));
    }
}

#[test]
fn nothing_is_looked_for_after_a_refusal() {
    let stage = Stage::new(|w| _ = w.step("vpc").does(vpc()));
    let mock = stage.world();
    mock.fail("CreateVpc").times(2).throttle();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.took < Duration::from_secs(10), "{report}");
}

#[test]
fn what_is_not_visible_yet_is_waited_for_within_the_call() {
    let visibility = Visibility::Fixed(Duration::from_secs(7));
    let stage = Stage::new(recipe).visibility(visibility);
    let mock = stage.world();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.steps.iter().all(|step| step.tries == 1), "{report}");
    assert_eq!(count(&mock, "CreateInternetGateway"), 1);
    assert!(1 < count(&mock, "AttachInternetGateway"));
}

#[test]
fn what_never_existed_is_told_at_once() {
    let stage = Stage::new(|w| {
        w.step("subnet").does(Subnet {
            vpc: "vpc-00000000000000000".into(),
            zone: "eu-west-1a".into(),
            cidr: "10.0.0.0/20".parse::<Cidr>().unwrap().into(),
            tags: Tags::new(),
        });
    });
    let mock = stage.world();
    let report = run(&stage, &mock);
    assert_eq!(report.outcome, Outcome::Undone);
    assert_eq!(count(&mock, "CreateSubnet"), 1);
    let error = report.errors[0].1.to_string();
    let expected = "CreateSubnet: InvalidVpcID.NotFound: the vpc ID 'vpc-00000000000000000' does \
                    not exist (request id ";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn the_same_seed_makes_the_same_calls() {
    let calls = || {
        let stage = Stage::new(recipe);
        let mock = stage.world();
        mock.fail("Describe*").times(4).throttle();
        run(&stage, &mock);
        mock.calls().to_string()
    };
    assert_eq!(calls(), calls());
}
