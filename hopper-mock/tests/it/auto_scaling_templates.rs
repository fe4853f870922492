//! Rules of Auto Scaling groups that launch from launch templates.

use crate::launch_templates::template;
use crate::scaling_ground::ScalingGround;
use crate::support::{accepted, profile, seconds};

const NONE: (&str, &str) = ("LaunchConfigurationName", "");

/// A ground with a template, and its id.
fn with_template(members: &[(&str, &str)]) -> (ScalingGround, String) {
    let ground = ScalingGround::new();
    let image = [("ImageId", ground.ground.image_id.as_str()), ("InstanceType", "t2.micro")];
    let id = template(ground.mock(), "nodes", &[&image, members].concat());
    (ground, id)
}

/// Makes version 2, with another type.
fn another_version(ground: &ScalingGround, id: &str) {
    let params = [
        ("LaunchTemplateId", id),
        ("SourceVersion", "1"),
        ("LaunchTemplateData.InstanceType", "t2.small"),
    ];
    accepted(ground.mock(), "CreateLaunchTemplateVersion", &params);
}

// [D] A group and its instances show the template; an instance shows the version it has.
#[test]
fn a_group_launches_from_a_template() {
    let (ground, id) = with_template(&[
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "owner"),
        ("TagSpecification.1.Tag.1.Value", "template"),
    ]);
    let members = [NONE, ("LaunchTemplate.LaunchTemplateName", "nodes")];
    let instance = ground.grown(&members).remove(0);
    for (path, expected) in [
        ("LaunchTemplate/LaunchTemplateId", id.as_str()),
        ("LaunchTemplate/LaunchTemplateName", "nodes"),
        ("LaunchTemplate/Version", "$Default"),
        ("Instances/0/LaunchTemplate/LaunchTemplateId", &id),
        ("Instances/0/LaunchTemplate/Version", "1"),
        ("Instances/0/InstanceType", "t2.micro"),
    ] {
        assert_eq!(ground.shown(path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(ground.shown("LaunchConfigurationName"), None);
    let tags = ground.mock().world().ec2.instances[&instance].tags.clone();
    let tags: Vec<_> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        tags,
        [
            "aws:autoscaling:groupName=hopper".to_owned(),
            format!("aws:ec2launchtemplate:id={id}"),
            "aws:ec2launchtemplate:version=1".to_owned(),
            "owner=template".to_owned(),
        ]
    );
}

// [D] The subnet is the group's, also where the template has an interface of its own.
#[test]
fn the_group_says_where() {
    let (ground, id) = with_template(&[
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
    ]);
    let instance = ground.grown(&[NONE, ("LaunchTemplate.LaunchTemplateId", &id)]).remove(0);
    let shown = |path| ground.ground.shown(&instance, path);
    assert_eq!(shown("subnetId").as_ref(), Some(&ground.ground.subnet_id));
    assert!(shown("ipAddress").is_some());
}

// [D] A template is tried when the group is made: unknown ones, versions and parts are refused.
#[test]
fn a_template_must_be_fully_formed() {
    let (ground, id) = with_template(&[("IamInstanceProfile.Name", "K8sNode")]);
    let text = "You must use a valid fully-formed launch template. ";
    let unknown = "lt-0123456789abcdef0";
    ground.refused(&[NONE, ("LaunchTemplate.LaunchTemplateId", unknown)], text);
    ground.refused(&[NONE, ("LaunchTemplate.LaunchTemplateName", "unknown")], text);
    let version = ("LaunchTemplate.Version", "9");
    ground.refused(&[NONE, ("LaunchTemplate.LaunchTemplateId", &id), version], text);
    // Its profile is not there, then not yet seen.
    let ours = [NONE, ("LaunchTemplate.LaunchTemplateId", id.as_str())];
    let profile_text = format!("{text}Value (K8sNode) for parameter iamInstanceProfile.name");
    ground.refused(&ours, &profile_text);
    profile(ground.mock(), "K8sNode");
    ground.refused(&ours, &profile_text);
    ground.mock().advance(seconds(10));
    ground.grown(&ours);
    ground.refused(&[("LaunchTemplate.LaunchTemplateId", &id)], "Valid requests must contain");
}

// [U] That there is no room just now does not make a template wrong.
#[test]
fn a_template_is_not_refused_for_lack_of_room() {
    let (ground, id) = with_template(&[]);
    ground.mock().edit(|world| world.settings_mut().quotas.vcpus = 0);
    ground.create(&[NONE, ("LaunchTemplate.LaunchTemplateId", &id)]);
    ground.mock().advance(seconds(5));
    assert_eq!(ground.activities("StatusCode"), ["Failed"]);
}

// [D] `$Latest` is what it is at the launch; a refresh replaces only what does not match.
#[test]
fn a_refresh_brings_the_latest_version() {
    let (ground, id) = with_template(&[]);
    let latest = [
        NONE,
        ("LaunchTemplate.LaunchTemplateId", id.as_str()),
        ("LaunchTemplate.Version", "$Latest"),
    ];
    let old = ground.grown(&latest).remove(0);
    another_version(&ground, &id);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "2")]);
    ground.mock().advance(seconds(45));
    let mut versions = ground.all("Instances/*/LaunchTemplate/Version");
    versions.sort();
    assert_eq!(versions, ["1", "2"]);
    let new = ground.ids().into_iter().find(|id| *id != old).unwrap();
    ground.call("StartInstanceRefresh", &[("Preferences.SkipMatching", "true")]);
    ground.mock().advance(seconds(120));
    assert_eq!(ground.all("Instances/*/LaunchTemplate/Version"), ["2", "2"]);
    assert!(ground.ids().contains(&new) && !ground.ids().contains(&old));
}

// [D] A group shrinks by the instances of the older version first.
#[test]
fn an_older_version_goes_first() {
    let (ground, id) = with_template(&[]);
    let version = |version| {
        [
            NONE,
            ("LaunchTemplate.LaunchTemplateId", id.as_str()),
            ("LaunchTemplate.Version", version),
        ]
    };
    another_version(&ground, &id);
    let first = ground.grown(&version("2")).remove(0);
    let back = [&version("1")[1..], &[("DesiredCapacity", "2")]].concat();
    ground.call("UpdateAutoScalingGroup", &back);
    ground.mock().advance(seconds(45));
    assert_eq!(ground.ids().len(), 2);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "1")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.ids(), [first]);
}

// [O] A template that is deleted keeps no group, whose launches fail from then on.
#[test]
fn a_deleted_template_fails_launches() {
    let (ground, id) = with_template(&[]);
    ground.grown(&[NONE, ("LaunchTemplate.LaunchTemplateId", &id)]);
    accepted(ground.mock(), "DeleteLaunchTemplate", &[("LaunchTemplateId", &id)]);
    ground.call("SetDesiredCapacity", &[("DesiredCapacity", "2")]);
    ground.mock().advance(seconds(5));
    assert_eq!(ground.activities("StatusCode")[0], "Failed");
    let why = ground.activities("StatusMessage").remove(0);
    assert!(why.contains("does not exist"), "{why}");
    ground.call("DeleteAutoScalingGroup", &[("ForceDelete", "true")]);
    ground.mock().advance(seconds(75));
    assert_eq!(ground.shown("MinSize"), None);
}
