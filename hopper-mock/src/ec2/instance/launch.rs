//! [`launch`]: making the instances of a launch that has been checked.

use super::network::{Plan, Secondary, What};
use super::profile_association;
use super::request::LaunchRequest;
use super::{CpuOptions, IamInstanceProfile, Instance, InstanceState, MetadataOptions};
use crate::ec2::instance_type::InstanceType;
use crate::ec2::launch_template::HostnameType;
use crate::ec2::network_interface::{self, NewInterface};
use crate::ec2::{BlockDevice, Image, StateReason, volume};
use crate::wire::AwsError;
use crate::world::{Tags, Transition, World};

/// What every instance of a launch shall be.
#[derive(Debug)]
pub(super) struct Launch<'a> {
    pub(super) request: &'a LaunchRequest,
    pub(super) image: Image,
    pub(super) instance_type: InstanceType,
    pub(super) plan: Plan,
    pub(super) disks: Vec<BlockDevice>,
    pub(super) cpu_credits: Option<String>,
    pub(super) profile: Option<IamInstanceProfile>,
    pub(super) cpu_options: Option<CpuOptions>,
    pub(super) tenancy: String,
    pub(super) tags: Tags,
    pub(super) volume_tags: Tags,
    pub(super) interface_tags: Tags,
}

/// Makes as many instances as the quota and the free addresses allow, at least the smaller and at
/// most the larger of the counts, and gives the id of the reservation.
///
/// # Errors
/// When not even the smaller count can be had: then nothing is made.
pub(super) fn launch(
    world: &mut World,
    (min_count, max_count): (u32, u32),
    launch: &Launch<'_>,
) -> Result<String, AwsError> {
    check_vcpus(world, min_count * launch.instance_type.vcpus)?;
    let is_allowed = |n: &u32| check_vcpus(world, n * launch.instance_type.vcpus).is_ok();
    let count = (min_count..=max_count).take_while(is_allowed).last().unwrap_or(min_count);

    let mut made = Vec::new();
    for index in 0..count {
        match interfaces(world, launch) {
            Ok(interfaces) => made.push(interfaces),
            Err(_) if min_count <= index => break,
            Err(error) => {
                made.iter().for_each(|ids| undo(world, launch, ids));
                return Err(error);
            }
        }
    }
    let now = world.now;
    if let Some(image) = world.ec2.images.get_mut(&launch.image.id).filter(|i| !i.is_public) {
        image.last_launched_time = Some(now);
    }
    let reservation_id = world.new_part_id("r");
    let failure = world.doom("RunInstances");
    for (index, interfaces) in (0..).zip(made) {
        let id = instance(world, launch, &reservation_id, index)?;
        for (planned, interface_id) in launch.plan.interfaces.iter().zip(interfaces) {
            let (index, deleted) = (planned.device_index, planned.delete_on_termination);
            network_interface::attach(world, &interface_id, &id, index, deleted);
        }
        let latencies = &world.settings().latencies;
        let (after, next) = match &failure {
            None => (latencies.instance_running, Transition::InstanceRunning(id)),
            Some(code) => (latencies.instance_failed, Transition::InstanceFailed(id, code.clone())),
        };
        world.schedule(after, next);
    }
    Ok(reservation_id)
}

/// Refuses more virtual CPUs than the quota has left.
pub(crate) fn check_vcpus(world: &World, more: u32) -> Result<(), AwsError> {
    let used: u32 = world.ec2.instances.values().map(Instance::counted_vcpus).sum();
    let limit = world.settings().quotas.vcpus;
    if more == 0 || u64::from(used) + u64::from(more) <= limit as u64 {
        return Ok(());
    }
    Err(AwsError::new(
        "VcpuLimitExceeded",
        format!(
            "You have requested more vCPU capacity than your current vCPU limit of {limit} allows \
             for the instance bucket that the specified instance type belongs to."
        ),
    ))
}

/// The interfaces of one instance, or none of them.
fn interfaces(world: &mut World, launch: &Launch<'_>) -> Result<Vec<String>, AwsError> {
    let mut ids = Vec::new();
    for planned in &launch.plan.interfaces {
        let made = match &planned.what {
            What::Existing(id) => Ok(id.clone()),
            What::New { subnet_id, private_ip, secondary, group_ids, description } => {
                let new = NewInterface {
                    private_ip: *private_ip,
                    description: description.clone(),
                    group_ids: group_ids.clone(),
                    tags: launch.interface_tags.clone(),
                    ..NewInterface::in_subnet(subnet_id)
                };
                make(world, new, secondary)
            }
        };
        match made {
            Ok(id) => ids.push(id),
            Err(error) => {
                undo(world, launch, &ids);
                return Err(error);
            }
        }
    }
    Ok(ids)
}

/// Makes an interface with its secondary addresses, or nothing.
fn make(world: &mut World, new: NewInterface, secondary: &Secondary) -> Result<String, AwsError> {
    let id = network_interface::make(world, new)?;
    let added = network_interface::add_addresses(world, &id, &secondary.named, secondary.n_more);
    match added {
        Ok(_) => Ok(id),
        Err(error) => {
            network_interface::remove(world, &id);
            Err(error)
        }
    }
}

fn undo(world: &mut World, launch: &Launch<'_>, ids: &[String]) {
    for (planned, id) in launch.plan.interfaces.iter().zip(ids) {
        if matches!(planned.what, What::New { .. }) {
            network_interface::remove(world, id);
        }
    }
}

/// The instance itself with its disks, pending.
fn instance(
    world: &mut World,
    launch: &Launch<'_>,
    reservation_id: &str,
    launch_index: u32,
) -> Result<String, AwsError> {
    let Launch { request, image, plan, .. } = launch;
    let data = &request.data;
    let id = world.new_id::<Instance>();
    let mut metadata_options = MetadataOptions::default_for(image.imds_support.as_deref());
    if let Some(asked) = &data.metadata_options {
        asked.apply(&mut metadata_options);
    }
    let names = data.private_dns_name_options.unwrap_or_default();
    let maintenance = data.maintenance_options.unwrap_or_default();
    let reservations = data.capacity_reservation_specification.unwrap_or_default();
    world.add(Instance {
        id: id.clone(),
        reservation_id: reservation_id.to_owned(),
        launch_index,
        client_token: request.client_token.clone(),
        state: InstanceState::Pending,
        state_reason: Some(StateReason {
            code: "pending".to_owned(),
            message: "pending".to_owned(),
        }),
        state_transition_reason: String::new(),
        image_id: image.id.clone(),
        instance_type: launch.instance_type.name.to_owned(),
        architecture: image.architecture.clone(),
        root_device_name: image.root_device_name.clone(),
        key_name: data.key_name.clone(),
        launch_time: world.now,
        boot_time: world.now,
        availability_zone: plan.subnet.availability_zone.clone(),
        vpc_id: plan.subnet.vpc_id.clone(),
        subnet_id: plan.subnet.id.clone(),
        associate_public_ip_address: plan.has_public_ip,
        tenancy: launch.tenancy.clone(),
        user_data: data.user_data.clone(),
        disable_api_termination: data.disable_api_termination.unwrap_or_default(),
        disable_api_stop: data.disable_api_stop.unwrap_or_default(),
        shutdown_behavior: data.instance_initiated_shutdown_behavior.unwrap_or_default().name(),
        monitoring: data.monitoring.is_some_and(|monitoring| monitoring.enabled),
        ebs_optimized: data.ebs_optimized.unwrap_or_default(),
        iam_instance_profile: launch.profile.clone(),
        cpu_credits: launch.cpu_credits.clone(),
        cpu_options: launch.cpu_options,
        has_enclaves: data.enclave_options.is_some_and(|options| options.enabled),
        auto_recovery: maintenance.auto_recovery.unwrap_or_default().name(),
        capacity_reservation_preference: reservations
            .capacity_reservation_preference
            .unwrap_or_default()
            .name(),
        hostname_type: names
            .hostname_type
            .map_or_else(|| plan.subnet.hostname_type.clone(), HostnameType::name),
        enable_resource_name_dns_a_record: names
            .enable_resource_name_dns_a_record
            .unwrap_or(plan.subnet.enable_resource_name_dns_a_record),
        enable_resource_name_dns_aaaa_record: names
            .enable_resource_name_dns_aaaa_record
            .unwrap_or_default(),
        metadata_options,
        console_output: String::new(),
        tags: launch.tags.clone(),
    });
    #[cfg(feature = "hosts")]
    world.machinery.hosts.launched(&id, (&image.id, &image.name));
    if let Some(profile) = &launch.profile {
        profile_association::launched(world, &id, profile);
    }
    for disk in &launch.disks {
        let zone = &plan.subnet.availability_zone;
        let volume_id = volume::make(world, disk, zone, launch.volume_tags.clone())?;
        let deleted = disk.delete_on_termination;
        volume::attach(world, &volume_id, &id, &disk.device_name, deleted);
    }
    Ok(id)
}
