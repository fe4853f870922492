//! Rules of roles and their inline policies.

use hopper_mock::{Bucket, Mock, Quotas, Service, Throttling};

use crate::support::{ALLOW_ALL, TRUST, accepted, blockers, mock, refused, role, seconds};

const NAME: (&str, &str) = ("RoleName", "K8sMaster");

fn put<'a>(name: &'a str, document: &'a str) -> [(&'a str, &'a str); 3] {
    [NAME, ("PolicyName", name), ("PolicyDocument", document)]
}

// [D] A role reads back as it was made; its policy is URL-encoded; lists leave out tags.
#[test]
fn a_role_reads_back_as_it_was_made() {
    let mock = mock();
    let params = [
        NAME,
        ("AssumeRolePolicyDocument", TRUST),
        ("Path", "/k8s/"),
        ("Description", "for the master"),
        ("MaxSessionDuration", "7200"),
        ("Tags.member.1.Key", "Name"),
        ("Tags.member.1.Value", "master"),
    ];
    let made = accepted(&mock, "iam:CreateRole", &params);
    let shown = accepted(&mock, "iam:GetRole", &[NAME]);
    for reply in [&made, &shown] {
        for (path, expected) in [
            ("RoleName", "K8sMaster"),
            ("Path", "/k8s/"),
            ("Arn", "arn:aws:iam::123456789012:role/k8s/K8sMaster"),
            ("CreateDate", "2026-01-01T00:00:00.000Z"),
            ("Description", "for the master"),
            ("MaxSessionDuration", "7200"),
            ("Tags/0/Key", "Name"),
            ("Tags/0/Value", "master"),
        ] {
            assert_eq!(reply.text(&format!("Role/{path}")), Some(expected), "{path}");
        }
        let document = reply.text("Role/AssumeRolePolicyDocument").unwrap();
        assert!(document.starts_with("%7B%22Version%22%3A%222012-10-17%22%2C"), "{document}");
    }
    assert!(shown.body.contains("<Tags><member><Key>Name</Key><Value>master</Value></member>"));
    let id = made.text("Role/RoleId").unwrap();
    assert!(id.starts_with("AROA") && id.len() == 21, "{id}");
    let listed = accepted(&mock, "iam:ListRoles", &[("PathPrefix", "/k8s/")]);
    assert_eq!(listed.texts("Roles/*/RoleName"), ["K8sMaster"]);
    assert_eq!(listed.count("Roles/0/Tags"), 0);
    assert_eq!(accepted(&mock, "iam:ListRoles", &[("PathPrefix", "/x")]).count("Roles"), 0);
}

// [D] What IAM's model says of names, paths, descriptions and sessions.
#[test]
fn a_malformed_request_is_refused() {
    let mock = mock();
    let long = "x".repeat(65);
    let text = "x".repeat(1001);
    for (name, value) in [
        ("RoleName", "a b"),
        ("RoleName", ""),
        ("RoleName", &long),
        ("Path", "k8s/"),
        ("Path", "/k8s"),
        ("Path", "/a b/"),
        ("Description", &text),
        ("Description", "\u{20ac}"),
        ("MaxSessionDuration", "3599"),
        ("MaxSessionDuration", "43201"),
        ("MaxSessionDuration", "long"),
        ("Tags.member.1.Value", "no key"),
    ] {
        let mut params = vec![NAME, ("AssumeRolePolicyDocument", TRUST)];
        params.retain(|(known, _)| *known != name);
        params.push((name, value));
        refused(&mock, "iam:CreateRole", &params, "ValidationError/400");
    }
    refused(&mock, "iam:CreateRole", &[NAME], "ValidationError/400");
    let unknown = [NAME, ("AssumeRolePolicyDocument", TRUST), ("Colour", "red")];
    refused(&mock, "iam:CreateRole", &unknown, "UnknownParameter/400");
    assert!(mock.world().iam.roles.is_empty());
}

// [D] Names are unique in the account, whatever their case and path.
#[test]
fn a_name_is_taken_once() {
    let mock = mock();
    role(&mock, "K8sMaster");
    for name in ["K8sMaster", "k8smaster"] {
        let params = [("RoleName", name), ("AssumeRolePolicyDocument", TRUST), ("Path", "/x/")];
        refused(&mock, "iam:CreateRole", &params, "EntityAlreadyExists/409");
    }
    refused(&mock, "iam:GetRole", &[("RoleName", "nobody")], "NoSuchEntity/404");
}

// [D] Who may assume a role is told by a policy with principals and STS's actions alone.
#[test]
fn a_malformed_trust_policy_is_refused() {
    let mock = mock();
    let statement =
        |fields: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{{fields}}}]}}"#);
    let service = r#""Principal":{"Service":"ec2.amazonaws.com"}"#;
    let assume = r#""Action":"sts:AssumeRole""#;
    let allow = r#""Effect":"Allow""#;
    for document in [
        "{".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"Version":"2012-10-17"}"#.to_owned(),
        r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
        TRUST.replace("2012-10-17", "2012-10-18"),
        TRUST.replace("Statement", "Statements"),
        statement(&format!("{service},{assume}")),
        statement(&format!(r#""Effect":"allow",{service},{assume}"#)),
        statement(&format!("{allow},{assume}")),
        statement(&format!("{allow},{service}")),
        statement(&format!(r#"{allow},{service},"Action":"ec2:RunInstances""#)),
        statement(&format!(r#"{allow},{service},"Action":"*""#)),
        statement(&format!(r#"{allow},{service},{assume},"Resource":"*""#)),
        statement(&format!(r#"{allow},{service},{assume},"Condition":{{"Likes":{{"a":"b"}}}}"#)),
        statement(&format!(r#"{allow},{assume},"Principal":{{"Service":"ec2.example.com"}}"#)),
        statement(&format!(r#"{allow},{assume},"Principal":{{"AWS":"12345678901"}}"#)),
        statement(&format!(r#"{allow},{assume},"Principal":{{"Robot":"x"}}"#)),
    ] {
        let params = [NAME, ("AssumeRolePolicyDocument", document.as_str())];
        refused(&mock, "iam:CreateRole", &params, "MalformedPolicyDocument/400");
    }
    let wide = statement(&format!(
        r#""Sid":"a b",{allow},"Principal":
             {{"AWS":["*","123456789012"],"Service":"ec2.amazonaws.com"}},
           "Action":["sts:AssumeRole","sts:TagSession"],
           "Condition":{{"StringEqualsIfExists":{{"aws:SourceAccount":"123456789012"}}}}"#
    ));
    accepted(&mock, "iam:CreateRole", &[NAME, ("AssumeRolePolicyDocument", &wide)]);
}

// [O] A principal of the own account must exist.
#[test]
fn a_trusted_role_must_exist() {
    let mock = mock();
    let arn = "arn:aws:iam::123456789012:role/K8sMaster";
    let document = TRUST.replace(r#""Service":"ec2.amazonaws.com""#, &format!(r#""AWS":"{arn}""#));
    let params = [("RoleName", "Pod"), ("AssumeRolePolicyDocument", document.as_str())];
    let reply = mock.call("iam:CreateRole", &params);
    let why = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
    assert_eq!(reply.error().map(|error| error.message.clone()), Some(why));
    role(&mock, "K8sMaster");
    accepted(&mock, "iam:CreateRole", &params);
}

// [D] What may be done is told by a policy with actions and resources, without principals.
#[test]
fn a_malformed_policy_is_refused() {
    let mock = mock();
    role(&mock, "K8sMaster");
    for (wrong, right) in [
        (r#""Principal":"*","Action""#, r#""Action""#),
        (r#""Effect":"Maybe""#, r#""Effect":"Allow""#),
        (r#""Action":"RunInstances""#, r#""Action":"*""#),
        (r#""Action":"ec2:""#, r#""Action":"*""#),
        (r#""Action":"e c2:Run""#, r#""Action":"*""#),
        (r#""Action":[]"#, r#""Action":"*""#),
        (r#""Action":"*","NotAction":"s3:*""#, r#""Action":"*""#),
        (r#""Resource":"i-1""#, r#""Resource":"*""#),
        (r#""Color":"*""#, r#""Resource":"*""#),
        ("2016-11-15", "2012-10-17"),
        ("", "}"),
    ] {
        let document = ALLOW_ALL.replacen(right, wrong, 1);
        let params = put("p", &document);
        refused(&mock, "iam:PutRolePolicy", &params, "MalformedPolicyDocument/400");
    }
    let one = r#"{"Sid":"one","Effect":"Allow","Action":"*","Resource":"*"}"#;
    let twice = format!(r#"{{"Version":"2012-10-17","Statement":[{one},{one}]}}"#);
    refused(&mock, "iam:PutRolePolicy", &put("p", &twice), "MalformedPolicyDocument/400");
    refused(&mock, "iam:PutRolePolicy", &put("p", ""), "ValidationError/400");
    refused(&mock, "iam:PutRolePolicy", &put("a b", ALLOW_ALL), "ValidationError/400");
    let missing = [("RoleName", "nobody"), ("PolicyName", "p"), ("PolicyDocument", ALLOW_ALL)];
    refused(&mock, "iam:PutRolePolicy", &missing, "NoSuchEntity/404");
    let older = r#"{"Version":"2008-10-17","Id":"x","Statement":{"Effect":"Deny","NotAction":
        ["ec2:*","s3:Get*"],"NotResource":["arn:aws:s3:::a/*"]}}"#;
    accepted(&mock, "iam:PutRolePolicy", &put("p", older));
}

// [D] A policy put again takes the place of the first.
#[test]
fn putting_a_policy_again_replaces_it() {
    let mock = mock();
    role(&mock, "K8sMaster");
    accepted(&mock, "iam:PutRolePolicy", &put("ecr", ALLOW_ALL));
    let read_only = ALLOW_ALL.replace(r#""Action":"*""#, r#""Action":"ecr:Get*""#);
    accepted(&mock, "iam:PutRolePolicy", &put("ecr", &read_only));
    let one = [NAME, ("PolicyName", "ecr")];
    let shown = accepted(&mock, "iam:GetRolePolicy", &one);
    assert!(shown.text("PolicyDocument").unwrap().contains("ecr%3AGet%2A"));
    assert_eq!(
        (shown.text("RoleName"), shown.text("PolicyName")),
        (Some("K8sMaster"), Some("ecr"))
    );
    let listed = accepted(&mock, "iam:ListRolePolicies", &[NAME]);
    assert_eq!(listed.texts("PolicyNames/*"), ["ecr"]);
    assert_eq!(listed.text("IsTruncated"), Some("false"));
    accepted(&mock, "iam:DeleteRolePolicy", &one);
    refused(&mock, "iam:DeleteRolePolicy", &one, "NoSuchEntity/404");
    refused(&mock, "iam:GetRolePolicy", &one, "NoSuchEntity/404");
}

// [D] 10,240 characters for all inline policies of a role together, without white space.
#[test]
fn inline_policies_share_a_quota() {
    let mock = mock();
    role(&mock, "K8sMaster");
    let document = |length: usize| {
        let bare = ALLOW_ALL.len() + r#","Id":"""#.len();
        let padding = "x".repeat(length - bare);
        ALLOW_ALL.replace("\"2012-10-17\"", &format!("\"2012-10-17\",\"Id\":\"{padding}\""))
    };
    let spaced = document(5000).replace(',', ",\n      ");
    accepted(&mock, "iam:PutRolePolicy", &put("a", &spaced));
    refused(&mock, "iam:PutRolePolicy", &put("b", &document(5241)), "LimitExceeded/409");
    accepted(&mock, "iam:PutRolePolicy", &put("b", &document(5240)));
    refused(&mock, "iam:PutRolePolicy", &put("c", ALLOW_ALL), "LimitExceeded/409");
    accepted(&mock, "iam:PutRolePolicy", &put("b", &document(5000)));
}

// [D] A trust policy has 2,048 characters at most.
#[test]
fn a_trust_policy_has_a_quota() {
    let mock = mock();
    let long = TRUST.replace("\"Effect\"", &format!("\"Sid\":\"{}\",\"Effect\"", "x".repeat(2000)));
    let params = [NAME, ("AssumeRolePolicyDocument", long.as_str())];
    refused(&mock, "iam:CreateRole", &params, "LimitExceeded/409");
}

// [D] A role with inline policies cannot be deleted, and the refusal knows which.
#[test]
fn policies_keep_their_role() {
    let mock = mock();
    role(&mock, "K8sMaster");
    accepted(&mock, "iam:PutRolePolicy", &put("ecr", ALLOW_ALL));
    assert_eq!(blockers(&mock, "iam:DeleteRole", &[NAME]), ["ecr"]);
    let reply = mock.call("iam:DeleteRole", &[NAME]);
    let error = reply.error().unwrap();
    assert_eq!((error.code.as_str(), error.status), ("DeleteConflict", 409));
    assert_eq!(error.message, "Cannot delete entity, must delete policies first.");
    accepted(&mock, "iam:DeleteRolePolicy", &[NAME, ("PolicyName", "ecr")]);
    accepted(&mock, "iam:DeleteRole", &[NAME]);
    refused(&mock, "iam:DeleteRole", &[NAME], "NoSuchEntity/404");
}

// [D] 1,000 roles, or what the settings say.
#[test]
fn roles_have_a_quota() {
    let quotas = Quotas { roles: 2, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    role(&mock, "a");
    role(&mock, "b");
    let params = [("RoleName", "c"), ("AssumeRolePolicyDocument", TRUST)];
    refused(&mock, "iam:CreateRole", &params, "LimitExceeded/409");
    accepted(&mock, "iam:DeleteRole", &[("RoleName", "a")]);
    accepted(&mock, "iam:CreateRole", &params);
}

// [D] Lists come in pages, in the order of names.
#[test]
fn lists_come_in_pages() {
    let mock = mock();
    for name in ["c", "a", "e", "b", "d"] {
        role(&mock, name);
    }
    let (mut seen, mut marker, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let mut params = vec![("MaxItems", "2")];
        params.extend(marker.iter().map(|marker| ("Marker", marker.as_str())));
        let reply = accepted(&mock, "iam:ListRoles", &params);
        seen.extend(reply.texts("Roles/*/RoleName").into_iter().map(str::to_owned));
        pages += 1;
        marker = reply.text("Marker").map(str::to_owned);
        assert_eq!(
            reply.text("IsTruncated"),
            Some(if marker.is_some() { "true" } else { "false" })
        );
        if marker.is_none() {
            break;
        }
    }
    assert_eq!((seen, pages), (["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(), 3));
    refused(&mock, "iam:ListRoles", &[("MaxItems", "0")], "ValidationError/400");
    refused(&mock, "iam:ListRoles", &[("MaxItems", "1001")], "ValidationError/400");
    refused(&mock, "iam:ListRoles", &[("Marker", "%")], "ValidationError/400");
}

// [U] IAM publishes no numbers: one bucket an operation, if the settings have one.
#[test]
fn iam_throttles_if_it_shall() {
    let others = Some(Bucket { capacity: 2, per_second: 1 });
    let mock = Mock::builder().throttling(Throttling { others, ..Throttling::off() }).build();
    let get = || mock.call("iam:GetRole", &[NAME]);
    assert_eq!([get().code(), get().code()], [Some("NoSuchEntity"); 2]);
    let error = get().error().cloned().unwrap();
    assert_eq!(error.to_string(), "Throttling: Rate exceeded");
    assert_eq!(error.status, 400);
    mock.advance(seconds(1));
    assert_eq!(get().code(), Some("NoSuchEntity"));
}

// [D] Description, session and trust policy can be changed.
#[test]
fn a_role_can_be_changed() {
    let mock = mock();
    role(&mock, "K8sMaster");
    let params = [NAME, ("Description", "new"), ("MaxSessionDuration", "43200")];
    accepted(&mock, "iam:UpdateRole", &params);
    let lambda = TRUST.replace("ec2.", "lambda.");
    accepted(&mock, "iam:UpdateAssumeRolePolicy", &[NAME, ("PolicyDocument", &lambda)]);
    let shown = accepted(&mock, "iam:GetRole", &[NAME]);
    assert_eq!(shown.text("Role/Description"), Some("new"));
    assert_eq!(shown.text("Role/MaxSessionDuration"), Some("43200"));
    assert!(shown.text("Role/AssumeRolePolicyDocument").unwrap().contains("lambda.amazonaws.com"));
    let wrong = [NAME, ("PolicyDocument", ALLOW_ALL)];
    refused(&mock, "iam:UpdateAssumeRolePolicy", &wrong, "MalformedPolicyDocument/400");
    refused(&mock, "iam:UpdateRole", &[NAME, ("MaxSessionDuration", "1")], "ValidationError/400");
    refused(&mock, "iam:UpdateRole", &[("RoleName", "nobody")], "NoSuchEntity/404");
}

// [D] The query protocol: version and credential scope of IAM, its namespace, its errors.
#[test]
fn iam_speaks_the_query_protocol() {
    let found = Service::find(Some("2010-05-08"), Some("iam"));
    assert_eq!(found, Some(Service::Iam));
    let mock = mock();
    let reply = mock.call("iam:GetRole", &[NAME]);
    assert!(reply.body.starts_with("<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity"));
    role(&mock, "K8sMaster");
    let reply = accepted(&mock, "iam:GetRole", &[NAME]);
    let namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
    let start = format!("<GetRoleResponse xmlns=\"{namespace}\"><GetRoleResult><Role>");
    assert!(reply.body.starts_with(&start), "{}", reply.body);
}
