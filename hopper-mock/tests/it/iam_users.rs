//! Rules of users, their keys and their logins.

use crate::support::{accepted, made, mock, refused, role};

const NAME: (&str, &str) = ("UserName", "k8s");
const ADMIN: (&str, &str) = ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");

// [D] Without a name it is about the caller.
#[test]
fn the_caller_is_a_user() {
    let mock = mock();
    let caller = accepted(&mock, "sts:GetCallerIdentity", &[]);
    let user = accepted(&mock, "iam:GetUser", &[]);
    assert_eq!(user.text("User/Arn"), caller.text("Arn"));
    assert_eq!(user.text("User/UserId"), caller.text("UserId"));
    let named = accepted(&mock, "iam:GetUser", &[("UserName", "hopper")]);
    assert_eq!(named.text("User/UserId"), caller.text("UserId"));
    let attached = accepted(&mock, "iam:ListAttachedUserPolicies", &[("UserName", "hopper")]);
    assert_eq!(attached.texts("AttachedPolicies/*/PolicyArn"), [ADMIN.1]);
}

// [D] Names, and that they are unique whatever their case.
#[test]
fn a_user_reads_back_as_it_was_made() {
    let mock = mock();
    let made = accepted(&mock, "iam:CreateUser", &[NAME, ("Path", "/ops/")]);
    assert!(made.text("User/UserId").unwrap().starts_with("AIDA"));
    let shown = accepted(&mock, "iam:GetUser", &[NAME]);
    assert_eq!(shown.text("User/Arn"), Some("arn:aws:iam::123456789012:user/ops/k8s"));
    refused(&mock, "iam:CreateUser", &[("UserName", "K8S")], "EntityAlreadyExists/409");
    refused(&mock, "iam:CreateUser", &[("UserName", "hopper")], "EntityAlreadyExists/409");
    refused(&mock, "iam:CreateUser", &[("UserName", "a/b")], "ValidationError/400");
    let long = "x".repeat(65);
    refused(&mock, "iam:CreateUser", &[("UserName", &long)], "ValidationError/400");
    refused(&mock, "iam:GetUser", &[("UserName", "nobody")], "NoSuchEntity/404");
    let listed = accepted(&mock, "iam:ListUsers", &[]);
    assert_eq!(listed.texts("Users/*/UserName"), ["hopper", "k8s"]);
    let left: Vec<_> = mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert_eq!(left, ["user k8s"]);
}

// [D] Policies, keys and a login keep their user.
#[test]
fn what_a_user_has_keeps_it() {
    let mock = mock();
    let fresh = mock.world();
    accepted(&mock, "iam:CreateUser", &[NAME]);
    accepted(&mock, "iam:AttachUserPolicy", &[NAME, ADMIN]);
    let key = made(&accepted(&mock, "iam:CreateAccessKey", &[NAME]), "AccessKey/AccessKeyId");
    accepted(&mock, "iam:CreateLoginProfile", &[NAME, ("Password", "Kubernetes-1")]);
    for (operation, params) in [
        ("iam:DetachUserPolicy", vec![NAME, ADMIN]),
        ("iam:DeleteAccessKey", vec![NAME, ("AccessKeyId", &key)]),
        ("iam:DeleteLoginProfile", vec![NAME]),
    ] {
        refused(&mock, "iam:DeleteUser", &[NAME], "DeleteConflict/409");
        accepted(&mock, operation, &params);
        refused(&mock, operation, &params, "NoSuchEntity/404");
    }
    accepted(&mock, "iam:DeleteUser", &[NAME]);
    refused(&mock, "iam:DeleteUser", &[NAME], "NoSuchEntity/404");
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
}

// [D] Two keys a user; the secret is shown once and not kept.
#[test]
fn a_user_has_two_access_keys() {
    let mock = mock();
    accepted(&mock, "iam:CreateUser", &[NAME]);
    let reply = accepted(&mock, "iam:CreateAccessKey", &[NAME]);
    let (id, secret) =
        (made(&reply, "AccessKey/AccessKeyId"), made(&reply, "AccessKey/SecretAccessKey"));
    assert!(id.starts_with("AKIA") && id.len() == 20, "{id}");
    assert_eq!(secret.len(), 40);
    assert_eq!(reply.text("AccessKey/Status"), Some("Active"));
    let listed = accepted(&mock, "iam:ListAccessKeys", &[NAME]);
    assert_eq!(listed.texts("AccessKeyMetadata/*/AccessKeyId"), [id]);
    let kept = serde_json::to_string(&mock.world()).unwrap();
    for text in [listed.body, kept, format!("{reply:?}"), mock.calls().to_string()] {
        assert!(!text.contains(&secret), "{text}");
    }
    accepted(&mock, "iam:CreateAccessKey", &[NAME]);
    refused(&mock, "iam:CreateAccessKey", &[NAME], "LimitExceeded/409");
    // Without a name it is the caller's.
    accepted(&mock, "iam:CreateAccessKey", &[]);
    assert_eq!(accepted(&mock, "iam:ListAccessKeys", &[]).count("AccessKeyMetadata"), 1);
    assert!(mock.world().leftovers().iter().any(|left| left.id == "hopper"));
}

// [D] One login a user, with a password that fits the default policy.
#[test]
fn a_login_needs_a_good_password() {
    let mock = mock();
    accepted(&mock, "iam:CreateUser", &[NAME]);
    let create = |password, code| {
        refused(&mock, "iam:CreateLoginProfile", &[NAME, ("Password", password)], code);
    };
    for weak in ["Ab1-", "abcdefgh", "abcdefg1", "ABCD1234"] {
        create(weak, "PasswordPolicyViolation/400");
    }
    let params = [NAME, ("Password", "Kubernetes1"), ("PasswordResetRequired", "true")];
    let reply = accepted(&mock, "iam:CreateLoginProfile", &params);
    assert_eq!(reply.text("LoginProfile/PasswordResetRequired"), Some("true"));
    create("Kubernetes1", "EntityAlreadyExists/409");
    accepted(&mock, "iam:GetLoginProfile", &[NAME]);
    let unknown = [("UserName", "nobody"), ("Password", "Kubernetes1")];
    refused(&mock, "iam:CreateLoginProfile", &unknown, "NoSuchEntity/404");
    let kept = serde_json::to_string(&mock.world()).unwrap();
    assert!(!kept.contains("Kubernetes1") && !mock.calls().to_string().contains("Kubernetes1"));
}

// [D] The account tells how much of everything there is.
#[test]
fn the_account_counts() {
    let mock = mock();
    role(&mock, "K8sMaster");
    let summary = accepted(&mock, "iam:GetAccountSummary", &[]);
    let entry = |key: &str| format!("<entry><key>{key}</key><value>");
    for (key, value) in
        [("Roles", 1), ("Users", 1), ("RolesQuota", 1000), ("PolicySizeQuota", 6144)]
    {
        let expected = format!("{}{value}</value></entry>", entry(key));
        assert!(summary.body.contains(&expected), "{expected} in {}", summary.body);
    }
}
