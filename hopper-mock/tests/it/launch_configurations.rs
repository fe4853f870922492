//! Rules of launch configurations.

use hopper_mock::{Quotas, Settings, Switches};

use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, profile, refused, seconds};

const CREATE: &str = "autoscaling:CreateLaunchConfiguration";
const DELETE: &str = "autoscaling:DeleteLaunchConfiguration";

// [D] What is described is what was made, with the documented defaults.
#[test]
fn a_configuration_reads_back() {
    let ground = ScalingGround::new();
    let mock = ground.mock();
    crate::key_pairs::key(mock, "eds_laptop");
    let params = ground.configuration(&[
        ("LaunchConfigurationName", "full"),
        ("KeyName", "eds_laptop"),
        ("UserData", "IyEvYmluL3No"),
        ("EbsOptimized", "true"),
        ("AssociatePublicIpAddress", "false"),
        ("PlacementTenancy", "default"),
        ("MetadataOptions.HttpTokens", "required"),
        ("BlockDeviceMappings.member.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMappings.member.1.Ebs.VolumeSize", "20"),
    ]);
    accepted(mock, CREATE, &params);
    let found = ground.accepted("DescribeLaunchConfigurations", &[]);
    assert_eq!(found.texts("LaunchConfigurations/*/LaunchConfigurationName"), ["full", "nodes"]);
    for (path, expected) in [
        ("ImageId", ground.ground.image_id.as_str()),
        ("InstanceType", "t2.medium"),
        ("KeyName", "eds_laptop"),
        ("SecurityGroups/0", &ground.group_id),
        ("UserData", "IyEvYmluL3No"),
        ("EbsOptimized", "true"),
        ("InstanceMonitoring/Enabled", "true"),
        ("AssociatePublicIpAddress", "false"),
        ("MetadataOptions/HttpTokens", "required"),
        ("BlockDeviceMappings/0/Ebs/VolumeSize", "20"),
        ("CreatedTime", "2026-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(found.text(&format!("LaunchConfigurations/0/{path}")), Some(expected), "{path}");
    }
    let arn = found.text("LaunchConfigurations/0/LaunchConfigurationARN").unwrap();
    assert!(arn.ends_with(":launchConfigurationName/full"), "{arn}");
}

// [D] What it names has to be there; the chapter's call fails on a profile that is not yet [O].
#[test]
fn what_a_configuration_names_must_exist() {
    let ground = ScalingGround::new();
    let mock = ground.mock();
    let long = "QUFB".repeat(5_462); // 16,386 bytes
    for (name, value, text) in [
        ("ImageId", "ami-0123456789abcdef0", "AMI cannot be described"),
        ("ImageId", "", "both the ImageId and InstanceType"),
        ("InstanceType", "t2.gigantic", "Invalid instance type"),
        ("KeyName", "nobody", "The key pair 'nobody' does not exist"),
        ("SecurityGroups.member.1", "sg-0123456789abcdef0", "does not exist"),
        ("SecurityGroups.member.1", "nodes", "does not exist"),
        ("IamInstanceProfile", "K8sNode", "Invalid IamInstanceProfile: K8sNode"),
        ("UserData", "%", "BASE64"),
        ("UserData", &long, "limited to 16384 bytes"),
        ("LaunchConfigurationName", "a:b", "colon"),
        ("PlacementTenancy", "mine", "enum value set"),
        ("MetadataOptions.HttpEndpoint", "on", "enum value set"),
        ("MetadataOptions.HttpPutResponseHopLimit", "65", "between 1 and 64"),
        ("BlockDeviceMappings.member.1.DeviceName", "/dev/sda1", "either Ebs or NoDevice"),
        ("SpotPrice", "0.01", "spot"),
        ("KernelId", "aki-1", "KernelId"),
        ("EbsOptimized", "perhaps", "true or false"),
    ] {
        let before = mock.world();
        let mut changes = vec![("LaunchConfigurationName", "other")];
        changes.push((name, value));
        let reply = mock.call(CREATE, &ground.configuration(&changes));
        assert_eq!(reply.code(), Some("ValidationError"), "{name}={value}: {}", reply.body);
        assert!(reply.error().unwrap().message.contains(text), "{name}: {}", reply.body);
        assert_eq!(mock.world().diff(&before).to_string(), "");
    }
}

// [O] kops #35: a profile is seen some seconds after it was made.
#[test]
fn a_new_profile_is_seen_late() {
    let ground = ScalingGround::new();
    profile(ground.mock(), "K8sNode");
    let params = ground.configuration(&[
        ("LaunchConfigurationName", "with-profile"),
        ("IamInstanceProfile", "K8sNode"),
    ]);
    refused(ground.mock(), CREATE, &params, "ValidationError/400");
    ground.mock().advance(seconds(10));
    accepted(ground.mock(), CREATE, &params);
}

// [D] A name is taken once; 200 configurations in a region [U].
#[test]
fn names_and_numbers_are_limited() {
    let quotas = Quotas { launch_configurations: 2, ..Quotas::default() };
    let ground = ScalingGround::built(|builder| builder.quotas(quotas));
    let mock = ground.mock();
    refused(mock, CREATE, &ground.configuration(&[]), "AlreadyExists/400");
    let named = |name| ground.configuration(&[("LaunchConfigurationName", name)]);
    accepted(mock, CREATE, &named("second"));
    refused(mock, CREATE, &named("third"), "LimitExceeded/400");
    assert_eq!(Quotas::default().launch_configurations, 200);
    let limits = ground.accepted("DescribeAccountLimits", &[]);
    assert_eq!(limits.text("MaxNumberOfLaunchConfigurations"), Some("2"));
    assert_eq!(limits.text("NumberOfLaunchConfigurations"), Some("2"));
}

// [O] Accounts made since October 2024 have no launch configurations.
#[test]
fn new_accounts_have_no_launch_configurations() {
    let ground = ScalingGround::new();
    let switches = Switches { no_launch_configurations: true, ..Switches::default() };
    assert!(!Settings::default().switches.no_launch_configurations);
    ground.mock().edit(|world| world.settings_mut().switches = switches);
    let params = ground.configuration(&[("LaunchConfigurationName", "new")]);
    let reply = ground.mock().call(CREATE, &params);
    assert_eq!((reply.code(), reply.status), (Some("UnsupportedOperation"), 400));
    let message = &reply.error().unwrap().message;
    assert!(message.starts_with("The Launch Configuration creation operation is not available"));
}

// [O] A configuration is kept by its group, until that is gone itself.
#[test]
fn a_configuration_in_use_stays() {
    let ground = ScalingGround::new();
    let mock = ground.mock();
    ground.grown(&[]);
    let nodes = [("LaunchConfigurationName", "nodes")];
    let reply = mock.call(DELETE, &nodes);
    assert_eq!((reply.code(), reply.status), (Some("ResourceInUse"), 400));
    let error = reply.error().unwrap();
    assert_eq!(
        error.message,
        "Cannot delete launch configuration nodes because it is attached to AutoScalingGroup hopper"
    );
    assert_eq!(error.blockers, ["hopper"]);
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    refused(mock, DELETE, &nodes, "ResourceInUse/400");
    mock.advance(seconds(75));
    accepted(mock, DELETE, &nodes);
    refused(mock, DELETE, &nodes, "ValidationError/400");
}

// [D] Pages of at most 100; names of nothing are left out.
#[test]
fn configurations_are_listed_page_by_page() {
    let ground = ScalingGround::new();
    for name in ["b", "c"] {
        let params = ground.configuration(&[("LaunchConfigurationName", name)]);
        accepted(ground.mock(), CREATE, &params);
    }
    let describe = |params: &[_]| ground.accepted("DescribeLaunchConfigurations", params);
    let first = describe(&[("MaxRecords", "2")]);
    let path = "LaunchConfigurations/*/LaunchConfigurationName";
    assert_eq!(first.texts(path), ["b", "c"]);
    let token = first.text("NextToken").unwrap();
    let second = describe(&[("MaxRecords", "2"), ("NextToken", token)]);
    assert_eq!((second.texts(path), second.text("NextToken")), (vec!["nodes"], None));
    let named = [
        ("LaunchConfigurationNames.member.1", "c"),
        ("LaunchConfigurationNames.member.2", "unknown"),
    ];
    assert_eq!(describe(&named).texts(path), ["c"]);
    let refuse = |params: &[_], code| {
        refused(ground.mock(), "autoscaling:DescribeLaunchConfigurations", params, code);
    };
    refuse(&[("NextToken", "%")], "InvalidNextToken/400");
    refuse(&[("MaxRecords", "101")], "ValidationError/400");
    refuse(&[("MaxRecords", "0")], "ValidationError/400");
}
