//! Rules of launch templates and their versions.

use hopper_mock::{Mock, Quotas, Reply};

use crate::support::{accepted, made, mock, refused};

const UNKNOWN: &str = "lt-0123456789abcdef0";

/// Makes a template with these members and gives its id.
#[track_caller]
pub(crate) fn template(mock: &Mock, name: &str, members: &[(&str, &str)]) -> String {
    made(&create(mock, name, members), "launchTemplate/launchTemplateId")
}

#[track_caller]
fn create(mock: &Mock, name: &str, members: &[(&str, &str)]) -> Reply {
    with_data(mock, "CreateLaunchTemplate", &[("LaunchTemplateName", name)], members)
}

#[track_caller]
fn with_data(
    mock: &Mock,
    operation: &str,
    own: &[(&str, &str)],
    members: &[(&str, &str)],
) -> Reply {
    let members = data(members);
    let members = members.iter().map(|(name, value)| (name.as_str(), *value));
    accepted(mock, operation, &own.iter().copied().chain(members).collect::<Vec<_>>())
}

fn data<'a>(members: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    let named = |(name, value): &(&str, &'a str)| (format!("LaunchTemplateData.{name}"), *value);
    members.iter().map(named).collect()
}

/// The numbers a describe of versions lists.
#[track_caller]
fn numbers(mock: &Mock, params: &[(&str, &str)]) -> String {
    let reply = accepted(mock, "DescribeLaunchTemplateVersions", params);
    reply.texts("launchTemplateVersionSet/*/versionNumber").join(" ")
}

// [D] A template has version 1 at first, which is the default one.
#[test]
fn a_template_begins_with_version_one() {
    let mock = mock();
    let params = [
        ("LaunchTemplateName", "nodes"),
        ("VersionDescription", "first"),
        ("LaunchTemplateData.InstanceType", "t3.micro"),
        ("TagSpecification.1.ResourceType", "launch-template"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "mine"),
    ];
    let reply = accepted(&mock, "CreateLaunchTemplate", &params);
    let id = made(&reply, "launchTemplate/launchTemplateId");
    assert!(id.starts_with("lt-0") && id.len() == 20, "{id}");
    for (path, expected) in [
        ("launchTemplateName", "nodes"),
        ("defaultVersionNumber", "1"),
        ("latestVersionNumber", "1"),
        ("createTime", "2026-01-01T00:00:00.000Z"),
        ("createdBy", "arn:aws:iam::123456789012:user/hopper"),
        ("tagSet/0/value", "mine"),
    ] {
        assert_eq!(reply.text(&format!("launchTemplate/{path}")), Some(expected), "{path}");
    }
    let reply = accepted(&mock, "DescribeLaunchTemplateVersions", &[("LaunchTemplateId", &id)]);
    for (path, expected) in [
        ("versionNumber", "1"),
        ("versionDescription", "first"),
        ("defaultVersion", "true"),
        ("launchTemplateData/instanceType", "t3.micro"),
    ] {
        let path = format!("launchTemplateVersionSet/0/{path}");
        assert_eq!(reply.text(&path), Some(expected), "{path}");
    }
    assert_eq!(mock.world().leftovers()[0].to_string(), format!("launch-template {id} (mine)"));
}

// [D] What was given is shown, under the names of answers in the service model, and nothing else.
#[test]
fn data_are_shown_as_they_were_given() {
    let mock = mock();
    let given = [
        ("ImageId", "ami-0123456789abcdef0"),
        ("KeyName", "laptop"),
        ("UserData", "IyEvYmluL3No"),
        ("SecurityGroupId.1", "sg-0123456789abcdef0"),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
        ("NetworkInterface.1.SecurityGroupId.1", "sg-0123456789abcdef1"),
        ("NetworkInterface.1.SubnetId", "subnet-0123456789abcdef0"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "30"),
        ("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
        ("IamInstanceProfile.Name", "K8sNode"),
        ("CreditSpecification.CpuCredits", "unlimited"),
        ("MetadataOptions.HttpTokens", "required"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "node"),
        ("Monitoring.Enabled", "true"),
        ("Placement.AvailabilityZone", "eu-west-1a"),
        ("Placement.Tenancy", "dedicated"),
        ("EbsOptimized", "true"),
        ("InstanceInitiatedShutdownBehavior", "terminate"),
        ("DisableApiTermination", "false"),
    ];
    let id = template(&mock, "nodes", &given);
    let reply = accepted(&mock, "DescribeLaunchTemplateVersions", &[("LaunchTemplateId", &id)]);
    for (path, expected) in [
        ("imageId", "ami-0123456789abcdef0"),
        ("keyName", "laptop"),
        ("userData", "IyEvYmluL3No"),
        ("securityGroupIdSet/0", "sg-0123456789abcdef0"),
        ("networkInterfaceSet/0/deviceIndex", "0"),
        ("networkInterfaceSet/0/associatePublicIpAddress", "true"),
        ("networkInterfaceSet/0/groupSet/groupId", "sg-0123456789abcdef1"),
        ("networkInterfaceSet/0/subnetId", "subnet-0123456789abcdef0"),
        ("blockDeviceMappingSet/0/deviceName", "/dev/sda1"),
        ("blockDeviceMappingSet/0/ebs/volumeSize", "30"),
        ("blockDeviceMappingSet/0/ebs/volumeType", "gp3"),
        ("iamInstanceProfile/name", "K8sNode"),
        ("creditSpecification/cpuCredits", "unlimited"),
        ("metadataOptions/httpTokens", "required"),
        ("tagSpecificationSet/0/resourceType", "instance"),
        ("tagSpecificationSet/0/tagSet/0/key", "Name"),
        ("tagSpecificationSet/0/tagSet/0/value", "node"),
        ("monitoring/enabled", "true"),
        ("placement/availabilityZone", "eu-west-1a"),
        ("placement/tenancy", "dedicated"),
        ("ebsOptimized", "true"),
        ("instanceInitiatedShutdownBehavior", "terminate"),
        ("disableApiTermination", "false"),
    ] {
        let full = format!("launchTemplateVersionSet/0/launchTemplateData/{path}");
        assert_eq!(reply.text(&full), Some(expected), "{path}");
    }
    let (_, shown) = reply.body.split_once("<launchTemplateData>").unwrap();
    let (shown, _) = shown.split_once("</launchTemplateData>").unwrap();
    let values = shown.split('<').filter(|part| !part.starts_with('/') && !part.ends_with('>'));
    assert_eq!(values.filter(|part| !part.is_empty()).count(), given.len(), "{shown}");
}

// [D] 3 to 128 letters, digits and ().-/_; unique in the region.
#[test]
fn names_are_checked() {
    let mock = mock();
    template(&mock, "a/(b).c-d_e", &[("KeyName", "laptop")]);
    let long = "x".repeat(129);
    for (name, code) in [
        ("ab", "InvalidLaunchTemplateName.MalformedException"),
        ("with space", "InvalidLaunchTemplateName.MalformedException"),
        (long.as_str(), "InvalidLaunchTemplateName.MalformedException"),
        ("a/(b).c-d_e", "InvalidLaunchTemplateName.AlreadyExistsException"),
    ] {
        let params = [("LaunchTemplateName", name), ("LaunchTemplateData.KeyName", "k")];
        refused(&mock, "CreateLaunchTemplate", &params, &format!("{code}/400"));
    }
}

// [D] A template is named by its id or by its name, by one of them and no more.
#[test]
fn templates_are_found_by_id_or_by_name() {
    let mock = mock();
    let id = template(&mock, "nodes", &[("KeyName", "laptop")]);
    let (by_id, by_name) = (("LaunchTemplateId", id.as_str()), ("LaunchTemplateName", "nodes"));
    for operation in [
        "DescribeLaunchTemplateVersions",
        "ModifyLaunchTemplate",
        "CreateLaunchTemplateVersion",
        "DeleteLaunchTemplateVersions",
        "DeleteLaunchTemplate",
    ] {
        let more = match operation {
            "ModifyLaunchTemplate" => vec![("SetDefaultVersion", "1")],
            "CreateLaunchTemplateVersion" => vec![("LaunchTemplateData.KeyName", "other")],
            "DeleteLaunchTemplateVersions" => vec![("LaunchTemplateVersion.1", "9")],
            _ => Vec::new(),
        };
        let with = |own: &[(&'static str, &'static str)]| [own, &more].concat();
        for (own, code) in [
            (vec![], "MissingParameter"),
            (vec![("LaunchTemplateId", UNKNOWN)], "InvalidLaunchTemplateId.NotFound"),
            (vec![("LaunchTemplateId", "lt-x")], "InvalidLaunchTemplateId.Malformed"),
            (vec![("LaunchTemplateName", "nobody")], "InvalidLaunchTemplateName.NotFoundException"),
            (
                vec![("LaunchTemplateName", "nodes"), ("LaunchTemplateId", UNKNOWN)],
                "InvalidParameterCombination",
            ),
        ] {
            refused(&mock, operation, &with(&own), &format!("{code}/400"));
        }
        if operation != "DeleteLaunchTemplate" {
            accepted(&mock, operation, &[&[by_id][..], &more].concat());
        }
        accepted(&mock, operation, &[&[by_name][..], &more].concat());
    }
    for (name, value, code) in [
        ("LaunchTemplateId.1", UNKNOWN, "InvalidLaunchTemplateId.NotFound"),
        ("LaunchTemplateId.1", "x", "InvalidLaunchTemplateId.Malformed"),
        ("LaunchTemplateName.1", "nodes", "InvalidLaunchTemplateName.NotFoundException"),
    ] {
        let code = format!("{code}/400");
        refused(&mock, "DescribeLaunchTemplates", &[(name, value)], &code);
    }
}

// [D] Little is checked when a template is made: the shape of ids, user data, tags, and values of
// fixed lists. [O] User data have a code of their own here.
#[test]
fn what_no_launch_could_take_is_refused() {
    let mock = mock();
    let long = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, vec![0; 16_385]);
    for (name, value, code) in [
        ("ImageId", "ami-x", "InvalidAMIID.Malformed"),
        ("InstanceType", "t9.huge", "InvalidParameterValue"),
        ("SecurityGroupId.1", "web", "InvalidGroupId.Malformed"),
        ("NetworkInterface.1.SubnetId", "net", "InvalidSubnetID.Malformed"),
        ("NetworkInterface.1.SecurityGroupId.1", "web", "InvalidGroupId.Malformed"),
        ("UserData", "not base64!", "InvalidUserData.Malformed"),
        ("UserData", long.as_str(), "InvalidUserData.Malformed"),
        ("MetadataOptions.HttpTokens", "maybe", "InvalidParameterValue"),
        ("MetadataOptions.HttpPutResponseHopLimit", "65", "InvalidParameterValue"),
        ("CreditSpecification.CpuCredits", "endless", "InvalidParameterValue"),
        ("TagSpecification.1.ResourceType", "vpc", "InvalidParameterValue"),
        ("SubnetId", "subnet-0123456789abcdef0", "UnknownParameter"),
        ("Colour", "red", "UnknownParameter"),
    ] {
        let member = format!("LaunchTemplateData.{name}");
        let params = [("LaunchTemplateName", "nodes"), (member.as_str(), value)];
        refused(&mock, "CreateLaunchTemplate", &params, &format!("{code}/400"));
    }
    let nothing = [("LaunchTemplateName", "nodes")];
    refused(&mock, "CreateLaunchTemplate", &nothing, "MissingParameter/400");
    let absent = [
        ("ImageId", "ami-0123456789abcdef0"),
        ("KeyName", "nobody"),
        ("SecurityGroupId.1", "sg-0123456789abcdef0"),
        ("IamInstanceProfile.Name", "Nobody"),
    ];
    template(&mock, "nodes", &absent);
}

// [D] A version takes over what its source says and the data do not; snapshots stay behind.
#[test]
fn a_version_may_build_on_another() {
    let mock = mock();
    let first = [
        ("InstanceType", "t3.micro"),
        ("KeyName", "laptop"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sdb"),
        ("BlockDeviceMapping.1.Ebs.SnapshotId", "snap-0123456789abcdef0"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "9"),
    ];
    let id = template(&mock, "nodes", &first);
    let own = [("LaunchTemplateId", id.as_str()), ("SourceVersion", "$Latest")];
    let changed = [("InstanceType", "t3.small")];
    let reply = with_data(&mock, "CreateLaunchTemplateVersion", &own, &changed);
    let version = |path: &str| reply.text(&format!("launchTemplateVersion/{path}"));
    assert_eq!(version("versionNumber"), Some("2"));
    assert_eq!(version("defaultVersion"), Some("false"));
    assert_eq!(version("launchTemplateData/instanceType"), Some("t3.small"));
    assert_eq!(version("launchTemplateData/keyName"), Some("laptop"));
    let disk = "launchTemplateData/blockDeviceMappingSet/0/ebs";
    assert_eq!(version(&format!("{disk}/volumeSize")), Some("9"));
    assert_eq!(version(&format!("{disk}/snapshotId")), None);

    let alone = [("LaunchTemplateId", id.as_str())];
    let reply = with_data(&mock, "CreateLaunchTemplateVersion", &alone, &changed);
    assert_eq!(reply.text("launchTemplateVersion/launchTemplateData/keyName"), None);
    refused(&mock, "CreateLaunchTemplateVersion", &alone, "MissingParameter/400");
    let copy = [("LaunchTemplateId", id.as_str()), ("SourceVersion", "1")];
    let reply = accepted(&mock, "CreateLaunchTemplateVersion", &copy);
    assert_eq!(reply.text("launchTemplateVersion/versionNumber"), Some("4"));
    let missing = [("LaunchTemplateId", id.as_str()), ("SourceVersion", "9")];
    let code = "InvalidLaunchTemplateId.VersionNotFound/400";
    refused(&mock, "CreateLaunchTemplateVersion", &missing, code);
}

// [D] Versions are named by number, $Latest or $Default, or by a range, the newest first.
#[test]
fn versions_are_described() {
    let mock = mock();
    let id = template(&mock, "nodes", &[("InstanceType", "t3.micro")]);
    for instance_type in ["t3.small", "t3.medium", "t3.large"] {
        let own = [("LaunchTemplateName", "nodes")];
        let members = [("InstanceType", instance_type)];
        with_data(&mock, "CreateLaunchTemplateVersion", &own, &members);
    }
    let by_id = ("LaunchTemplateId", id.as_str());
    accepted(&mock, "ModifyLaunchTemplate", &[by_id, ("SetDefaultVersion", "3")]);
    let version = |text| numbers(&mock, &[by_id, ("LaunchTemplateVersion.1", text)]);
    assert_eq!(numbers(&mock, &[by_id]), "4 3 2 1");
    assert_eq!((version("$Latest").as_str(), version("$Default").as_str()), ("4", "3"));
    assert_eq!(version("2"), "2");
    assert_eq!(numbers(&mock, &[by_id, ("MinVersion", "2"), ("MaxVersion", "3")]), "3 2");
    let filter = [by_id, ("Filter.1.Name", "is-default-version"), ("Filter.1.Value.1", "true")];
    assert_eq!(numbers(&mock, &filter), "3");
    let filter = [by_id, ("Filter.1.Name", "instance-type"), ("Filter.1.Value.1", "t3.s*")];
    assert_eq!(numbers(&mock, &filter), "2");

    let reply = accepted(&mock, "DescribeLaunchTemplateVersions", &[by_id, ("MaxResults", "3")]);
    let token = made(&reply, "nextToken");
    assert_eq!(numbers(&mock, &[by_id, ("NextToken", &token)]), "1");

    template(&mock, "others", &[("InstanceType", "t3.nano")]);
    let both = [("LaunchTemplateVersion.1", "$Latest"), ("LaunchTemplateVersion.2", "$Default")];
    let all = numbers(&mock, &both);
    assert!(all == "4 3 1" || all == "1 4 3", "{all}");

    let refused = |params: &[(&str, &str)], code: &str| {
        refused(&mock, "DescribeLaunchTemplateVersions", params, &format!("{code}/400"));
    };
    let unknown = [by_id, ("LaunchTemplateVersion.1", "9")];
    refused(&unknown, "InvalidLaunchTemplateId.VersionNotFound");
    refused(&[by_id, ("LaunchTemplateVersion.1", "latest")], "InvalidParameterValue");
    refused(&[("LaunchTemplateVersion.1", "1")], "InvalidParameterValue");
    refused(&[by_id, ("MaxResults", "201")], "InvalidParameterValue");
    let both = [by_id, ("MinVersion", "1"), ("LaunchTemplateVersion.1", "1")];
    refused(&both, "InvalidParameterCombination");
}

// [D] The default version cannot be deleted, others can; their numbers do not come back.
#[test]
fn versions_are_deleted_but_for_the_default_one() {
    let mock = mock();
    let id = template(&mock, "nodes", &[("InstanceType", "t3.micro")]);
    let by_id = ("LaunchTemplateId", id.as_str());
    let another = || {
        let members = [("InstanceType", "t3.small")];
        let reply = with_data(&mock, "CreateLaunchTemplateVersion", &[by_id], &members);
        made(&reply, "launchTemplateVersion/versionNumber")
    };
    assert_eq!(another(), "2");
    let delete = [
        by_id,
        ("LaunchTemplateVersion.1", "1"),
        ("LaunchTemplateVersion.2", "2"),
        ("LaunchTemplateVersion.3", "7"),
    ];
    let reply = accepted(&mock, "DeleteLaunchTemplateVersions", &delete);
    let deleted = "successfullyDeletedLaunchTemplateVersionSet/*/versionNumber";
    assert_eq!(reply.texts(deleted), ["2"]);
    let kept = "unsuccessfullyDeletedLaunchTemplateVersionSet/*";
    assert_eq!(reply.texts(&format!("{kept}/versionNumber")), ["1", "7"]);
    let codes = reply.texts(&format!("{kept}/responseError/code"));
    assert_eq!(codes, ["unexpectedError", "launchTemplateVersionDoesNotExist"]);
    assert_eq!(another(), "3");
    assert_eq!(numbers(&mock, &[by_id]), "3 1");

    let reply = accepted(&mock, "DeleteLaunchTemplate", &[by_id]);
    assert_eq!(reply.text("launchTemplate/launchTemplateName"), Some("nodes"));
    assert_eq!(mock.world().leftovers(), []);
    refused(&mock, "DeleteLaunchTemplate", &[by_id], "InvalidLaunchTemplateId.NotFound/400");
    template(&mock, "nodes", &[("InstanceType", "t3.micro")]);
}

// [D] Templates are listed by name, by filter and page by page.
#[test]
fn templates_are_described() {
    let mock = mock();
    for name in ["one", "two", "three"] {
        template(&mock, name, &[("KeyName", "laptop")]);
    }
    let names = |params: &[(&str, &str)]| {
        let reply = accepted(&mock, "DescribeLaunchTemplates", params);
        let mut names: Vec<_> = reply.texts("launchTemplates/*/launchTemplateName");
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(names(&[]), "one three two");
    assert_eq!(names(&[("LaunchTemplateName.1", "two")]), "two");
    let filter = [("Filter.1.Name", "launch-template-name"), ("Filter.1.Value.1", "t*")];
    assert_eq!(names(&filter), "three two");
    let reply = accepted(&mock, "DescribeLaunchTemplates", &[("MaxResults", "1")]);
    assert_eq!(reply.count("launchTemplates"), 1);
    assert!(reply.text("nextToken").is_some());
    refused(&mock, "DescribeLaunchTemplates", &[("MaxResults", "0")], "InvalidParameterValue/400");
    let id = [("Filter.1.Name", "launch-template-id"), ("Filter.1.Value.1", "x")];
    refused(&mock, "DescribeLaunchTemplates", &id, "InvalidParameterValue/400");
}

// [D] The same token and parameters make nothing new; a token belongs to its parameters.
#[test]
fn tokens_make_templates_and_versions_once() {
    let mock = mock();
    let token = ("ClientToken", "token-1");
    let first = [token, ("LaunchTemplateName", "nodes"), ("LaunchTemplateData.KeyName", "k")];
    let id =
        made(&accepted(&mock, "CreateLaunchTemplate", &first), "launchTemplate/launchTemplateId");
    let again = accepted(&mock, "CreateLaunchTemplate", &first);
    assert_eq!(again.text("launchTemplate/launchTemplateId"), Some(id.as_str()));
    let other = [token, ("LaunchTemplateName", "nodes"), ("LaunchTemplateData.KeyName", "l")];
    refused(&mock, "CreateLaunchTemplate", &other, "IdempotentParameterMismatch/400");

    let version = [token, ("LaunchTemplateId", &id), ("LaunchTemplateData.KeyName", "m")];
    for _ in 0..2 {
        let reply = accepted(&mock, "CreateLaunchTemplateVersion", &version);
        assert_eq!(reply.text("launchTemplateVersion/versionNumber"), Some("2"));
    }
    assert_eq!(numbers(&mock, &[("LaunchTemplateId", &id)]), "2 1");
    let default = [token, ("LaunchTemplateId", &id), ("SetDefaultVersion", "2")];
    for _ in 0..2 {
        let reply = accepted(&mock, "ModifyLaunchTemplate", &default);
        assert_eq!(reply.text("launchTemplate/defaultVersionNumber"), Some("2"));
    }
    let other = [token, ("LaunchTemplateId", &id), ("SetDefaultVersion", "1")];
    refused(&mock, "ModifyLaunchTemplate", &other, "IdempotentParameterMismatch/400");
}

// [D] 5,000 templates in a region, 10,000 versions of each. [O] The code for templates.
#[test]
fn templates_have_quotas() {
    let quotas =
        Quotas { launch_templates: 1, versions_per_launch_template: 2, ..Quotas::default() };
    let mock = Mock::builder().seed(7).quotas(quotas).build();
    let id = template(&mock, "nodes", &[("KeyName", "laptop")]);
    let second = [("LaunchTemplateName", "second"), ("LaunchTemplateData.KeyName", "k")];
    refused(&mock, "CreateLaunchTemplate", &second, "MaxTemplateLimitExceeded/400");
    let version = [("LaunchTemplateId", id.as_str()), ("LaunchTemplateData.KeyName", "k")];
    accepted(&mock, "CreateLaunchTemplateVersion", &version);
    let code = "MaxTemplateVersionLimitExceeded/400";
    refused(&mock, "CreateLaunchTemplateVersion", &version, code);
    assert_eq!(Quotas::default().launch_templates, 5_000);
    assert_eq!(Quotas::default().versions_per_launch_template, 10_000);
}

// [D] A template has tags of its own, a version has none.
#[test]
fn templates_are_tagged() {
    let mock = mock();
    let id = template(&mock, "nodes", &[("KeyName", "laptop")]);
    let tags = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "Team"), ("Tag.1.Value", "k8s")];
    accepted(&mock, "CreateTags", &tags);
    let filter = [("Filter.1.Name", "tag:Team"), ("Filter.1.Value.1", "k8s")];
    let reply = accepted(&mock, "DescribeLaunchTemplates", &filter);
    assert_eq!(reply.text("launchTemplates/0/tagSet/0/key"), Some("Team"));
    let reply = accepted(&mock, "DescribeTags", &[]);
    assert_eq!(reply.text("tagSet/0/resourceType"), Some("launch-template"));
    let vpc = [
        ("LaunchTemplateName", "second"),
        ("LaunchTemplateData.KeyName", "k"),
        ("TagSpecification.1.ResourceType", "instance"),
    ];
    refused(&mock, "CreateLaunchTemplate", &vpc, "InvalidParameterValue/400");
}

// A world with templates is the same after being written down and read again.
#[test]
fn templates_survive_a_world_file() {
    let mock = mock();
    let members = [
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.PrivateIpAddress", "10.0.0.9"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("MetadataOptions.HttpTokens", "required"),
        ("Placement.Tenancy", "default"),
    ];
    template(&mock, "nodes", &members);
    let world = mock.world();
    let text = serde_json::to_string(&world).unwrap();
    assert_eq!(serde_json::from_str::<hopper_mock::World>(&text).unwrap(), world);
    assert!(text.contains(r#""MetadataOptions":{"HttpTokens":"required"}"#), "{text}");
}
