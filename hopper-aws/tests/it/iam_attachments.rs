//! Managed policies on roles, and what others put into a role.

use crate::{
    ground::{drift, stranger, told},
    iam::{recipe, refusal, role, strangers_policy, strangers_role},
};
use hopper_aws::{Aws, iam::RolePolicyAttachment, registry, testing::Stage};
use hopper_core::{Engine, Outcome, Workflow};
use hopper_mock::Visibility;
use std::time::Duration;

const CNI: &str = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";
const PULL: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";

fn attached(w: &Workflow) {
    let role = role(w);
    for (step, policy) in [("cni", CNI), ("pull", PULL)] {
        let policy_arn = policy.into();
        w.step(step).does(RolePolicyAttachment { role: role.name(), policy_arn });
    }
}

#[test]
fn endures_everything() {
    Stage::new(attached).endure();
    let visibility = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(attached).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(attached).in_bad_weather(&["AttachRolePolicy", "DetachRolePolicy"]);
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(attached).up_and_down(async |mock, engine, _| {
        assert_eq!(engine.check().await.unwrap(), []);
        stranger(mock, "iam:DetachRolePolicy", "", &[("RoleName", "K8sNode"), ("PolicyArn", CNI)]);
        insta::assert_snapshot!(drift(engine, &[]).await, @r"
        cni (aws.iam.role_policy_attachment)
          arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy on role K8sNode is gone
        ");
    });
}

#[test]
fn a_policy_that_does_not_exist_is_told() {
    let stage = Stage::new(|w| {
        let policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNY_Policy".into();
        w.step("cni").does(RolePolicyAttachment { role: role(w).name(), policy_arn });
    });
    let error = refusal(&stage);
    insta::assert_snapshot!(told(&error, &[]), @"AttachRolePolicy: NoSuchEntity: policy arn:aws:iam::aws:policy/AmazonEKS_CNY_Policy does not exist or is not attachable");
}

#[test]
fn a_role_of_somebody_elses_gets_no_policy() {
    let stage = Stage::new(|w| {
        let policy_arn = CNI.into();
        w.step("cni").does(RolePolicyAttachment { role: "K8sNode".into(), policy_arn });
    });
    let run = stage.given(strangers_role).up();
    insta::assert_snapshot!(told(&run.report().errors[0].1, &[]), @"GetRole: role K8sNode was not made by hopper; only roles that the run makes itself are changed: give one of them");
    assert!(!run.calls().contains("AttachRolePolicy ok"), "{}", run.calls());
}

#[test]
fn what_others_put_into_the_role_goes_with_it() {
    let run = Stage::new(recipe).up();
    strangers_policy(run.mock(), "extra");
    // Changed by hand, and so no longer the step's; but in the run's role.
    strangers_policy(run.mock(), "ecr");
    let attach = [("RoleName", "K8sNode"), ("PolicyArn", CNI)];
    stranger(run.mock(), "iam:AttachRolePolicy", "", &attach);
    run.down();
}

#[test]
fn a_profile_that_keeps_the_role_is_named() {
    let run = Stage::new(recipe).up();
    stranger(run.mock(), "iam:CreateInstanceProfile", "", &[("InstanceProfileName", "Theirs")]);
    let both = [("InstanceProfileName", "Theirs"), ("RoleName", "K8sNode")];
    stranger(run.mock(), "iam:AddRoleToInstanceProfile", "", &both);
    let report = run.wait(async {
        let aws = Aws::new(&run.mock().sdk_config());
        let engine = Engine::new(run.journal().clone()).env(aws).registry(registry());
        engine.undo().await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Stuck, "{report}");
    insta::assert_snapshot!(told(&report.errors[0].1, &[]), @"DeleteRole: DeleteConflict: cannot delete entity, must remove roles from instance profile first; it is kept by instance profile Theirs: take the role out of it");
    // Once it is out of the way, the undo goes on.
    stranger(run.mock(), "iam:RemoveRoleFromInstanceProfile", "", &both);
    stranger(run.mock(), "iam:DeleteInstanceProfile", "", &both[..1]);
    run.down();
}
