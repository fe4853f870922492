//! `CreateLaunchConfiguration`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{BlockDeviceMapping, LaunchConfiguration, MetadataOptions};
use crate::autoscaling::error::{check_name, constraint, validation};
use crate::ec2::{Image, SecurityGroup, instance, instance_type};
use crate::iam::profile_seen_by_ec2;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Tags, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct CreateLaunchConfiguration {
    launch_configuration_name: String,
    image_id: Option<String>,
    instance_type: Option<String>,
    instance_id: Option<String>,
    spot_price: Option<String>,
    key_name: Option<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    user_data: Option<String>,
    iam_instance_profile: Option<String>,
    associate_public_ip_address: Option<bool>,
    instance_monitoring: Option<Monitoring>,
    #[serde(default)]
    ebs_optimized: bool,
    placement_tenancy: Option<String>,
    metadata_options: Option<MetadataOptions>,
    #[serde(default)]
    block_device_mappings: Vec<BlockDeviceMapping>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Monitoring {
    enabled: bool,
}

/// Makes a launch configuration of things that exist.
pub(in crate::autoscaling) fn create(
    world: &mut World,
    input: &CreateLaunchConfiguration,
) -> Answer {
    if world.settings().switches.no_launch_configurations {
        return Err(AwsError::new(
            "UnsupportedOperation",
            "The Launch Configuration creation operation is not available in your account. Use \
             launch templates to create configuration templates for your Auto Scaling groups.",
        ));
    }
    let name = &input.launch_configuration_name;
    check_name(name, "launchConfigurationName")?;
    let (image_id, instance_type) = check(world, input)?;
    if world.autoscaling.launch_configurations.contains_key(name) {
        return Err(AwsError::new(
            "AlreadyExists",
            format!(
                "Launch Configuration by this name already exists - A launch configuration \
                 already exists with the name {name}"
            ),
        ));
    }
    let limit = world.settings().quotas.launch_configurations;
    if limit <= world.autoscaling.launch_configurations.len() {
        return Err(AwsError::new(
            "LimitExceeded",
            format!("Only {limit} launch configurations are allowed"),
        ));
    }
    let uuid = world.machinery.ids.uuid("launch-configuration");
    let made = LaunchConfiguration {
        name: name.clone(),
        arn: format!(
            "arn:aws:autoscaling:{}:{}:launchConfiguration:{uuid}:launchConfigurationName/{name}",
            world.region, world.account
        ),
        created_time: world.now,
        image_id: image_id.to_owned(),
        instance_type: instance_type.to_owned(),
        key_name: input.key_name.clone(),
        security_groups: input.security_groups.clone(),
        user_data: input.user_data.clone(),
        iam_instance_profile: input.iam_instance_profile.clone(),
        associate_public_ip_address: input.associate_public_ip_address,
        // In detail, unless it is asked for otherwise.
        instance_monitoring: input.instance_monitoring.is_none_or(|monitoring| monitoring.enabled),
        ebs_optimized: input.ebs_optimized,
        placement_tenancy: input.placement_tenancy.clone(),
        metadata_options: input.metadata_options.clone(),
        block_device_mappings: input.block_device_mappings.clone(),
        tags: Tags::new(),
    };
    world.autoscaling.launch_configurations.insert(name.clone(), made);
    Ok(Xml::new())
}

/// Refuses what does not exist or cannot be. Gives image and type.
fn check<'a>(
    world: &World,
    input: &'a CreateLaunchConfiguration,
) -> Result<(&'a str, &'a str), AwsError> {
    if input.instance_id.is_some() || input.spot_price.is_some() {
        return Err(validation(
            "The simulator makes launch configurations neither from instances nor for spot \
             instances: leave out InstanceId and SpotPrice",
        ));
    }
    let (Some(image_id), Some(instance_type)) = (&input.image_id, &input.instance_type) else {
        return Err(validation(
            "Valid requests must contain either the InstanceID parameter or both the ImageId and \
             InstanceType parameters.",
        ));
    };
    if world.find::<Image>(image_id).is_err() {
        return Err(validation("AMI cannot be described"));
    }
    if instance_type::named(instance_type).is_err() {
        return Err(validation(format!("Invalid instance type: '{instance_type}'")));
    }
    if let Some(name) = &input.key_name
        && !world.ec2.key_pairs.values().any(|key| key.name == *name)
    {
        return Err(validation(format!("The key pair '{name}' does not exist")));
    }
    for id in &input.security_groups {
        if world.find::<SecurityGroup>(id).is_err() {
            return Err(validation(format!("The security group '{id}' does not exist")));
        }
    }
    instance::check_user_data(world, input.user_data.as_deref())
        .map_err(|error| validation(error.message))?;
    if let Some(profile) = &input.iam_instance_profile
        && profile_seen_by_ec2(world, profile).is_none()
    {
        return Err(validation(format!("Invalid IamInstanceProfile: {profile}")));
    }
    one_of("placementTenancy", input.placement_tenancy.as_deref(), &["default", "dedicated"])?;
    if let Some(options) = &input.metadata_options {
        one_of("httpTokens", options.http_tokens.as_deref(), &["optional", "required"])?;
        one_of("httpEndpoint", options.http_endpoint.as_deref(), &["disabled", "enabled"])?;
        if let Some(hops) = options.http_put_response_hop_limit
            && !(1..=64).contains(&hops)
        {
            let must = "Member must have value between 1 and 64";
            return Err(constraint(hops, "httpPutResponseHopLimit", must));
        }
    }
    check_disks(&input.block_device_mappings)?;
    Ok((image_id, instance_type))
}

fn check_disks(disks: &[BlockDeviceMapping]) -> Result<(), AwsError> {
    let mut seen = BTreeSet::new();
    for disk in disks {
        let name = &disk.device_name;
        if !seen.insert(name) {
            return Err(validation(format!("Duplicate device name {name}")));
        }
        if disk.ebs.is_some() == (disk.no_device == Some(true)) {
            return Err(validation(format!("The device {name} needs either Ebs or NoDevice")));
        }
        if let Some(size) = disk.ebs.as_ref().and_then(|ebs| ebs.volume_size)
            && !(1..=16_384).contains(&size)
        {
            return Err(constraint(
                size,
                "volumeSize",
                "Member must have value between 1 and 16384",
            ));
        }
    }
    Ok(())
}

fn one_of(member: &str, value: Option<&str>, known: &[&str]) -> Result<(), AwsError> {
    match value.filter(|value| !known.contains(value)) {
        None => Ok(()),
        Some(value) => {
            let must = format!("Member must satisfy enum value set: [{}]", known.join(", "));
            Err(constraint(value, member, &must))
        }
    }
}
