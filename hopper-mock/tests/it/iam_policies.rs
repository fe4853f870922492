//! Rules of managed policies, of the account and of AWS.

use hopper_mock::{Mock, Reply};

use crate::support::{ALLOW_ALL, accepted, blockers, made, mock, refused, role};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
const ROLE: (&str, &str) = ("RoleName", "K8sNode");

/// Makes a policy that allows everything and gives its ARN.
#[track_caller]
fn policy(mock: &Mock, name: &str) -> String {
    let params = [("PolicyName", name), ("PolicyDocument", ALLOW_ALL)];
    made(&accepted(mock, "iam:CreatePolicy", &params), "Policy/Arn")
}

#[track_caller]
fn shown(mock: &Mock, arn: &str) -> Reply {
    accepted(mock, "iam:GetPolicy", &[("PolicyArn", arn)])
}

// [D] A policy reads back as it was made; what it says is in its version.
#[test]
fn a_policy_reads_back_as_it_was_made() {
    let mock = mock();
    let params = [
        ("PolicyName", "ecr"),
        ("Path", "/k8s/"),
        ("PolicyDocument", ALLOW_ALL),
        ("Description", "pull"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ];
    let arn = made(&accepted(&mock, "iam:CreatePolicy", &params), "Policy/Arn");
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/k8s/ecr");
    let reply = shown(&mock, &arn);
    for (path, expected) in [
        ("PolicyName", "ecr"),
        ("Path", "/k8s/"),
        ("DefaultVersionId", "v1"),
        ("AttachmentCount", "0"),
        ("IsAttachable", "true"),
        ("Description", "pull"),
        ("Tags/0/Value", "b"),
    ] {
        assert_eq!(reply.text(&format!("Policy/{path}")), Some(expected), "{path}");
    }
    assert!(reply.text("Policy/PolicyId").unwrap().starts_with("ANPA"));
    let version = [("PolicyArn", arn.as_str()), ("VersionId", "v1")];
    let version = accepted(&mock, "iam:GetPolicyVersion", &version);
    let document = version.text("PolicyVersion/Document").unwrap();
    assert!(document.contains("%22Action%22%3A%22%2A%22"), "{document}");
    let left: Vec<_> = mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert_eq!(left, [format!("policy {arn}")]);
}

// [D] Names are unique in the account, whatever the path and case; the document is checked.
#[test]
fn a_wrong_policy_is_refused() {
    let mock = mock();
    policy(&mock, "ecr");
    let create = |name, path, document, code| {
        let params = [("PolicyName", name), ("Path", path), ("PolicyDocument", document)];
        refused(&mock, "iam:CreatePolicy", &params, code);
    };
    create("ecr", "/", ALLOW_ALL, "EntityAlreadyExists/409");
    create("ECR", "/x/", ALLOW_ALL, "EntityAlreadyExists/409");
    create("a b", "/", ALLOW_ALL, "ValidationError/400");
    create("x", "x", ALLOW_ALL, "ValidationError/400");
    create("x", "/", "{}", "MalformedPolicyDocument/400");
    let long =
        ALLOW_ALL.replace("\"Action\":\"*\"", &format!("\"Action\":\"s3:{}\"", "x".repeat(6144)));
    create("x", "/", &long, "LimitExceeded/409");
}

// [D] Policies of AWS are in every account, with their documents, and nobody's to change.
#[test]
fn policies_of_aws_are_there() {
    let mock = mock();
    for name in [
        "AdministratorAccess",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKS_CNI_Policy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonSSMManagedInstanceCore",
        "AmazonEC2ReadOnlyAccess",
        "service-role/AmazonEBSCSIDriverPolicy",
    ] {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let reply = shown(&mock, &arn);
        let version = reply.text("Policy/DefaultVersionId").unwrap();
        let version = [("PolicyArn", arn.as_str()), ("VersionId", version)];
        let version = accepted(&mock, "iam:GetPolicyVersion", &version);
        assert!(version.text("PolicyVersion/Document").unwrap().contains("2012-10-17"));
    }
    let one = [("PolicyArn", READ_ONLY)];
    refused(&mock, "iam:DeletePolicy", &one, "AccessDenied/403");
    let version = [one[0], ("PolicyDocument", ALLOW_ALL)];
    refused(&mock, "iam:CreatePolicyVersion", &version, "AccessDenied/403");
    let listed = accepted(&mock, "iam:ListPolicies", &[("Scope", "AWS")]);
    assert!(listed.texts("Policies/*/Arn").contains(&READ_ONLY));
    assert_eq!(accepted(&mock, "iam:ListPolicies", &[("Scope", "Local")]).count("Policies"), 0);
    let attached = [("Scope", "AWS"), ("OnlyAttached", "true")];
    let attached = accepted(&mock, "iam:ListPolicies", &attached);
    assert_eq!(attached.texts("Policies/*/PolicyName"), ["AdministratorAccess"]);
    assert_eq!(mock.world().leftovers(), []);
}

// [D] Attaching twice is one attachment; what is attached keeps role and policy.
#[test]
fn an_attached_policy_keeps_and_is_kept() {
    let mock = mock();
    let fresh = mock.world();
    role(&mock, "K8sNode");
    let arn = policy(&mock, "cni");
    for arn in [READ_ONLY, READ_ONLY, &arn] {
        accepted(&mock, "iam:AttachRolePolicy", &[ROLE, ("PolicyArn", arn)]);
    }
    let listed = accepted(&mock, "iam:ListAttachedRolePolicies", &[ROLE]);
    let names = listed.texts("AttachedPolicies/*/PolicyName");
    assert_eq!(names, ["cni", "AmazonEC2ContainerRegistryReadOnly"]);
    assert_eq!(shown(&mock, &arn).text("Policy/AttachmentCount"), Some("1"));
    let entities = accepted(&mock, "iam:ListEntitiesForPolicy", &[("PolicyArn", &arn)]);
    assert_eq!(entities.texts("PolicyRoles/*/RoleName"), ["K8sNode"]);
    assert_eq!(entities.count("PolicyUsers"), 0);

    assert_eq!(blockers(&mock, "iam:DeletePolicy", &[("PolicyArn", &arn)]), ["K8sNode"]);
    refused(&mock, "iam:DeletePolicy", &[("PolicyArn", &arn)], "DeleteConflict/409");
    let reply = mock.call("iam:DeleteRole", &[ROLE]);
    let error = reply.error().unwrap();
    assert_eq!(error.message, "Cannot delete entity, must detach all policies first.");
    assert_eq!(error.blockers.len(), 2);
    for arn in [READ_ONLY, &arn] {
        let params = [ROLE, ("PolicyArn", arn)];
        accepted(&mock, "iam:DetachRolePolicy", &params);
        refused(&mock, "iam:DetachRolePolicy", &params, "NoSuchEntity/404");
    }
    accepted(&mock, "iam:DeletePolicy", &[("PolicyArn", &arn)]);
    refused(&mock, "iam:DeletePolicy", &[("PolicyArn", &arn)], "NoSuchEntity/404");
    accepted(&mock, "iam:DeleteRole", &[ROLE]);
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
}

// [D] What is not there cannot be attached, nor to what is not there.
#[test]
fn an_unknown_policy_is_refused() {
    let mock = mock();
    role(&mock, "K8sNode");
    let attach = |role, arn, code| {
        let params = [("RoleName", role), ("PolicyArn", arn)];
        refused(&mock, "iam:AttachRolePolicy", &params, code);
    };
    attach("K8sNode", "arn:aws:iam::aws:policy/NoSuchPolicy", "NoSuchEntity/404");
    attach("K8sNode", "arn:aws:iam::123456789012:policy/mine", "NoSuchEntity/404");
    attach("K8sNode", "AmazonEC2ReadOnlyAccess", "InvalidInput/400");
    attach("K8sNode", "short", "ValidationError/400");
    attach("nobody", READ_ONLY, "NoSuchEntity/404");
    // [O] Policies of services' own roles are for those roles alone.
    let of_service = "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy";
    attach("K8sNode", of_service, "PolicyNotAttachable/400");
}

// [D] 10 policies on a role.
#[test]
fn the_eleventh_policy_is_refused() {
    let mock = mock();
    role(&mock, "K8sNode");
    for n in 0..10 {
        let arn = policy(&mock, &format!("p{n}"));
        accepted(&mock, "iam:AttachRolePolicy", &[ROLE, ("PolicyArn", &arn)]);
    }
    let params = [ROLE, ("PolicyArn", READ_ONLY)];
    refused(&mock, "iam:AttachRolePolicy", &params, "LimitExceeded/409");
}

// [D] Five versions; numbers are not used again; the one in force cannot be deleted, and the
// others keep the policy.
#[test]
fn versions_follow_each_other() {
    let mock = mock();
    let arn = policy(&mock, "cni");
    let create = [("PolicyArn", arn.as_str()), ("PolicyDocument", ALLOW_ALL)];
    let one = |version| [("PolicyArn", arn.as_str()), ("VersionId", version)];
    for n in 2..=5 {
        let reply = accepted(&mock, "iam:CreatePolicyVersion", &create);
        let version = format!("v{n}");
        assert_eq!(reply.text("PolicyVersion/VersionId"), Some(version.as_str()));
        assert_eq!(reply.text("PolicyVersion/IsDefaultVersion"), Some("false"));
    }
    refused(&mock, "iam:CreatePolicyVersion", &create, "LimitExceeded/409");
    refused(&mock, "iam:DeletePolicy", &create[..1], "DeleteConflict/409");
    refused(&mock, "iam:DeletePolicyVersion", &one("v1"), "DeleteConflict/409");
    accepted(&mock, "iam:DeletePolicyVersion", &one("v5"));
    let params = [create[0], create[1], ("SetAsDefault", "true")];
    let reply = accepted(&mock, "iam:CreatePolicyVersion", &params);
    assert_eq!(reply.text("PolicyVersion/VersionId"), Some("v6"));
    let listed = accepted(&mock, "iam:ListPolicyVersions", &create[..1]);
    assert_eq!(listed.texts("Versions/*/VersionId"), ["v1", "v2", "v3", "v4", "v6"]);
    accepted(&mock, "iam:SetDefaultPolicyVersion", &one("v2"));
    assert_eq!(shown(&mock, &arn).text("Policy/DefaultVersionId"), Some("v2"));
    refused(&mock, "iam:GetPolicyVersion", &one("v5"), "NoSuchEntity/404");
    refused(&mock, "iam:GetPolicyVersion", &one("5"), "ValidationError/400");
    for version in ["v1", "v3", "v4", "v6"] {
        accepted(&mock, "iam:DeletePolicyVersion", &one(version));
    }
    accepted(&mock, "iam:DeletePolicy", &create[..1]);
}
