//! What a [`LaunchTemplate`] holds, as AWS takes it and as AWS shows it.

use super::{Credits, LaunchTemplate, MetadataOptions, RootVolume, UserData};
use crate::{Tags, comparison::Comparison, mark::ec2_tags};
use aws_sdk_ec2::types::{
    InstanceType, LaunchTemplateBlockDeviceMappingRequest, LaunchTemplateEbsBlockDeviceRequest,
    LaunchTemplateHttpTokensState, LaunchTemplateIamInstanceProfileSpecificationRequest,
    LaunchTemplateInstanceMetadataOptionsRequest,
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    LaunchTemplateTagSpecificationRequest, RequestLaunchTemplateData, ResourceType,
    ResponseLaunchTemplateData, VolumeType,
};
use hopper_core::{Cx, StepError};
use sha2::{Digest as _, Sha256};

/// What is tagged at every launch.
const TAGGED: [ResourceType; 3] =
    [ResourceType::Instance, ResourceType::Volume, ResourceType::NetworkInterface];

/// What the template holds, as AWS takes it.
pub(super) fn request(
    template: &LaunchTemplate,
    cx: &Cx,
    tags: &Tags,
) -> Result<RequestLaunchTemplateData, StepError> {
    let interface = LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .associate_public_ip_address(template.public_address)
        .delete_on_termination(true)
        .set_groups(Some(groups(template, cx).map(ToOwned::to_owned).collect()))
        .build();
    let user_data = template.user_data.as_ref().map(|data| data.encoded(cx)).transpose()?;
    let data = RequestLaunchTemplateData::builder()
        .image_id(cx.get(&template.image).as_str())
        .instance_type(InstanceType::from(template.instance_type.as_str()))
        .set_key_name(cx.get(&template.key_name).clone())
        .network_interfaces(interface)
        .set_iam_instance_profile(template.profile.as_ref().map(|name| {
            LaunchTemplateIamInstanceProfileSpecificationRequest::builder()
                .name(cx.get(name).as_str())
                .build()
        }))
        .set_credit_specification(template.credits.map(Credits::request))
        .set_metadata_options(template.metadata.map(metadata))
        .set_block_device_mappings(template.root_volume.as_ref().map(|root| vec![volume(root)]))
        .set_user_data(user_data);
    let tagged = TAGGED.into_iter().fold(data, |data, kind| {
        data.tag_specifications(
            LaunchTemplateTagSpecificationRequest::builder()
                .resource_type(kind)
                .set_tags(Some(ec2_tags(tags)))
                .build(),
        )
    });
    Ok(tagged.build())
}

/// An idempotency token for a version that holds this.
pub(super) fn token(step: &str, data: &RequestLaunchTemplateData) -> String {
    // What an instance is given to run is not in the text of the rest.
    let user_data = data.user_data().unwrap_or_default();
    let digest = Sha256::digest(format!("{step}\0{data:?}\0{user_data}"));
    digest.iter().take(16).fold(String::new(), |token, byte| token + &format!("{byte:02x}"))
}

fn metadata(options: MetadataOptions) -> LaunchTemplateInstanceMetadataOptionsRequest {
    LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .http_tokens(LaunchTemplateHttpTokensState::from(options.tokens.as_str()))
        .http_put_response_hop_limit(options.hop_limit.into())
        .build()
}

fn volume(root: &RootVolume) -> LaunchTemplateBlockDeviceMappingRequest {
    let disk = LaunchTemplateEbsBlockDeviceRequest::builder()
        .volume_type(VolumeType::Gp3)
        .set_volume_size(root.size.map(|size| i32::try_from(size).unwrap_or(i32::MAX)))
        .encrypted(root.encrypted)
        .delete_on_termination(true)
        .build();
    LaunchTemplateBlockDeviceMappingRequest::builder().device_name(&root.device).ebs(disk).build()
}

fn groups<'a>(template: &'a LaunchTemplate, cx: &'a Cx) -> impl Iterator<Item = &'a str> {
    template.security_groups.iter().map(|group| cx.get(group).as_str())
}

/// Compares what the template holds with what is there.
pub(super) fn compare(
    template: &LaunchTemplate,
    cx: &Cx,
    data: &ResponseLaunchTemplateData,
    tags: &Tags,
    comparison: Comparison,
) -> Comparison {
    let key = cx.get(&template.key_name).as_deref();
    let profile = template.profile.as_ref().map(|name| cx.get(name).as_str());
    let has_profile = data.iam_instance_profile().and_then(|profile| profile.name());
    let interface = data.network_interfaces().first();
    let has_groups = interface.map(|i| i.groups()).unwrap_or_default();
    let comparison = comparison
        .optional("imageId", cx.get(&template.image), data.image_id())
        .optional("instanceType", &template.instance_type, data.instance_type())
        .optional("keyName", key.unwrap_or("none"), data.key_name())
        .optional("iamInstanceProfile", profile.unwrap_or("none"), has_profile)
        .set("groupSet", groups(template, cx), has_groups.iter().map(String::as_str))
        .optional(
            "associatePublicIpAddress",
            template.public_address,
            interface.and_then(|interface| interface.associate_public_ip_address()),
        );
    let user_data = template.user_data.as_ref();
    let comparison = UserData::compare(user_data, cx, comparison, data.user_data());
    let comparison = options(template, data, comparison);
    TAGGED.into_iter().fold(comparison, |comparison, kind| {
        let put = data.tag_specifications().iter().find(|of| of.resource_type() == Some(&kind));
        let list = format!("{kind}.tags");
        comparison.tags_of(&list, tags, put.map(|of| of.tags()).unwrap_or_default())
    })
}

/// Compares what a template may leave to others.
fn options(
    template: &LaunchTemplate,
    data: &ResponseLaunchTemplateData,
    comparison: Comparison,
) -> Comparison {
    let has_credits = data.credit_specification().and_then(|credit| credit.cpu_credits());
    let credits = template.credits.map_or("none", Credits::as_str);
    let comparison = comparison.optional("cpuCredits", credits, has_credits);
    let has = data.metadata_options();
    let comparison = match template.metadata {
        None => comparison,
        Some(metadata) => comparison
            .optional("httpTokens", metadata.tokens.as_str(), has.and_then(|m| m.http_tokens()))
            .optional(
                "httpPutResponseHopLimit",
                metadata.hop_limit,
                has.and_then(|metadata| metadata.http_put_response_hop_limit()),
            ),
    };
    let Some(root) = &template.root_volume else { return comparison };
    let mut disks = data.block_device_mappings().iter();
    let disk = disks.find(|disk| disk.device_name() == Some(root.device.as_str()));
    let disk = disk.and_then(|disk| disk.ebs());
    let comparison = comparison
        .optional("volumeType", "gp3", disk.and_then(|disk| disk.volume_type()))
        .optional("encrypted", root.encrypted, disk.and_then(|disk| disk.encrypted()));
    match root.size {
        Some(size) => {
            comparison.optional("volumeSize", size, disk.and_then(|disk| disk.volume_size()))
        }
        None => comparison,
    }
}
