//! `CreateAutoScalingGroup`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::options::termination_policies;
use super::place::Places;
use super::{AutoScalingGroup, HealthCheckType, bounds, service_linked_role};
use crate::autoscaling::error::{check_name, validation};
use crate::autoscaling::launch_source;
use crate::autoscaling::load_balancer;
use crate::autoscaling::scaling;
use crate::autoscaling::tags::{self, TagRequest};
use crate::ec2::launch_template::LaunchTemplateSpecification;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(in crate::autoscaling) struct CreateAutoScalingGroup {
    auto_scaling_group_name: String,
    launch_configuration_name: Option<String>,
    launch_template: Option<LaunchTemplateSpecification>,
    instance_id: Option<String>,
    min_size: u32,
    max_size: u32,
    desired_capacity: Option<u32>,
    default_cooldown: Option<u32>,
    #[serde(default)]
    availability_zones: Vec<String>,
    #[serde(rename = "VPCZoneIdentifier")]
    vpc_zone_identifier: Option<String>,
    #[serde(default)]
    load_balancer_names: Vec<String>,
    health_check_type: Option<String>,
    health_check_grace_period: Option<u32>,
    default_instance_warmup: Option<i64>,
    #[serde(default)]
    termination_policies: Vec<String>,
    #[serde(default)]
    new_instances_protected_from_scale_in: bool,
    #[serde(rename = "ServiceLinkedRoleARN")]
    service_linked_role_arn: Option<String>,
    #[serde(default)]
    tags: Vec<TagRequest>,
}

/// Makes a group, without instances as yet.
pub(in crate::autoscaling) fn create(world: &mut World, input: &CreateAutoScalingGroup) -> Answer {
    let name = &input.auto_scaling_group_name;
    check_name(name, "autoScalingGroupName")?;
    let desired_capacity = input.desired_capacity.unwrap_or(input.min_size);
    bounds::check(input.min_size, input.max_size, desired_capacity)?;
    if input.instance_id.is_some() {
        return Err(validation(
            "The simulator makes no groups from instances: name a launch template or a launch \
             configuration instead of InstanceId",
        ));
    }
    let launch_configuration = input.launch_configuration_name.as_deref();
    let source = launch_source::read(world, launch_configuration, input.launch_template.as_ref())?
        .ok_or_else(launch_source::one_source)?;
    let zones = &input.availability_zones;
    let places = Places::read(world, input.vpc_zone_identifier.as_deref(), zones)?;
    let load_balancer_names = load_balancer::read(world, &input.load_balancer_names)?;
    let health_check_type = match &input.health_check_type {
        None => HealthCheckType::default(),
        Some(named) => HealthCheckType::named(named)?,
    };
    let termination_policies = termination_policies(&input.termination_policies)?;
    let role = service_linked_role::read(world, input.service_linked_role_arn.as_deref())?;
    let (tags, propagated_tags) = tags::read(world, &input.tags, Some(name))?;
    check_new(world, name)?;
    if let Some(subnet) = places.any_subnet(world) {
        source.check(world, subnet)?;
    }

    service_linked_role::ensure(world);
    let uuid = world.machinery.ids.uuid("auto-scaling-group");
    let arn = format!(
        "arn:aws:autoscaling:{}:{}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
        world.region, world.account
    );
    let group = AutoScalingGroup {
        name: name.clone(),
        arn: arn.clone(),
        created_time: world.now,
        source,
        min_size: input.min_size,
        max_size: input.max_size,
        desired_capacity,
        default_cooldown: input.default_cooldown.unwrap_or(300),
        availability_zones: places.availability_zones,
        subnet_ids: places.subnet_ids,
        load_balancer_names,
        health_check_type,
        health_check_grace_period: input.health_check_grace_period.unwrap_or(0),
        default_instance_warmup: warmup(input.default_instance_warmup)?,
        service_linked_role: role,
        termination_policies,
        new_instances_protected: input.new_instances_protected_from_scale_in,
        instances: BTreeMap::new(),
        suspended: BTreeMap::new(),
        is_deleting: false,
        n_failed_launches: 0,
        next_launch: None,
        rebalancing: None,
        tags,
        propagated_tags,
    };
    world.autoscaling.groups.insert(name.clone(), group);
    let why = format!(
        "At {} a user request created an AutoScalingGroup changing the desired capacity from 0 to \
         {desired_capacity}.",
        world.now
    );
    scaling::settle(world, &arn, &why);
    Ok(Xml::new())
}

/// The seconds of a warm-up; -1 takes a former value away.
pub(super) fn warmup(seconds: Option<i64>) -> Result<Option<u32>, AwsError> {
    match seconds {
        None | Some(-1) => Ok(None),
        Some(seconds) => u32::try_from(seconds).map(Some).map_err(|_| {
            validation(format!("DefaultInstanceWarmup {seconds} must not be negative"))
        }),
    }
}

fn check_new(world: &World, name: &str) -> Result<(), AwsError> {
    if let Some(other) = world.autoscaling.groups.get(name) {
        let state = if other.is_deleting { "is pending delete" } else { "already exists" };
        return Err(AwsError::new(
            "AlreadyExists",
            format!(
                "AutoScalingGroup by this name already exists - A group with the name {name} \
                 {state}"
            ),
        ));
    }
    let limit = world.settings().quotas.auto_scaling_groups;
    if world.autoscaling.groups.len() < limit {
        return Ok(());
    }
    Err(AwsError::new("LimitExceeded", format!("Only {limit} AutoScalingGroups are allowed")))
}
