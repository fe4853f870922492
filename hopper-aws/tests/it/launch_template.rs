//! Launch templates.

use crate::ground::{self, drift, output, stranger};
use hopper_aws::{
    Tags,
    ec2::{Credits, LaunchTemplate, MetadataOptions, RootVolume},
    testing::Stage,
};
use hopper_core::{MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time};
use hopper_mock::{Mock, Visibility};
use std::time::Duration;

const CHANGES: [&str; 2] = ["CreateLaunchTemplate", "DeleteLaunchTemplate"];

fn recipe(w: &Workflow) {
    let vpc = ground::vpc(w);
    let template = LaunchTemplate {
        security_groups: vec![ground::group(w, "k8s-nodes", &vpc)],
        credits: Some(Credits::Unlimited),
        metadata: Some(MetadataOptions::default()),
        root_volume: Some(RootVolume { size: Some(20), ..RootVolume::default() }),
        user_data: Some("#!/bin/sh\nkubeadm join\n".into()),
        tags: Tags::named("node"),
        ..LaunchTemplate::new("nodes", ground::image(w), "t3.medium")
    };
    w.step("nodes").does(template);
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    Stage::new(recipe).visibility(Visibility::Fixed(Duration::from_secs(8))).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&CHANGES);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&CHANGES);
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let template = output(report, "nodes", "id");
        let group = output(report, "k8s-nodes", "id");
        let image = mock.world().ec2.images.keys().next().unwrap().clone();
        let version = [
            ("LaunchTemplateId", &*template),
            ("SourceVersion", "1"),
            ("LaunchTemplateData.ImageId", &*image),
            ("LaunchTemplateData.InstanceType", "t3.large"),
            ("LaunchTemplateData.KeyName", "theirs"),
            ("LaunchTemplateData.UserData", "IyEvYmluL3NoCnJlYm9vdAo="),
            ("LaunchTemplateData.CreditSpecification.CpuCredits", "standard"),
            ("LaunchTemplateData.MetadataOptions.HttpTokens", "optional"),
            ("LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit", "2"),
            ("LaunchTemplateData.NetworkInterface.1.DeviceIndex", "0"),
            ("LaunchTemplateData.NetworkInterface.1.AssociatePublicIpAddress", "true"),
            ("LaunchTemplateData.BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
            ("LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeType", "gp2"),
        ];
        stranger(mock, "CreateLaunchTemplateVersion", "return", &version);
        assert_eq!(engine.check().await.unwrap(), []);
        let default = [("LaunchTemplateId", &*template), ("SetDefaultVersion", "2")];
        stranger(mock, "ModifyLaunchTemplate", "return", &default);
        let tag = [("ResourceId.1", &*template), ("Tag.1.Key", "Name"), ("Tag.1.Value", "other")];
        stranger(mock, "CreateTags", "return", &tag);
        let ubuntu = output(report, "image", "id");
        let names = [(&*group, "group"), (&*ubuntu, "ubuntu"), (&*image, "image")];
        insta::assert_snapshot!(drift(engine, &names).await, @r"
        nodes (aws.ec2.launch_template)
          defaultVersionNumber: recorded 1, actual 2
          tags.Name: recorded node, actual other
          imageId: recorded [ubuntu], actual [image]
          instanceType: recorded t3.medium, actual t3.large
          keyName: recorded none, actual theirs
          groupSet: recorded [group], actual none
          associatePublicIpAddress: recorded false, actual true
          userData: recorded line 2 `kubeadm join`, actual another
          cpuCredits: recorded unlimited, actual standard
          httpTokens: recorded required, actual optional
          httpPutResponseHopLimit: recorded 1, actual 2
          volumeType: recorded gp3, actual gp2
          encrypted: recorded true, actual none
          volumeSize: recorded 20, actual none
        ");
        let version = [
            ("LaunchTemplateId", &*template),
            ("SourceVersion", "1"),
            ("LaunchTemplateData.TagSpecification.1.ResourceType", "volume"),
            ("LaunchTemplateData.TagSpecification.1.Tag.1.Key", "Name"),
            ("LaunchTemplateData.TagSpecification.1.Tag.1.Value", "other"),
        ];
        stranger(mock, "CreateLaunchTemplateVersion", "return", &version);
        let default = [("LaunchTemplateId", &*template), ("SetDefaultVersion", "3")];
        stranger(mock, "ModifyLaunchTemplate", "return", &default);
        let text = drift(engine, &[]).await;
        assert!(text.contains("volume.tags.Name: recorded node, actual other"), "{text}");
        assert!(text.contains("instance.tags.Name: recorded node, actual none"), "{text}");
        let params = [("LaunchTemplateId", &*template)];
        stranger(mock, "DeleteLaunchTemplate", "return", &params);
        assert_eq!(
            drift(engine, &[(&template, "nodes")]).await,
            "nodes (aws.ec2.launch_template)\n  [nodes] is gone"
        );
    });
}

#[test]
fn a_name_of_somebody_elses_is_told_and_their_template_left_alone() {
    for is_lost in [false, true] {
        let stage = Stage::new(recipe);
        let mock = stage.world();
        let theirs = theirs(&mock);
        let before = mock.world();
        if is_lost {
            mock.fail(CHANGES[0]).reset();
        }
        let report = on_paused_time(async {
            stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
        });
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        let told = format!(
            "launch template {theirs} \"nodes\" was not made by hopper: delete it, or choose \
             another name"
        );
        assert!(report.to_string().contains(&told), "{report}");
        assert_eq!(mock.world().diff(&before).to_string(), "");
    }
}

fn theirs(mock: &Mock) -> String {
    let params = [("LaunchTemplateName", "nodes"), ("LaunchTemplateData.InstanceType", "t3.micro")];
    stranger(mock, "CreateLaunchTemplate", "launchTemplate/launchTemplateId", &params)
}
