//! What is checked before a launch makes anything.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::launch::Launch;
use super::network::{Planned, plan};
use super::profile;
use super::request::LaunchRequest;
use super::{CpuOptions, Instance};
use crate::ec2::availability_zone::{zone_id, zone_name};
use crate::ec2::block_device;
use crate::ec2::instance_type::{self, InstanceType};
use crate::ec2::launch_template::{self, CreditSpecification, EnclaveOptions, Placement, Tenancy};
use crate::ec2::tag_specification::tags_for;
use crate::ec2::{NetworkInterface, Subnet, Volume, image, key_pair, network_interface};
use crate::wire::AwsError;
use crate::world::{Kind, Resource as _, World};

/// Checks a launch, and says what every instance of it shall be.
pub(super) fn prepare<'a>(
    world: &World,
    request: &'a LaunchRequest,
) -> Result<Launch<'a>, AwsError> {
    let data = &request.data;
    let kinds: [&Kind; 3] = [&Instance::KIND, &Volume::KIND, &NetworkInterface::KIND];
    let tags = |kind| tags_for(world, &data.tag_specifications, kind, &kinds);
    let (tags, volume_tags, interface_tags) = (tags(kinds[0])?, tags(kinds[1])?, tags(kinds[2])?);
    if request.min_count < 1 || request.max_count < request.min_count {
        let count = format!("{}-{}", request.min_count, request.max_count);
        let why = "The least must be at least 1 and not more than the most.";
        return Err(AwsError::invalid_value("minCount-maxCount", count, why));
    }
    if let Some(options) = &data.metadata_options {
        options.check()?;
    }
    check_user_data(world, data.user_data.as_deref())?;
    let image = data.image_id.as_ref().ok_or_else(|| AwsError::missing("ImageId"))?;
    let image = image::launchable(world, image)?.clone();
    let instance_type =
        data.instance_type.as_ref().ok_or_else(|| AwsError::missing("InstanceType"))?;
    let instance_type = instance_type::named(instance_type)?;
    check_architecture(instance_type, &image.architecture)?;
    if let Some(name) = &data.key_name {
        key_pair::named(world, name)?;
    }
    let plan = plan(world, request)?;
    if let Some(placement) = &data.placement {
        check_placement(world, placement, &plan.subnet)?;
    }
    network_interface::check_interface_limit(instance_type, plan.interfaces.len())?;
    let n_addresses = plan.interfaces.iter().map(Planned::n_addresses).max().unwrap_or_default();
    network_interface::check_address_limit(instance_type, n_addresses)?;
    let cpu_credits = credits(instance_type, data.credit_specification)?;
    let cpu_options = match data.cpu_options {
        None => None,
        Some(options) => Some(cpus(instance_type, options)?),
    };
    check_enclaves(instance_type, data.enclave_options)?;
    if data.hibernation_options.is_some_and(|options| options.configured) {
        let why = "The simulator's machines cannot hibernate";
        return Err(AwsError::new("UnsupportedHibernationConfiguration", why));
    }
    let profile = match &data.iam_instance_profile {
        None => None,
        Some(request) => Some(profile::find(world, request)?),
    };
    let disks = block_device::map(world, &image.block_devices, &data.mappings)?;
    if !disks.iter().any(|disk| disk.device_name == image.root_device_name) {
        return Err(AwsError::new(
            "InvalidBlockDeviceMapping",
            format!("The root device '{}' cannot be left out", image.root_device_name),
        ));
    }
    let tenancy = match data.placement.as_ref().and_then(|placement| placement.tenancy) {
        Some(Tenancy::Dedicated) => "dedicated".to_owned(),
        Some(Tenancy::Default) => "default".to_owned(),
        None => {
            let vpc = world.ec2.vpcs.get(&plan.subnet.vpc_id);
            vpc.map_or_else(|| "default".to_owned(), |vpc| vpc.instance_tenancy.clone())
        }
    };
    Ok(Launch {
        request,
        image,
        instance_type,
        plan,
        disks,
        cpu_credits,
        profile,
        cpu_options,
        tenancy,
        tags: tags.into_iter().chain(request.aws_tags.clone()).collect(),
        volume_tags,
        interface_tags,
    })
}

/// Refuses user data that is too long, or not in base64.
pub(crate) fn check_user_data(world: &World, user_data: Option<&str>) -> Result<(), AwsError> {
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

fn check_placement(world: &World, placement: &Placement, subnet: &Subnet) -> Result<(), AwsError> {
    if let Some(name) = placement.group_name.as_ref().filter(|name| !name.is_empty()) {
        // There are no placement groups.
        let why = format!("The Placement Group '{name}' is unknown.");
        return Err(AwsError::new("InvalidPlacementGroup.Unknown", why));
    }
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

/// The processors of an instance of a type, of which a launch may ask for less.
fn cpus(
    instance_type: InstanceType,
    options: launch_template::CpuOptions,
) -> Result<CpuOptions, AwsError> {
    let (Some(core_count), Some(threads_per_core)) = (options.core_count, options.threads_per_core)
    else {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            "The number of CPU cores and the threads per core must both be given",
        ));
    };
    let most = instance_type.cpus();
    let check = |parameter, value: u32, most: u32| {
        let why = format!("A {} has 1 to {most}.", instance_type.name);
        let is_good = (1..=most).contains(&value);
        if is_good { Ok(()) } else { Err(AwsError::invalid_value(parameter, value, &why)) }
    };
    check("CpuOptions.CoreCount", core_count, most.core_count)?;
    check("CpuOptions.ThreadsPerCore", threads_per_core, most.threads_per_core)?;
    Ok(CpuOptions { core_count, threads_per_core })
}

fn check_enclaves(
    instance_type: InstanceType,
    options: Option<EnclaveOptions>,
) -> Result<(), AwsError> {
    if !options.is_some_and(|options| options.enabled) || instance_type.can_have_enclaves() {
        return Ok(());
    }
    let why = format!("The instance type {} does not support enclaves.", instance_type.name);
    Err(AwsError::new("InvalidParameterCombination", why))
}
