//! Rules of Systems Manager's Parameter Store.

use hopper_mock::{Mock, Quotas};

use crate::ground::image;
use crate::support::{accepted, blockers, mock, refused, seconds};

fn canonical(release: &str, architecture: &str, disk: &str) -> String {
    format!(
        "/aws/service/canonical/ubuntu/server/{release}/stable/current/{architecture}/hvm/{disk}\
         /ami-id"
    )
}

fn value(mock: &Mock, name: &str) -> String {
    let params = [("Name", name), ("WithDecryption", "true")];
    accepted(mock, "ssm:GetParameter", &params).text("Parameter/Value").unwrap().to_owned()
}

fn put(mock: &Mock, name: &str, value: &str, more: &[(&str, &str)]) -> Option<String> {
    let params = [&[("Name", name), ("Value", value)], more].concat();
    accepted(mock, "ssm:PutParameter", &params).text("Version").map(str::to_owned)
}

const PLAIN: &[(&str, &str)] = &[("Type", "String")];
const SECURE: &[(&str, &str)] = &[("Type", "SecureString")];

// [D] Canonical's parameters name the newest image of a release.
#[test]
fn the_newest_ubuntu_is_found() {
    let mock = mock();
    let noble = image(&mock, "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*");
    assert_eq!(value(&mock, &canonical("24.04", "amd64", "ebs-gp3")), noble);
    let xenial = image(&mock, "*hvm-ssd/ubuntu-xenial-16.04*");
    assert_eq!(value(&mock, &canonical("16.04", "amd64", "ebs-gp2")), xenial);
    for (release, architecture, disk) in [
        ("16.04", "arm64", "ebs-gp2"),
        ("22.04", "amd64", "ebs-gp2"),
        ("22.04", "arm64", "ebs-gp2"),
        ("24.04", "arm64", "ebs-gp3"),
    ] {
        let id = value(&mock, &canonical(release, architecture, disk));
        let image = &mock.world().ec2.images[&id];
        assert!(
            image.name.contains(release) && image.name.contains(architecture),
            "{}",
            image.name
        );
        let expected = if architecture == "amd64" { "x86_64" } else { architecture };
        assert_eq!(image.architecture, expected);
    }
    assert!(mock.world().leftovers().is_empty());
}

// [D] A release is published on one kind of disk only.
#[test]
fn what_is_not_published_is_not_found() {
    let mock = mock();
    for name in [
        canonical("24.04", "amd64", "ebs-gp2"),
        canonical("16.04", "amd64", "ebs-gp3"),
        canonical("24.04", "riscv64", "ebs-gp3"),
        "/aws/service/ami-amazon-linux-latest/al3000".to_owned(),
    ] {
        refused(&mock, "ssm:GetParameter", &[("Name", &name)], "ParameterNotFound/400");
    }
}

// [D] Amazon's own, as the guide shows them.
#[test]
fn amazon_linux_is_found() {
    let mock = mock();
    for architecture in ["x86_64", "arm64"] {
        let name = format!(
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
        );
        let reply = accepted(&mock, "ssm:GetParameter", &[("Name", &name)]);
        let id = reply.text("Parameter/Value").unwrap();
        assert_eq!(mock.world().ec2.images[id].architecture, architecture);
        let arn = format!("arn:aws:ssm:eu-west-1::parameter{name}");
        for (path, expected) in [("Name", &*name), ("Type", "String"), ("ARN", &arn)] {
            assert_eq!(reply.text(&format!("Parameter/{path}")), Some(expected));
        }
        assert_eq!(reply.text("Parameter/LastModifiedDate"), Some("1740992400.000"));
    }
}

// [U] Each image of a series is a version.
#[test]
fn older_images_are_older_versions() {
    let mock = mock();
    let name = canonical("24.04", "amd64", "ebs-gp3");
    let reply = accepted(&mock, "ssm:GetParameter", &[("Name", &name)]);
    assert_eq!(reply.text("Parameter/Version"), Some("3"));
    let first = format!("{name}:1");
    let reply = accepted(&mock, "ssm:GetParameter", &[("Name", &first)]);
    assert_eq!(reply.text("Parameter/Selector"), Some(":1"));
    let id = reply.text("Parameter/Value").unwrap();
    assert!(mock.world().ec2.images[id].name.ends_with("20240423"));
    for selector in ["0", "4", "newest"] {
        let name = format!("{name}:{selector}");
        refused(&mock, "ssm:GetParameter", &[("Name", &name)], "ParameterVersionNotFound/400");
    }
}

// [D] Names are letters, digits and .-_ in paths that begin with a slash.
#[test]
fn names_are_checked() {
    let mock = mock();
    for name in ["", "a b", "a/b", "/a/", "//a", "/a:", "/a:b c", "/ä", &"x".repeat(1012)] {
        refused(&mock, "ssm:GetParameter", &[("Name", name)], "ValidationException/400");
    }
    refused(&mock, "ssm:GetParameter", &[], "ValidationException/400");
    refused(&mock, "ssm:GetParameter", &[("Colour", "red")], "ValidationException/400");
    for name in ["/aws/own", "awsome", "/ssm/x", "SSMx"] {
        let params = [("Name", name), ("Value", "v"), ("Type", "String")];
        refused(&mock, "ssm:PutParameter", &params, "ValidationException/400");
    }
    let deep = "/x".repeat(16);
    let params = [("Name", deep.as_str()), ("Value", "v"), ("Type", "String")];
    refused(&mock, "ssm:PutParameter", &params, "HierarchyLevelLimitExceededException/400");
}

// [D] A parameter has versions; without Overwrite there is only the first.
#[test]
fn a_parameter_has_versions() {
    let mock = mock();
    assert_eq!(put(&mock, "/hopper/a", "one", PLAIN).as_deref(), Some("1"));
    let again = [("Name", "/hopper/a"), ("Value", "two"), ("Type", "String")];
    refused(&mock, "ssm:PutParameter", &again, "ParameterAlreadyExists/400");
    assert_eq!(blockers(&mock, "ssm:PutParameter", &again), ["/hopper/a"]);
    mock.advance(seconds(5));
    let over = [("Overwrite", "true")];
    assert_eq!(put(&mock, "/hopper/a", "two", &over).as_deref(), Some("2"));
    let reply = accepted(&mock, "ssm:GetParameter", &[("Name", "/hopper/a")]);
    for (path, expected) in [
        ("Value", "two"),
        ("Version", "2"),
        ("LastModifiedDate", "1767225605.000"),
        ("ARN", "arn:aws:ssm:eu-west-1:123456789012:parameter/hopper/a"),
        ("DataType", "text"),
    ] {
        assert_eq!(reply.text(&format!("Parameter/{path}")), Some(expected));
    }
    assert_eq!(value(&mock, "/hopper/a:1"), "one");
    assert_eq!(value(&mock, "arn:aws:ssm:eu-west-1:123456789012:parameter/hopper/a"), "two");
    let third = [("Name", "/hopper/a:3")];
    refused(&mock, "ssm:GetParameter", &third, "ParameterVersionNotFound/400");
    for _ in 3..=101 {
        put(&mock, "/hopper/a", "more", &over);
    }
    let first = [("Name", "/hopper/a:1")];
    refused(&mock, "ssm:GetParameter", &first, "ParameterVersionNotFound/400");
    assert_eq!(value(&mock, "/hopper/a:2"), "two");
    let left: Vec<_> = mock.world().leftovers().iter().map(ToString::to_string).collect();
    assert_eq!(left, ["parameter /hopper/a"]);
}

// [D] A type is needed once and never changes; a key goes with a secret only.
#[test]
fn types_are_checked() {
    let mock = mock();
    let bare = [("Name", "a"), ("Value", "v")];
    refused(&mock, "ssm:PutParameter", &bare, "ValidationException/400");
    let strange = [bare[0], bare[1], ("Type", "Number")];
    refused(&mock, "ssm:PutParameter", &strange, "ValidationException/400");
    let keyed = [bare[0], bare[1], PLAIN[0], ("KeyId", "alias/mine")];
    refused(&mock, "ssm:PutParameter", &keyed, "ValidationException/400");
    put(&mock, "a", "v", PLAIN);
    let changed = [bare[0], bare[1], SECURE[0], ("Overwrite", "true")];
    refused(&mock, "ssm:PutParameter", &changed, "HierarchyTypeMismatchException/400");
}

// [D] 4,096 characters, 8,192 in the advanced tier, from which there is no way back.
#[test]
fn tiers_differ_in_size() {
    let mock = mock();
    let (long, longer) = ("x".repeat(4_097), "x".repeat(8_193));
    let params = [("Name", "a"), ("Value", long.as_str()), PLAIN[0]];
    refused(&mock, "ssm:PutParameter", &params, "ValidationException/400");
    let empty = [("Name", "a"), ("Value", ""), PLAIN[0]];
    refused(&mock, "ssm:PutParameter", &empty, "ValidationException/400");
    let smart = [&params[..], &[("Tier", "Intelligent-Tiering")]].concat();
    let reply = accepted(&mock, "ssm:PutParameter", &smart);
    assert_eq!(reply.text("Tier"), Some("Advanced"));
    let over = [("Name", "a"), ("Overwrite", "true")];
    let back = [&over[..], &[("Value", "v"), ("Tier", "Standard")]].concat();
    refused(&mock, "ssm:PutParameter", &back, "ValidationException/400");
    let more = [&over[..], &[("Value", longer.as_str())]].concat();
    refused(&mock, "ssm:PutParameter", &more, "ValidationException/400");
    assert_eq!(put(&mock, "a", "v", &over[1..]).as_deref(), Some("2"));
}

// [D] A secret is shown to those who ask for it decrypted, and to nobody else.
#[test]
fn a_secret_is_shown_nowhere() {
    let mock = mock();
    let before = mock.world();
    put(&mock, "/hopper/token", "fddaf9.hush", SECURE);
    assert_eq!(value(&mock, "/hopper/token"), "fddaf9.hush");
    let name = [("Name", "/hopper/token")];
    let sealed = accepted(&mock, "ssm:GetParameter", &name);
    assert!(sealed.text("Parameter/Value").unwrap().starts_with("AQICAH"));
    let described = accepted(&mock, "ssm:DescribeParameters", &[]);
    assert_eq!(described.text("Parameters/0/KeyId"), Some("alias/aws/ssm"));
    assert_eq!(described.text("Parameters/0/Version"), Some("1"));
    let params = [name[0], ("WithDecryption", "true")];
    let open = accepted(&mock, "ssm:GetParameter", &params);
    let world = mock.world();
    let calls = mock.calls();
    for shown in [
        world.to_string(),
        format!("{world:?}"),
        world.diff(&before).to_string(),
        serde_json::to_string(&world.diff(&before)).unwrap(),
        calls.to_string(),
        format!("{calls:?}"),
        serde_json::to_string(&calls).unwrap(),
        format!("{open:?}"),
        sealed.body,
        described.body,
    ] {
        assert!(!shown.contains("hush"), "{shown}");
    }
    assert!(open.body.contains("hush"));
    assert!(calls.to_string().contains("Value=<secret>"), "{calls}");
}

// A secret is kept with the world, and forgotten with its parameter.
#[test]
fn a_secret_lives_as_long_as_its_parameter() {
    let mock = mock();
    put(&mock, "a", "hush", SECURE);
    let text = serde_json::to_string(&mock.world()).unwrap();
    let again = Mock::builder().world(serde_json::from_str(&text).unwrap()).build();
    assert_eq!(value(&again, "a"), "hush");
    accepted(&again, "ssm:DeleteParameter", &[("Name", "a")]);
    assert!(!serde_json::to_string(&again.world()).unwrap().contains("hush"));
}

// [D] Ten names at once; those that are unknown are named, not refused.
#[test]
fn several_are_got_and_deleted_at_once() {
    let mock = mock();
    put(&mock, "a", "1", PLAIN);
    put(&mock, "b", "2", PLAIN);
    let names = [("Names.1", "a"), ("Names.2", "c"), ("Names.3", "b:1")];
    let reply = accepted(&mock, "ssm:GetParameters", &names);
    assert_eq!(reply.texts("Parameters/*/Value"), ["1", "2"]);
    assert_eq!(reply.texts("InvalidParameters/*"), ["c"]);
    let twice = [("Names.1", "a"), ("Names.2", "a")];
    refused(&mock, "ssm:GetParameters", &twice, "ValidationException/400");
    refused(&mock, "ssm:GetParameters", &[("Names", "")], "ValidationException/400");
    let names = [("Names.1", "a"), ("Names.2", "c")];
    let reply = accepted(&mock, "ssm:DeleteParameters", &names);
    assert_eq!(reply.texts("DeletedParameters/*"), ["a"]);
    assert_eq!(reply.texts("InvalidParameters/*"), ["c"]);
    refused(&mock, "ssm:DeleteParameter", &[("Name", "a")], "ParameterNotFound/400");
    accepted(&mock, "ssm:DeleteParameter", &[("Name", "b")]);
    assert!(mock.world().leftovers().is_empty());
}

// [D] Tags come with a new parameter or later, and never with Overwrite.
#[test]
fn parameters_have_tags() {
    let mock = mock();
    let tag = [("Tags.1.Key", "hopper:step"), ("Tags.1.Value", "token")];
    put(&mock, "a", "v", &[PLAIN, &tag].concat());
    let over = [&[("Name", "a"), ("Value", "w"), ("Overwrite", "true")], &tag[..]].concat();
    refused(&mock, "ssm:PutParameter", &over, "ValidationException/400");
    let one = [("ResourceType", "Parameter"), ("ResourceId", "a")];
    let more = [&one[..], &[("Tags.1.Key", "Name"), ("Tags.1.Value", "it")]].concat();
    accepted(&mock, "ssm:AddTagsToResource", &more);
    let listed = accepted(&mock, "ssm:ListTagsForResource", &one);
    assert_eq!(listed.texts("TagList/*/Key"), ["Name", "hopper:step"]);
    accepted(
        &mock,
        "ssm:RemoveTagsFromResource",
        &[&one[..], &[("TagKeys.1", "hopper:step")]].concat(),
    );
    assert_eq!(accepted(&mock, "ssm:ListTagsForResource", &one).texts("TagList/*/Key"), ["Name"]);
    assert_eq!(mock.world().leftovers()[0].to_string(), "parameter a (it)");
    // EC2 knows nothing of them.
    assert_eq!(accepted(&mock, "DescribeTags", &[]).count("tagSet"), 0);
    let unknown = [("ResourceType", "Parameter"), ("ResourceId", "b")];
    refused(&mock, "ssm:ListTagsForResource", &unknown, "InvalidResourceId/400");
    let other = [("ResourceType", "Document"), ("ResourceId", "a")];
    refused(&mock, "ssm:ListTagsForResource", &other, "InvalidResourceType/400");
}

// [D] Filters by name, type and tag, in pages.
#[test]
fn parameters_are_listed() {
    let mock = mock();
    for name in ["/hopper/a", "/hopper/b", "/other"] {
        put(&mock, name, "v", PLAIN);
    }
    let names = |params: &[(&str, &str)]| {
        let reply = accepted(&mock, "ssm:DescribeParameters", params);
        reply.texts("Parameters/*/Name").join(" ")
    };
    let filter = |key: &'static str, option: &'static str, value: &'static str| {
        [
            ("ParameterFilters.1.Key", key),
            ("ParameterFilters.1.Option", option),
            ("ParameterFilters.1.Values.1", value),
        ]
    };
    assert_eq!(names(&filter("Name", "BeginsWith", "/hopper/")), "/hopper/a /hopper/b");
    assert_eq!(names(&filter("Name", "Equals", "/other")), "/other");
    assert_eq!(names(&filter("Type", "Equals", "SecureString")), "");
    assert_eq!(names(&filter("tag:Name", "Equals", "it")), "");
    let first = accepted(&mock, "ssm:DescribeParameters", &[("MaxResults", "2")]);
    let token = first.text("NextToken").unwrap();
    assert_eq!(names(&[("MaxResults", "2"), ("NextToken", token)]), "/other");
    for (params, code) in [
        (filter("Colour", "Equals", "red"), "InvalidFilterKey/400"),
        (filter("Type", "BeginsWith", "S"), "InvalidFilterOption/400"),
    ] {
        refused(&mock, "ssm:DescribeParameters", &params, code);
    }
    let valueless = [("ParameterFilters.1.Key", "Name")];
    refused(&mock, "ssm:DescribeParameters", &valueless, "InvalidFilterValue/400");
    let none = [("MaxResults", "51")];
    refused(&mock, "ssm:DescribeParameters", &none, "ValidationException/400");
    let astray = [("NextToken", "%")];
    refused(&mock, "ssm:DescribeParameters", &astray, "InvalidNextToken/400");
}

// [D] The quota of parameters.
#[test]
fn there_are_only_so_many_parameters() {
    let quotas = Quotas { parameters: 1, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    put(&mock, "a", "v", PLAIN);
    let params = [("Name", "b"), ("Value", "v"), PLAIN[0]];
    refused(&mock, "ssm:PutParameter", &params, "ParameterLimitExceeded/400");
    put(&mock, "a", "w", &[("Overwrite", "true")]);
}

// [D] The codes of JSON services for what every service refuses.
#[tokio::test(start_paused = true)]
async fn faults_are_worded_as_json_services_do() {
    let mock = mock();
    let name = [("Name", "a")];
    let codes = [("ThrottlingException", 400), ("AccessDeniedException", 400)];
    mock.fail("ssm:GetParameter").throttle();
    mock.fail("ssm:GetParameter").deny();
    for (code, status) in codes {
        let reply = mock.send("ssm:GetParameter", &name).await.unwrap();
        assert_eq!((reply.code(), reply.status), (Some(code), status));
        assert!(reply.body.starts_with(&format!(r#"{{"__type":"{code}""#)), "{}", reply.body);
    }
}
