//! Rules of launches from a launch template.

use crate::ground::Ground;
use crate::launch_templates::template;
use crate::support::{accepted, made, refused, subnet};

/// A launch of one instance from a template alone.
fn from<'a>(name: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("ImageId", ""),
        ("InstanceType", ""),
        ("LaunchTemplate.LaunchTemplateName", name),
        ("LaunchTemplate.Version", version),
    ]
}

// [D] A template can give all but the counts; instances carry its id and version as tags.
#[test]
fn an_instance_is_what_the_template_says() {
    let ground = Ground::new();
    let group = crate::security_groups::group(&ground.mock, &ground.vpc_id, "nodes");
    let members = [
        ("ImageId", ground.image_id.as_str()),
        ("InstanceType", "t3.small"),
        ("UserData", "IyEvYmluL3No"),
        ("CreditSpecification.CpuCredits", "standard"),
        ("MetadataOptions.HttpTokens", "required"),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", ground.subnet_id.as_str()),
        ("NetworkInterface.1.SecurityGroupId.1", &group),
        ("NetworkInterface.1.AssociatePublicIpAddress", "true"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "33"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "node"),
    ];
    let template_id = template(&ground.mock, "nodes", &members);
    let mut launch = from("nodes", "$Default");
    launch.push(("SubnetId", ""));
    let id = ground.running(&launch);
    for (path, expected) in [
        ("instanceType", "t3.small"),
        ("imageId", ground.image_id.as_str()),
        ("groupSet/0/groupId", group.as_str()),
        ("metadataOptions/httpTokens", "required"),
        ("tagSet/0/key", "Name"),
        ("tagSet/1/key", "aws:ec2launchtemplate:id"),
        ("tagSet/1/value", template_id.as_str()),
        ("tagSet/2/key", "aws:ec2launchtemplate:version"),
        ("tagSet/2/value", "1"),
    ] {
        assert_eq!(ground.shown(&id, path).as_deref(), Some(expected), "{path}");
    }
    assert!(ground.shown(&id, "ipAddress").is_some());
    let sizes = accepted(&ground.mock, "DescribeVolumes", &[]);
    assert_eq!(sizes.texts("volumeSet/*/size"), ["33"]);
    accepted(&ground.mock, "DeleteLaunchTemplate", &[("LaunchTemplateName", "nodes")]);
    assert_eq!(ground.state(&id), "running");
}

// [D] "Any parameters that you specify in RunInstances override the same parameters in the launch
// template."
#[test]
fn the_requests_own_values_win() {
    let ground = Ground::new();
    let members = [
        ("ImageId", ground.image_id.as_str()),
        ("InstanceType", "t3.small"),
        ("KeyName", "nobody"),
        ("DisableApiTermination", "true"),
    ];
    template(&ground.mock, "nodes", &members);
    ground.refused(&from("nodes", "1"), "InvalidKeyPair.NotFound/400");
    crate::key_pairs::key(&ground.mock, "laptop");
    let mut launch = from("nodes", "1");
    launch.extend([
        ("KeyName", "laptop"),
        ("InstanceType", "t3.nano"),
        ("DisableApiTermination", "false"),
    ]);
    let id = ground.start(&launch);
    assert_eq!(ground.shown(&id, "keyName").as_deref(), Some("laptop"));
    assert_eq!(ground.shown(&id, "instanceType").as_deref(), Some("t3.nano"));
    ground.instance("TerminateInstances", &id);
}

// [D] The version is a number, $Latest or $Default, and the default one where none is named.
#[test]
fn the_version_is_the_one_named() {
    let ground = Ground::new();
    let mock = &ground.mock;
    template(mock, "nodes", &[("ImageId", &ground.image_id), ("InstanceType", "t3.nano")]);
    let second = [
        ("LaunchTemplateName", "nodes"),
        ("SourceVersion", "1"),
        ("LaunchTemplateData.InstanceType", "t3.micro"),
    ];
    accepted(mock, "CreateLaunchTemplateVersion", &second);
    for (version, expected) in
        [("1", "t3.nano"), ("$Latest", "t3.micro"), ("$Default", "t3.nano"), ("", "t3.nano")]
    {
        let reply = ground.run(&from("nodes", version));
        assert_eq!(reply.text("instancesSet/0/instanceType"), Some(expected), "{version}");
    }
}

// [D] What is not there is refused under the codes of launch templates, and what the template
// leaves out must be in the request.
#[test]
fn bad_templates_are_refused() {
    let ground = Ground::new();
    let id = template(&ground.mock, "nodes", &[("InstanceType", "t3.nano")]);
    let code = "InvalidLaunchTemplateName.NotFoundException/400";
    ground.refused(&from("nobody", "1"), code);
    ground.refused(&from("nodes", "2"), "InvalidLaunchTemplateId.VersionNotFound/400");
    ground.refused(&from("nodes", "1"), "MissingParameter/400");
    let mut both = from("nodes", "1");
    both.push(("LaunchTemplate.LaunchTemplateId", &id));
    ground.refused(&both, "InvalidParameterCombination/400");
    ground.refused(&[("LaunchTemplate.Version", "1")], "MissingParameter/400");
    let unknown = [("LaunchTemplate.LaunchTemplateId", "lt-0123456789abcdef0")];
    ground.refused(&unknown, "InvalidLaunchTemplateId.NotFound/400");
}

// [O] A template with network interfaces and a request with a subnet do not go together.
#[test]
fn interfaces_and_a_subnet_do_not_go_together() {
    let ground = Ground::new();
    let other = subnet(&ground.mock, &ground.vpc_id, "10.0.16.0/20");
    let members = [
        ("ImageId", ground.image_id.as_str()),
        ("InstanceType", "t3.nano"),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.SubnetId", &other),
    ];
    template(&ground.mock, "nodes", &members);
    ground.refused(&from("nodes", "1"), "InvalidParameterCombination/400");
    let mut launch = from("nodes", "1");
    launch.push(("SubnetId", ""));
    let id = ground.start(&launch);
    assert_eq!(ground.shown(&id, "subnetId"), Some(other));
}

// [D] The tags EC2 puts on instances cannot be given by hand, nor counted.
#[test]
fn the_tags_of_ec2_are_its_own() {
    let ground = Ground::new();
    template(&ground.mock, "nodes", &[("ImageId", &ground.image_id), ("InstanceType", "t3.nano")]);
    let id = made(&ground.run(&from("nodes", "1")), "instancesSet/0/instanceId");
    let key = "aws:ec2launchtemplate:id";
    let tags = [("ResourceId.1", id.as_str()), ("Tag.1.Key", key), ("Tag.1.Value", "lt-x")];
    refused(&ground.mock, "CreateTags", &tags, "InvalidParameterValue/400");
    let filter = [("Filter.1.Name", "tag-key"), ("Filter.1.Value.1", key)];
    let reply = accepted(&ground.mock, "DescribeInstances", &filter);
    assert_eq!(reply.count("reservationSet"), 1);
}
