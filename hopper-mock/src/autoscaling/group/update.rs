//! `UpdateAutoScalingGroup`.

use serde::Deserialize;

use super::create::warmup;
use super::options::termination_policies;
use super::place::Places;
use super::{HealthCheckType, bounds, by_arn_mut, live, service_linked_role};
use crate::autoscaling::launch_source;
use crate::autoscaling::scaling;
use crate::ec2::launch_template::LaunchTemplateSpecification;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct UpdateAutoScalingGroup {
    auto_scaling_group_name: String,
    launch_configuration_name: Option<String>,
    launch_template: Option<LaunchTemplateSpecification>,
    min_size: Option<u32>,
    max_size: Option<u32>,
    desired_capacity: Option<u32>,
    default_cooldown: Option<u32>,
    #[serde(default)]
    availability_zones: Vec<String>,
    #[serde(rename = "VPCZoneIdentifier")]
    vpc_zone_identifier: Option<String>,
    health_check_type: Option<String>,
    health_check_grace_period: Option<u32>,
    default_instance_warmup: Option<i64>,
    #[serde(default)]
    termination_policies: Vec<String>,
    new_instances_protected_from_scale_in: Option<bool>,
    #[serde(rename = "ServiceLinkedRoleARN")]
    service_linked_role_arn: Option<String>,
}

/// Changes a group. Instances that are there stay as they are, as long as their number fits.
pub(in crate::autoscaling) fn update(world: &mut World, input: &UpdateAutoScalingGroup) -> Answer {
    let mut group = live(world, &input.auto_scaling_group_name)?.clone();
    let before = group.desired_capacity;
    group.min_size = input.min_size.unwrap_or(group.min_size);
    group.max_size = input.max_size.unwrap_or(group.max_size);
    // Without a capacity of its own, a bound that is passed takes the capacity along.
    group.desired_capacity = input
        .desired_capacity
        .unwrap_or_else(|| before.max(group.min_size).min(group.max_size.max(group.min_size)));
    bounds::check(group.min_size, group.max_size, group.desired_capacity)?;

    let launch_configuration = input.launch_configuration_name.as_deref();
    let source = launch_source::read(world, launch_configuration, input.launch_template.as_ref())?;
    if let Some(source) = source {
        group.source = source;
    }
    if let Some(places) = places(world, input, &group.subnet_ids)? {
        if let Some(subnet) = places.any_subnet(world) {
            group.source.check(world, subnet)?;
        }
        group.availability_zones = places.availability_zones;
        group.subnet_ids = places.subnet_ids;
    }
    if let Some(named) = &input.health_check_type {
        group.health_check_type = HealthCheckType::named(named)?;
    }
    if !input.termination_policies.is_empty() {
        group.termination_policies = termination_policies(&input.termination_policies)?;
    }
    if let Some(arn) = &input.service_linked_role_arn {
        group.service_linked_role = service_linked_role::read(world, Some(arn))?;
    }
    if input.default_instance_warmup.is_some() {
        group.default_instance_warmup = warmup(input.default_instance_warmup)?;
    }
    group.default_cooldown = input.default_cooldown.unwrap_or(group.default_cooldown);
    group.health_check_grace_period =
        input.health_check_grace_period.unwrap_or(group.health_check_grace_period);
    group.new_instances_protected =
        input.new_instances_protected_from_scale_in.unwrap_or(group.new_instances_protected);
    // What was wrong may be mended: it does not wait to try.
    group.next_launch = None;

    let why = format!(
        "At {} a user request update of AutoScalingGroup constraints to min: {}, max: {}, desired: \
         {} changing the desired capacity from {before} to {}.",
        world.now, group.min_size, group.max_size, group.desired_capacity, group.desired_capacity
    );
    let arn = group.arn.clone();
    if let Some(place) = by_arn_mut(world, &arn) {
        *place = group;
    }
    scaling::settle(world, &arn, &why);
    Ok(Xml::new())
}

/// The places the group shall have from now on, if the request says anything about them or about
/// what is launched there.
fn places(
    world: &World,
    input: &UpdateAutoScalingGroup,
    subnet_ids: &[String],
) -> Result<Option<Places>, AwsError> {
    let zones = &input.availability_zones;
    if input.vpc_zone_identifier.is_none() && zones.is_empty() && input.launch_template.is_none() {
        return Ok(None);
    }
    let present = subnet_ids.join(",");
    let subnets = input.vpc_zone_identifier.as_deref().unwrap_or(&present);
    Places::read(world, Some(subnets), zones).map(Some)
}
