//! `RunInstances`: what a launch asks for, and what is checked before anything is made.

use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::launch::{Launch, launch};
use super::metadata::MetadataRequest;
use super::network::{InterfaceRequest, plan};
use super::profile::{self, ProfileRequest};
use super::show::reservation;
use super::{Instance, InstanceState};
use crate::ec2::availability_zone::{zone_id, zone_name};
use crate::ec2::block_device::{self, BlockDeviceMapping};
use crate::ec2::instance_type::{self, InstanceType};
use crate::ec2::tag_specification::{TagSpecification, tags_for};
use crate::ec2::{NetworkInterface, Subnet, Volume, image, key_pair};
use crate::wire::{Answer, AwsError};
use crate::world::{Kind, Resource as _, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RunInstances {
    image_id: String,
    instance_type: String,
    min_count: u32,
    pub(super) max_count: u32,
    pub(super) key_name: Option<String>,
    pub(super) subnet_id: Option<String>,
    #[serde(rename = "PrivateIpAddress")]
    pub(super) private_ip: Option<Ipv4Addr>,
    #[serde(default, rename = "SecurityGroupId")]
    pub(super) group_ids: Vec<String>,
    #[serde(default, rename = "SecurityGroup")]
    pub(super) group_names: Vec<String>,
    #[serde(default, rename = "NetworkInterface")]
    pub(super) interfaces: Vec<InterfaceRequest>,
    #[serde(default, rename = "BlockDeviceMapping")]
    mappings: Vec<BlockDeviceMapping>,
    pub(super) user_data: Option<String>,
    placement: Option<Placement>,
    monitoring: Option<Monitoring>,
    credit_specification: Option<CreditSpecification>,
    #[serde(default)]
    metadata_options: MetadataRequest,
    iam_instance_profile: Option<ProfileRequest>,
    #[serde(default)]
    pub(super) disable_api_termination: bool,
    #[serde(default)]
    pub(super) disable_api_stop: bool,
    #[serde(default)]
    pub(super) instance_initiated_shutdown_behavior: ShutdownBehavior,
    #[serde(default)]
    pub(super) ebs_optimized: bool,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Placement {
    availability_zone: Option<String>,
    availability_zone_id: Option<String>,
    tenancy: Option<Tenancy>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tenancy {
    Default,
    Dedicated,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Monitoring {
    enabled: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreditSpecification {
    cpu_credits: CpuCredits,
}

/// What an instance may do without CPU credits.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CpuCredits {
    Standard,
    Unlimited,
}

impl CpuCredits {
    pub(super) fn name(self) -> String {
        match self {
            Self::Standard => "standard".to_owned(),
            Self::Unlimited => "unlimited".to_owned(),
        }
    }
}

/// What a shutdown from inside does.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ShutdownBehavior {
    #[default]
    Stop,
    Terminate,
}

impl ShutdownBehavior {
    pub(super) fn name(self) -> String {
        match self {
            Self::Stop => "stop".to_owned(),
            Self::Terminate => "terminate".to_owned(),
        }
    }
}

/// Starts instances, as many as can be between the two counts, and gives the id of the
/// reservation. Everything is checked before anything is made.
pub(crate) fn run(
    world: &mut World,
    input: &RunInstances,
    client_token: Option<&str>,
) -> Result<String, AwsError> {
    let kinds: [&Kind; 3] = [&Instance::KIND, &Volume::KIND, &NetworkInterface::KIND];
    let tags = |kind| tags_for(world, &input.tag_specifications, kind, &kinds);
    let (tags, volume_tags, interface_tags) = (tags(kinds[0])?, tags(kinds[1])?, tags(kinds[2])?);
    if input.min_count < 1 || input.max_count < input.min_count {
        let count = format!("{}-{}", input.min_count, input.max_count);
        let why = "The least must be at least 1 and not more than the most.";
        return Err(AwsError::invalid_value("minCount-maxCount", count, why));
    }
    input.metadata_options.check()?;
    check_user_data(world, input.user_data.as_deref())?;
    let image = image::launchable(world, &input.image_id)?.clone();
    let instance_type = instance_type::named(&input.instance_type)?;
    check_architecture(instance_type, &image.architecture)?;
    if let Some(name) = &input.key_name {
        key_pair::named(world, name)?;
    }
    let plan = plan(world, input)?;
    if let Some(placement) = &input.placement {
        check_zone(world, placement, &plan.subnet)?;
    }
    if instance_type.interfaces < plan.interfaces.len() {
        return Err(AwsError::new(
            "AttachmentLimitExceeded",
            format!("Interface count exceeds the limit for {}", instance_type.name),
        ));
    }
    let cpu_credits = credits(instance_type, input.credit_specification)?;
    let profile = match &input.iam_instance_profile {
        None => None,
        Some(request) => Some(profile::find(world, request)?),
    };
    let disks = block_device::map(world, &image.block_devices, &input.mappings)?;
    if !disks.iter().any(|disk| disk.device_name == image.root_device_name) {
        return Err(AwsError::new(
            "InvalidBlockDeviceMapping",
            format!("The root device '{}' cannot be left out", image.root_device_name),
        ));
    }
    let tenancy = match input.placement.as_ref().and_then(|placement| placement.tenancy) {
        Some(Tenancy::Dedicated) => "dedicated".to_owned(),
        Some(Tenancy::Default) => "default".to_owned(),
        None => {
            let vpc = world.ec2.vpcs.get(&plan.subnet.vpc_id);
            vpc.map_or_else(|| "default".to_owned(), |vpc| vpc.instance_tenancy.clone())
        }
    };
    launch(
        world,
        (input.min_count, input.max_count),
        &Launch {
            input,
            client_token: client_token.unwrap_or_default(),
            image,
            instance_type,
            plan,
            disks,
            cpu_credits,
            profile,
            tenancy,
            monitoring: input.monitoring.is_some_and(|monitoring| monitoring.enabled),
            metadata: &input.metadata_options,
            tags,
            volume_tags,
            interface_tags,
        },
    )
}

/// Answers with a reservation.
///
/// # Errors
/// `IdempotentInstanceTerminated` when the token is that of instances which are gone.
pub(crate) fn ran(world: &World, reservation_id: &str) -> Answer {
    let instances = world.ec2.instances.values();
    let mut instances: Vec<_> =
        instances.filter(|instance| instance.reservation_id == reservation_id).collect();
    if instances.is_empty() || instances.iter().any(|i| i.state == InstanceState::Terminated) {
        return Err(AwsError::new(
            "IdempotentInstanceTerminated",
            "The request to launch an instance uses the same client token as a previous request \
             for which the instance has been terminated",
        ));
    }
    instances.sort_by_key(|instance| instance.launch_index);
    Ok(reservation(world, reservation_id, &instances))
}

/// Refuses user data that is too long, or not in base64.
pub(super) fn check_user_data(world: &World, user_data: Option<&str>) -> Result<(), AwsError> {
    let Some(text) = user_data else { return Ok(()) };
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| {
        AwsError::new("InvalidParameterValue", "Invalid BASE64 encoding of user data")
    })?;
    let limit = world.settings().quotas.user_data_bytes;
    if limit < bytes.len() {
        let why = format!("User data is limited to {limit} bytes");
        return Err(AwsError::new("InvalidParameterValue", why));
    }
    Ok(())
}

/// Refuses a type whose machines cannot run what is on the image.
pub(super) fn check_architecture(
    instance_type: InstanceType,
    of_image: &str,
) -> Result<(), AwsError> {
    let of_type = instance_type.architecture();
    if of_type == of_image {
        return Ok(());
    }
    Err(AwsError::new(
        "InvalidParameterValue",
        format!(
            "The architecture '{of_type}' of the specified instance type does not match the \
             architecture '{of_image}' of the specified AMI."
        ),
    ))
}

fn check_zone(world: &World, placement: &Placement, subnet: &Subnet) -> Result<(), AwsError> {
    let zone = match (&placement.availability_zone, &placement.availability_zone_id) {
        (Some(name), _) => zone_id(world, name).map(|_| name.clone())?,
        (None, Some(id)) => zone_name(world, id)?,
        (None, None) => return Ok(()),
    };
    if zone == subnet.availability_zone {
        return Ok(());
    }
    let why = format!("The subnet is in the zone {}.", subnet.availability_zone);
    Err(AwsError::invalid_value("availabilityZone", zone, &why))
}

/// The CPU credits of an instance of a type.
fn credits(
    instance_type: InstanceType,
    specification: Option<CreditSpecification>,
) -> Result<Option<String>, AwsError> {
    match (specification, instance_type.default_credits()) {
        (None, default) => Ok(default.map(str::to_owned)),
        (Some(specification), Some(_)) => Ok(Some(specification.cpu_credits.name())),
        (Some(_), None) => Err(AwsError::new(
            "InvalidParameterCombination",
            format!(
                "The credit specification is not supported for the instance type {}.",
                instance_type.name
            ),
        )),
    }
}
