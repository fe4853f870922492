//! Roles, their policies, and instance profiles.

use crate::ground::{drift, group, image, instance, stranger, subnet, told, vpc};
use hopper_aws::{
    PolicyDocument, Tags,
    iam::{InstanceProfile, InstanceProfileRefs, Role, RolePolicy, RoleRefs},
    testing::Stage,
};
use hopper_core::{Input, Outcome, StepError, Workflow, testing::crash_after_every_record};
use hopper_mock::{Mock, Visibility};
use serde_json::json;
use std::time::Duration;

pub(crate) fn role(w: &Workflow) -> RoleRefs {
    w.step("role").does(Role {
        name: "K8sNode".to_owned(),
        path: None,
        trust_policy: PolicyDocument::assumed_by("ec2.amazonaws.com").into(),
        description: "What a worker may do".to_owned(),
        tags: Tags::named("node"),
    })
}

pub(crate) fn document(action: &str) -> PolicyDocument {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }],
    })
    .try_into()
    .unwrap()
}

fn policy(role: &RoleRefs, name: &str, action: &str) -> RolePolicy {
    let document = document(action).into();
    RolePolicy { role: role.name(), name: name.to_owned(), document }
}

pub(crate) fn profile(w: &Workflow, role: &RoleRefs) -> InstanceProfileRefs {
    let (name, tags) = ("K8sNode".to_owned(), Tags::named("node"));
    w.step("profile").does(InstanceProfile { name, path: None, role: role.name(), tags })
}

pub(crate) fn recipe(w: &Workflow) {
    let role = role(w);
    w.step("ecr").does(policy(&role, "ecr", "ecr:GetAuthorizationToken"));
    w.step("cni").does(policy(&role, "cni", "ec2:AttachNetworkInterface"));
    profile(w, &role);
}

/// An instance that acts in the role, of a profile that EC2 does not see at once.
fn recipe_with_instance(w: &Workflow) {
    let vpc = vpc(w);
    let (subnet, group) = (subnet(w, &vpc), group(w, "nodes", &vpc));
    let name = profile(w, &role(w)).name();
    let mut host = instance(image(w), &subnet, &group);
    host.public_address = false;
    host.profile = Some(name);
    w.step("host").does(host);
}

/// The first error of a run that was taken back.
pub(crate) fn refusal(stage: &Stage) -> StepError {
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    run.assert_nothing_left();
    run.report().errors[0].1.clone()
}

/// A role of a stranger's, with a policy in it.
pub(crate) fn strangers_role(mock: &Mock) {
    let trust = PolicyDocument::assumed_by("ec2.amazonaws.com").to_string();
    let params = [("RoleName", "K8sNode"), ("AssumeRolePolicyDocument", &*trust)];
    stranger(mock, "iam:CreateRole", "", &params);
    strangers_policy(mock, "ecr");
}

pub(crate) fn strangers_policy(mock: &Mock, name: &str) {
    let document = document("s3:*").to_string();
    let params = [("RoleName", "K8sNode"), ("PolicyName", name), ("PolicyDocument", &*document)];
    stranger(mock, "iam:PutRolePolicy", "", &params);
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
    let visibility = Visibility::Fixed(Duration::from_secs(8));
    Stage::new(recipe).visibility(visibility).endure();
}

/// Also one between the profile and the launch, where nobody knows any more how old it is.
#[test]
fn an_instance_takes_the_role_whenever_the_process_dies() {
    crash_after_every_record(&Stage::new(recipe_with_instance));
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&[
        "CreateRole",
        "PutRolePolicy",
        "CreateInstanceProfile",
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
        "DeleteInstanceProfile",
        "DeleteRolePolicy",
        "DeleteRole",
    ]);
}

#[test]
fn nothing_is_asked_that_an_answer_has_told() {
    let run = Stage::new(recipe).up();
    insta::assert_snapshot!(run.calls(), @r"
    2026-01-01T00:00:00.200Z CreateRole ok
    2026-01-01T00:00:00.600Z PutRolePolicy ok
    2026-01-01T00:00:00.600Z PutRolePolicy ok
    2026-01-01T00:00:00.600Z CreateInstanceProfile ok
    2026-01-01T00:00:01.000Z AddRoleToInstanceProfile ok
    2026-01-01T00:00:01.400Z GetInstanceProfile ok
    ");
}

#[test]
fn a_launch_waits_until_ec2_sees_the_profile() {
    let run = Stage::new(recipe_with_instance).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    assert!(run.report().steps.iter().all(|step| step.tries == 1), "{}", run.report());
    assert!(run.calls().contains("RunInstances InvalidParameterValue"), "{}", run.calls());
    let world = run.mock().world();
    let host = world.ec2.instances.values().next().unwrap();
    assert!(host.tags.contains_key("Name"));
    run.down();
}

#[test]
fn a_profile_that_never_existed_is_told_after_two_minutes() {
    let stage = Stage::new(|w| {
        let vpc = vpc(w);
        let (subnet, group) = (subnet(w, &vpc), group(w, "nodes", &vpc));
        let mut host = instance(image(w), &subnet, &group);
        host.public_address = false;
        host.profile = Some("K8sNoed".into());
        w.step("host").does(host);
    });
    let run = stage.up();
    let two_minutes = Duration::from_secs(115)..Duration::from_secs(180);
    assert!(two_minutes.contains(&run.report().took), "{}", run.report());
    let error = refusal(&stage);
    insta::assert_snapshot!(told(&error, &[]), @"RunInstances: InvalidParameterValue: value (K8sNoed) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).tags(Tags::new().with("team", "blue")).up_and_down(
        async |mock, engine, _| {
            assert_eq!(engine.check().await.unwrap(), []);
            mock.edit(|world| {
                let role = world.iam.roles.get_mut("K8sNode").unwrap();
                role.description = None;
                role.assume_role_policy =
                    PolicyDocument::assumed_by("lambda.amazonaws.com").to_string();
                role.tags.insert("team".to_owned(), "red".to_owned());
                role.inline_policies.remove("cni");
                role.inline_policies.insert("ecr".to_owned(), document("ecr:*").to_string());
                let profile = world.iam.instance_profiles.get_mut("K8sNode").unwrap();
                profile.role = None;
                profile.tags.remove("Name");
            });
            insta::assert_snapshot!(drift(engine, &[]).await, @r#"
            role (aws.iam.role)
              AssumeRolePolicyDocument: recorded {"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}],"Version":"2012-10-17"}, actual {"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}],"Version":"2012-10-17"}
              Description: recorded What a worker may do, actual none
              tags.team: recorded blue, actual red
            ecr (aws.iam.role_policy)
              PolicyDocument: recorded {"Statement":[{"Action":"ecr:GetAuthorizationToken","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}, actual {"Statement":[{"Action":"ecr:*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}
            cni (aws.iam.role_policy)
              policy cni of role K8sNode is gone
            profile (aws.iam.instance_profile)
              Roles.RoleName: recorded K8sNode, actual none
              tags.Name: recorded node, actual none
            "#);
            mock.edit(|world| world.iam.instance_profiles.clear());
            mock.edit(|world| world.iam.roles.clear());
            insta::assert_snapshot!(drift(engine, &[]).await, @r"
            role (aws.iam.role)
              role K8sNode is gone
            ecr (aws.iam.role_policy)
              policy ecr of role K8sNode is gone
            cni (aws.iam.role_policy)
              policy cni of role K8sNode is gone
            profile (aws.iam.instance_profile)
              instance profile K8sNode is gone
            ");
        },
    );
}

#[test]
fn names_of_somebody_elses_are_told_and_left_alone() {
    let error = refusal(&Stage::new(recipe).given(strangers_role));
    insta::assert_snapshot!(told(&error, &[]), @"CreateRole: EntityAlreadyExists: role with name K8sNode already exists; role K8sNode was not made by hopper: delete it, or choose another name");
    let stage = Stage::new(recipe).given(|mock| {
        stranger(mock, "iam:CreateInstanceProfile", "", &[("InstanceProfileName", "K8sNode")]);
    });
    let error = refusal(&stage);
    insta::assert_snapshot!(told(&error, &[]), @"CreateInstanceProfile: EntityAlreadyExists: instance Profile K8sNode already exists; instance profile K8sNode was not made by hopper: delete it, or choose another name");
}

/// After a lost connection they are looked for, and what is found is a stranger's.
#[test]
fn a_name_taken_while_nobody_looked_is_a_conflict() {
    let stage = Stage::new(recipe).given(|mock| {
        strangers_role(mock);
        mock.fail("CreateRole").reset();
    });
    let error = refusal(&stage).to_string();
    assert!(error.contains("conflict: role K8sNode was not made by hopper"), "{error}");
}

#[test]
fn a_role_of_somebody_elses_is_not_changed() {
    let stage = Stage::new(|w| {
        let document = document("ecr:*").into();
        w.step("ecr").does(RolePolicy { role: "K8sNode".into(), name: "ecr".to_owned(), document });
    });
    let error = refusal(&stage.clone().given(strangers_role));
    insta::assert_snapshot!(told(&error, &[]), @"GetRole: role K8sNode was not made by hopper; only roles that the run makes itself are changed: give one of them");
    let error = refusal(&stage);
    assert_eq!(error.to_string(), "GetRole: there is no role K8sNode");
}

/// Two steps of one recipe disagree about a policy: PutRolePolicy would overwrite.
#[test]
fn a_policy_is_not_overwritten() {
    let stage = Stage::new(|w| {
        let role = role(w);
        let first = w.step("first").does(policy(&role, "ecr", "ecr:*"));
        w.step("second").after(&first).does(policy(&role, "ecr", "s3:*"));
    });
    let error = refusal(&stage);
    insta::assert_snapshot!(told(&error, &[]), @"PutRolePolicy: role K8sNode has another policy ecr already: delete it, or choose another name");
}

#[test]
fn roles_of_services_are_left_to_them() {
    let stage = Stage::new(|w| {
        let path = Some("/aws-service-role/ec2.amazonaws.com/".to_owned());
        let trust_policy = PolicyDocument::assumed_by("ec2.amazonaws.com").into();
        let (name, description, tags) = ("Mine".to_owned(), String::new(), Tags::new());
        w.step("role").does(Role { name, path, trust_policy, description, tags });
    });
    let run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Undone);
    assert!(run.calls().is_empty(), "{}", run.calls());
    insta::assert_snapshot!(run.report().errors[0].1, @"/aws-service-role/ is for roles that services make for themselves; choose another path");
}

#[test]
fn a_missing_permission_is_told_with_step_call_code_and_request() {
    for (operation, step) in [
        ("CreateRole", "role"),
        ("PutRolePolicy", "cni"),
        ("CreateInstanceProfile", "profile"),
        ("AddRoleToInstanceProfile", "profile"),
        ("GetInstanceProfile", "profile"),
    ] {
        let run = Stage::new(recipe).given(|mock| mock.fail(operation).deny()).up();
        assert_eq!(run.report().outcome, Outcome::Undone, "{operation}: {}", run.report());
        let (at, error) = &run.report().errors[0];
        let is_policy = operation == "PutRolePolicy";
        assert!(at == step || (is_policy && at == "ecr"), "{operation}: {}", run.report());
        assert_eq!(error.operation(), Some(operation));
        assert_eq!(error.code(), Some("AccessDenied"), "{error}");
        assert!(error.request_id().is_some(), "{error}");
        assert!(error.to_string().contains("allow the operation"), "{error}");
        run.assert_nothing_left();
    }
}

#[test]
fn a_malformed_policy_is_told() {
    let stage = Stage::new(|w| {
        let role = role(w);
        let nonsense = json!({ "Statement": [{ "Effect": "Perhaps" }] });
        let document: Input<PolicyDocument> = PolicyDocument::try_from(nonsense).unwrap().into();
        w.step("ecr").does(RolePolicy { role: role.name(), name: "ecr".to_owned(), document });
    });
    let error = refusal(&stage);
    assert_eq!(error.code(), Some("MalformedPolicyDocument"), "{error}");
    assert_eq!(error.hint(), Some("mend the policy document"));
}
