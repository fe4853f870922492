//! Rules of instance profiles, in IAM and as EC2 sees them.

use crate::ground::Ground;
use crate::support::{accepted, blockers, mock, profile, refused, role, seconds};

const NAME: (&str, &str) = ("InstanceProfileName", "K8sMaster");
const BOTH: [(&str, &str); 2] = [NAME, ("RoleName", "K8sMaster")];

// [D] A profile reads back as it was made, with an id of its kind and its role.
#[test]
fn a_profile_reads_back_with_its_role() {
    let mock = mock();
    role(&mock, "K8sMaster");
    let params =
        [NAME, ("Path", "/k8s/"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    let made = accepted(&mock, "iam:CreateInstanceProfile", &params);
    assert!(made.text("InstanceProfile/InstanceProfileId").unwrap().starts_with("AIPA"));
    assert_eq!(made.count("InstanceProfile/Roles"), 0);
    accepted(&mock, "iam:AddRoleToInstanceProfile", &BOTH);
    let shown = accepted(&mock, "iam:GetInstanceProfile", &[NAME]);
    for (path, expected) in [
        ("InstanceProfileName", "K8sMaster"),
        ("Path", "/k8s/"),
        ("Arn", "arn:aws:iam::123456789012:instance-profile/k8s/K8sMaster"),
        ("CreateDate", "2026-01-01T00:00:00.000Z"),
        ("Roles/0/RoleName", "K8sMaster"),
        ("Roles/0/Arn", "arn:aws:iam::123456789012:role/K8sMaster"),
        ("Tags/0/Value", "b"),
    ] {
        assert_eq!(shown.text(&format!("InstanceProfile/{path}")), Some(expected), "{path}");
    }
    let listed = accepted(&mock, "iam:ListInstanceProfilesForRole", &[BOTH[1]]);
    assert_eq!(listed.texts("InstanceProfiles/*/InstanceProfileName"), ["K8sMaster"]);
}

// [D] One profile of a name, whatever the case [D] and the path.
#[test]
fn a_name_is_taken_once() {
    let mock = mock();
    profile(&mock, "K8sMaster");
    let long = "x".repeat(129);
    let create = |params: &[_], code| refused(&mock, "iam:CreateInstanceProfile", params, code);
    create(&[NAME], "EntityAlreadyExists/409");
    create(&[NAME, ("Path", "/x/")], "EntityAlreadyExists/409");
    create(&[("InstanceProfileName", "k8smaster")], "EntityAlreadyExists/409");
    create(&[("InstanceProfileName", "a b")], "ValidationError/400");
    create(&[("InstanceProfileName", &long)], "ValidationError/400");
    create(&[], "ValidationError/400");
    create(&[("InstanceProfileName", "n"), ("Colour", "red")], "UnknownParameter/400");
    accepted(&mock, "iam:CreateInstanceProfile", &[("InstanceProfileName", &long[1..])]);
}

// [D] A profile has one role; a second, or the same again, is over the quota [O].
#[test]
fn a_profile_has_one_role() {
    let mock = mock();
    profile(&mock, "K8sMaster");
    refused(&mock, "iam:AddRoleToInstanceProfile", &BOTH, "LimitExceeded/409");
    role(&mock, "K8sNode");
    let other = [NAME, ("RoleName", "K8sNode")];
    refused(&mock, "iam:AddRoleToInstanceProfile", &other, "LimitExceeded/409");
    refused(&mock, "iam:RemoveRoleFromInstanceProfile", &other, "NoSuchEntity/404");
    let unknown = [NAME, ("RoleName", "nobody")];
    refused(&mock, "iam:AddRoleToInstanceProfile", &unknown, "NoSuchEntity/404");
    refused(&mock, "iam:RemoveRoleFromInstanceProfile", &unknown, "NoSuchEntity/404");
    accepted(&mock, "iam:RemoveRoleFromInstanceProfile", &BOTH);
    refused(&mock, "iam:RemoveRoleFromInstanceProfile", &BOTH, "NoSuchEntity/404");
}

// [D] A profile with a role cannot be deleted, nor the role in it.
#[test]
fn profile_and_role_keep_each_other() {
    let mock = mock();
    let fresh = mock.world();
    profile(&mock, "K8sMaster");
    let blocking = blockers(&mock, "iam:DeleteInstanceProfile", &[NAME]);
    assert_eq!(blocking, ["K8sMaster"]);
    refused(&mock, "iam:DeleteInstanceProfile", &[NAME], "DeleteConflict/409");
    refused(&mock, "iam:DeleteRole", &[BOTH[1]], "DeleteConflict/409");
    accepted(&mock, "iam:RemoveRoleFromInstanceProfile", &BOTH);
    accepted(&mock, "iam:DeleteInstanceProfile", &[NAME]);
    accepted(&mock, "iam:DeleteRole", &[BOTH[1]]);
    for (operation, param) in [("iam:DeleteInstanceProfile", NAME), ("iam:DeleteRole", BOTH[1])] {
        refused(&mock, operation, &[param], "NoSuchEntity/404");
    }
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
    assert_eq!(mock.world().leftovers(), []);
}

// [O] A launch with a profile that was just made is refused until EC2 sees it.
#[test]
fn ec2_sees_a_profile_late() {
    let ground = Ground::new();
    profile(&ground.mock, "K8sMaster");
    let by_name = [("IamInstanceProfile.Name", "K8sMaster")];
    let by_arn =
        [("IamInstanceProfile.Arn", "arn:aws:iam::123456789012:instance-profile/K8sMaster")];
    ground.refused(&by_name, "InvalidParameterValue/400");
    ground.mock.advance(seconds(9));
    ground.refused(&by_name, "InvalidParameterValue/400");
    let reply = ground.mock.call("RunInstances", &ground.launch(&by_name));
    assert_eq!(
        reply.error().unwrap().message,
        "Value (K8sMaster) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance \
         Profile name"
    );
    ground.mock.advance(seconds(1));
    let id = ground.start(&by_name);
    assert_eq!(ground.shown(&id, "iamInstanceProfile/arn").as_deref(), Some(by_arn[0].1));
    assert!(ground.shown(&id, "iamInstanceProfile/id").unwrap().starts_with("AIPA"));
    ground.start(&by_arn);
    ground.refused(&[("IamInstanceProfile.Name", by_arn[0].1)], "InvalidParameterValue/400");
    ground.refused(&[("IamInstanceProfile.Arn", "K8sMaster")], "InvalidParameterValue/400");
}

// [U] Each change of a profile is seen so much later: first without its role, then with it.
#[test]
fn ec2_sees_the_role_of_a_profile_late() {
    let ground = Ground::new();
    let launch = ground.launch(&[("IamInstanceProfile.Name", "K8sMaster")]);
    let message = || {
        let reply = ground.mock.call("RunInstances", &launch);
        reply.error().map(|error| error.message.clone())
    };
    accepted(&ground.mock, "iam:CreateInstanceProfile", &[NAME]);
    ground.mock.advance(seconds(5));
    role(&ground.mock, "K8sMaster");
    accepted(&ground.mock, "iam:AddRoleToInstanceProfile", &BOTH);
    ground.mock.advance(seconds(5));
    assert!(message().unwrap().contains("has no associated IAM Roles"));
    ground.mock.advance(seconds(4));
    assert!(message().is_some());
    ground.mock.advance(seconds(1));
    assert_eq!(message(), None);
    accepted(&ground.mock, "iam:RemoveRoleFromInstanceProfile", &BOTH);
    accepted(&ground.mock, "iam:DeleteInstanceProfile", &[NAME]);
    assert_eq!(message(), None);
    ground.mock.advance(seconds(10));
    assert!(message().unwrap().contains("Invalid IAM Instance Profile name"));
}

// [D] That an instance uses a profile does not keep it.
#[test]
fn a_profile_in_use_may_be_deleted() {
    let ground = Ground::new();
    profile(&ground.mock, "K8sMaster");
    ground.mock.advance(seconds(10));
    ground.running(&[("IamInstanceProfile.Name", "K8sMaster")]);
    accepted(&ground.mock, "iam:RemoveRoleFromInstanceProfile", &BOTH);
    accepted(&ground.mock, "iam:DeleteInstanceProfile", &[NAME]);
}
