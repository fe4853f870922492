//! A secret in Parameter Store.

use crate::ground::stranger;
use hopper_aws::{
    Tags,
    ssm::SecureParameter,
    testing::{Stage, crash_everywhere},
};
use hopper_core::{Outcome, Secret, Workflow, testing::Lab as _};
use hopper_mock::Visibility;
use std::time::Duration;

const NAME: &str = "/hopper/prod/join";

fn with(w: &Workflow, value: &str) {
    w.step("join").does(SecureParameter {
        name: NAME.to_owned(),
        value: Secret::new(value.to_owned()).into(),
        description: "how workers join".to_owned(),
        tags: Tags::named("prod"),
    });
}

fn recipe(w: &Workflow) {
    with(w, "a-secret-of-some-length");
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
    Stage::new(recipe).in_bad_weather(&["PutParameter", "DeleteParameter"]);
    let late = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(recipe).visibility(late).endure();
    let crashes = crash_everywhere(&Stage::new(recipe));
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

#[test]
fn one_of_somebody_elses_is_told_and_left_alone() {
    let theirs = [("Name", NAME), ("Value", "theirs"), ("Type", "String")];
    let stage = Stage::new(recipe).given(move |mock| {
        stranger(mock, "ssm:PutParameter", "", &theirs);
        mock.advance(Duration::from_secs(3600));
    });
    let before = stage.world().world().picture();
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let told = run.report().errors[0].1.to_string();
    assert!(
        told.contains("ParameterAlreadyExists") && told.contains("not made by hopper"),
        "{told}"
    );
    assert_eq!(run.down().outcome, Outcome::Undone);
    assert_eq!(run.mock().world().picture(), before);
}

#[test]
fn a_change_and_an_end_are_drift() {
    let run = Stage::new(recipe).up();
    assert_eq!(run.check(), []);
    let change = [("Name", NAME), ("Value", "another"), ("Overwrite", "true")];
    stranger(run.mock(), "ssm:PutParameter", "", &change);
    let told: Vec<String> = run.check().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["join (aws.ssm.secure_parameter)\n  Version: recorded 1, actual 2"]);
    stranger(run.mock(), "ssm:DeleteParameter", "", &[("Name", NAME)]);
    let told: Vec<String> = run.check().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["join (aws.ssm.secure_parameter)\n  parameter /hopper/prod/join is gone"]);
    run.down();
    run.assert_nothing_left();
}
