//! Rules by which policies allow: `SimulatePrincipalPolicy`.

use hopper_mock::Mock;

use crate::support::{accepted, mock, refused, role};

const ROLE: &str = "arn:aws:iam::123456789012:role/K8sNode";

/// A mock with a role that has one inline policy with these statements.
fn with(statements: &str) -> Mock {
    let mock = mock();
    role(&mock, "K8sNode");
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let params =
        [("RoleName", "K8sNode"), ("PolicyName", "node"), ("PolicyDocument", document.as_str())];
    accepted(&mock, "iam:PutRolePolicy", &params);
    mock
}

#[track_caller]
fn decision(mock: &Mock, action: &str, more: &[(&str, &str)]) -> String {
    let params = [&[("PolicySourceArn", ROLE), ("ActionNames.member.1", action)], more].concat();
    let reply = accepted(mock, "iam:SimulatePrincipalPolicy", &params);
    reply.text("EvaluationResults/0/EvalDecision").unwrap().to_owned()
}

// [D] The caller is an administrator.
#[test]
fn an_administrator_may_do_everything() {
    let mock = mock();
    let caller = accepted(&mock, "sts:GetCallerIdentity", &[]);
    let params = [
        ("PolicySourceArn", caller.text("Arn").unwrap()),
        ("ActionNames.member.1", "ec2:CreateVpc"),
        ("ActionNames.member.2", "iam:CreateRole"),
    ];
    let reply = accepted(&mock, "iam:SimulatePrincipalPolicy", &params);
    assert_eq!(reply.texts("EvaluationResults/*/EvalDecision"), ["allowed", "allowed"]);
    let names = reply.texts("EvaluationResults/*/EvalActionName");
    assert_eq!(names, ["ec2:CreateVpc", "iam:CreateRole"]);
    let source = reply.text("EvaluationResults/0/MatchedStatements/0/SourcePolicyId");
    assert_eq!(source, Some("AdministratorAccess"));
    assert_eq!(reply.text("IsTruncated"), Some("false"));
}

// [D] Nothing is allowed but by a statement, and a denial outweighs every allowance. Case makes
// no difference in actions.
#[test]
fn a_denial_outweighs() {
    let mock = with(
        r#"{"Effect":"Allow","Action":["ec2:Describe*","ec2:?unInstances"],"Resource":"*"},
           {"Effect":"Deny","Action":"ec2:DescribeImages","Resource":"*"}"#,
    );
    assert_eq!(decision(&mock, "ec2:DescribeVpcs", &[]), "allowed");
    assert_eq!(decision(&mock, "EC2:runinstances", &[]), "allowed");
    assert_eq!(decision(&mock, "ec2:DescribeImages", &[]), "explicitDeny");
    assert_eq!(decision(&mock, "ec2:CreateVpc", &[]), "implicitDeny");
}

// [D] Resources and what is left out by NotAction and NotResource.
#[test]
fn resources_count() {
    let mock = with(
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"},
           {"Effect":"Allow","NotAction":["s3:*"],"NotResource":["arn:aws:ec2:*:*:vpc/*"]}"#,
    );
    let on = |resource| [("ResourceArns.member.1", resource)];
    assert_eq!(decision(&mock, "s3:GetObject", &on("arn:aws:s3:::bucket/a/b")), "allowed");
    assert_eq!(decision(&mock, "s3:GetObject", &on("arn:aws:s3:::other/a")), "implicitDeny");
    assert_eq!(decision(&mock, "s3:GetObject", &[]), "implicitDeny");
    let vpc = on("arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1");
    assert_eq!(decision(&mock, "ec2:DeleteVpc", &vpc), "implicitDeny");
    assert_eq!(decision(&mock, "ec2:DeleteVpc", &[]), "allowed");
}

// [D] A condition needs its key, which the answer names where it is missing.
#[test]
fn conditions_count() {
    let mock = with(
        r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*",
            "Condition":{"StringLike":{"aws:RequestTag/Name":["k8s-*"]}}}"#,
    );
    let tag = |value| {
        [
            ("ContextEntries.member.1.ContextKeyName", "aws:requesttag/name"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", value),
            ("ContextEntries.member.1.ContextKeyType", "string"),
        ]
    };
    assert_eq!(decision(&mock, "ec2:CreateVpc", &tag("k8s-1")), "allowed");
    assert_eq!(decision(&mock, "ec2:CreateVpc", &tag("other")), "implicitDeny");
    let params = [("PolicySourceArn", ROLE), ("ActionNames.member.1", "ec2:CreateVpc")];
    let reply = accepted(&mock, "iam:SimulatePrincipalPolicy", &params);
    assert_eq!(reply.text("EvaluationResults/0/EvalDecision"), Some("implicitDeny"));
    let missing = reply.texts("EvaluationResults/0/MissingContextValues/*");
    assert_eq!(missing, ["aws:RequestTag/Name"]);
}

// [D] A condition with a negated comparison, or one on what exists only, holds without the key.
#[test]
fn some_conditions_hold_without_the_key() {
    for (operator, expected) in [
        ("StringEquals", "implicitDeny"),
        ("StringNotEquals", "allowed"),
        ("StringEqualsIfExists", "allowed"),
        ("ForAllValues:StringEquals", "allowed"),
        ("ForAnyValue:StringEquals", "implicitDeny"),
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*",
                "Condition":{{"{operator}":{{"aws:SourceVpc":"vpc-1"}}}}}}"#
        );
        assert_eq!(decision(&with(&statement), "ec2:CreateVpc", &[]), expected, "{operator}");
    }
}

// [D] The principal must exist, and actions be whole.
#[test]
fn a_wrong_question_is_refused() {
    let mock = mock();
    let ask = |arn, action, code| {
        let params = [("PolicySourceArn", arn), ("ActionNames.member.1", action)];
        refused(&mock, "iam:SimulatePrincipalPolicy", &params, code);
    };
    ask(ROLE, "ec2:CreateVpc", "NoSuchEntity/404");
    ask("arn:aws:iam::123456789012:user/hopper", "CreateVpc", "InvalidInput/400");
    ask("hopper", "ec2:CreateVpc", "ValidationError/400");
    refused(
        &mock,
        "iam:SimulatePrincipalPolicy",
        &[("PolicySourceArn", ROLE)],
        "ValidationError/400",
    );
}
