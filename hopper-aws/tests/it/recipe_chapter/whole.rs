//! How it looks, how long it takes, and that it goes.

use super::whole;
use hopper_core::Outcome;
use std::time::Duration;

#[test]
fn its_plan() {
    insta::assert_snapshot!(whole().plan());
}

/// Up to the page's answer without an image that was made before, and down.
#[test]
fn it_comes_up_answers_and_goes() {
    let run = whole().up();
    let report = run.report();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(report.took < Duration::from_secs(760), "{report}");
    let answer = crate::ground::output(report, "demo/answer", "url");
    assert!(answer.contains(".elb.amazonaws.com/"), "{answer}");
    assert_eq!(run.check(), []);
    assert_eq!(run.mock().world().elb.load_balancers.len(), 1);
    let down = run.down();
    assert_eq!(down.outcome, Outcome::Undone, "{down}");
    assert!(down.took < Duration::from_secs(180), "{down}");
    run.assert_nothing_left();
}
