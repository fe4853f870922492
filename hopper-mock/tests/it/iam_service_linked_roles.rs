//! Rules of service-linked roles.

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, made, mock, refused, role, seconds};

const NAME: (&str, &str) = ("RoleName", "AWSServiceRoleForAutoScaling");
const SERVICE: (&str, &str) = ("AWSServiceName", "autoscaling.amazonaws.com");

// [D] The role has the service's name and path and its policy; it is not left over, since the
// service made it for itself.
#[test]
fn a_service_has_its_role() {
    let mock = mock();
    let fresh = mock.world();
    let made = accepted(&mock, "iam:CreateServiceLinkedRole", &[SERVICE]);
    assert_eq!(made.text("Role/RoleName"), Some(NAME.1));
    assert_eq!(made.text("Role/Path"), Some("/aws-service-role/autoscaling.amazonaws.com/"));
    let attached = accepted(&mock, "iam:ListAttachedRolePolicies", &[NAME]);
    assert_eq!(attached.texts("AttachedPolicies/*/PolicyName"), ["AutoScalingServiceRolePolicy"]);
    assert_eq!(mock.world().leftovers(), []);
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
}

// [O] A second one is InvalidInput; other suffixes make other roles, where a service takes them.
#[test]
fn a_service_linked_role_is_made_once() {
    let mock = mock();
    let create = |params: &[_], code| refused(&mock, "iam:CreateServiceLinkedRole", params, code);
    accepted(&mock, "iam:CreateServiceLinkedRole", &[SERVICE]);
    create(&[SERVICE], "InvalidInput/400");
    let suffixed =
        accepted(&mock, "iam:CreateServiceLinkedRole", &[SERVICE, ("CustomSuffix", "x")]);
    assert_eq!(suffixed.text("Role/RoleName"), Some("AWSServiceRoleForAutoScaling_x"));
    let elb = ("AWSServiceName", "elasticloadbalancing.amazonaws.com");
    create(&[elb, ("CustomSuffix", "x")], "InvalidInput/400");
    create(&[("AWSServiceName", "teapot.amazonaws.com")], "InvalidInput/400");
}

// [D] Only the service changes its role.
#[test]
fn nobody_else_changes_it() {
    let mock = mock();
    accepted(&mock, "iam:CreateServiceLinkedRole", &[SERVICE]);
    let policy = ("PolicyArn", "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess");
    for (operation, params) in [
        ("iam:DeleteRole", vec![NAME]),
        ("iam:UpdateRole", vec![NAME, ("Description", "mine")]),
        ("iam:UpdateAssumeRolePolicy", vec![NAME, ("PolicyDocument", "{}")]),
        ("iam:AttachRolePolicy", vec![NAME, policy]),
        ("iam:DetachRolePolicy", vec![NAME, policy]),
        ("iam:PutRolePolicy", vec![NAME, ("PolicyName", "p"), ("PolicyDocument", "{}")]),
        ("iam:DeleteRolePolicy", vec![NAME, ("PolicyName", "p")]),
    ] {
        refused(&mock, operation, &params, "UnmodifiableEntity/400");
    }
}

// [D] It is deleted by an operation of its own, which takes a while.
#[test]
fn its_deletion_is_a_task() {
    let mock = mock();
    accepted(&mock, "iam:CreateServiceLinkedRole", &[SERVICE]);
    let task = made(&accepted(&mock, "iam:DeleteServiceLinkedRole", &[NAME]), "DeletionTaskId");
    let status = || {
        let params = [("DeletionTaskId", task.as_str())];
        made(&accepted(&mock, "iam:GetServiceLinkedRoleDeletionStatus", &params), "Status")
    };
    assert_eq!(status(), "IN_PROGRESS");
    mock.advance(seconds(3));
    assert_eq!(status(), "SUCCEEDED");
    refused(&mock, "iam:GetRole", &[NAME], "NoSuchEntity/404");
    refused(&mock, "iam:DeleteServiceLinkedRole", &[NAME], "NoSuchEntity/404");
    role(&mock, "K8sMaster");
    let other = [("RoleName", "K8sMaster")];
    refused(&mock, "iam:DeleteServiceLinkedRole", &other, "InvalidInput/400");
}

// [D] A service makes its role when it is first used.
#[test]
fn the_first_group_brings_the_role_of_auto_scaling() {
    let ground = ScalingGround::new();
    refused(ground.mock(), "iam:GetRole", &[NAME], "NoSuchEntity/404");
    ground.create(&[]);
    accepted(ground.mock(), "iam:GetRole", &[NAME]);
    refused(ground.mock(), "iam:CreateServiceLinkedRole", &[SERVICE], "InvalidInput/400");
    ground.create(&[("AutoScalingGroupName", "other")]);
    assert!(ground.mock().world().leftovers().iter().all(|left| left.kind != "role"));
}
