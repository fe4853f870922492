//! What is checked before a launch makes anything.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Instance;
use super::launch::Launch;
use super::network::plan;
use super::profile;
use super::request::LaunchRequest;
use crate::ec2::availability_zone::{zone_id, zone_name};
use crate::ec2::block_device;
use crate::ec2::instance_type::{self, InstanceType};
use crate::ec2::launch_template::{CreditSpecification, Placement, Tenancy};
use crate::ec2::tag_specification::tags_for;
use crate::ec2::{NetworkInterface, Subnet, Volume, image, key_pair};
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
        check_zone(world, placement, &plan.subnet)?;
    }
    if instance_type.interfaces < plan.interfaces.len() {
        return Err(AwsError::new(
            "AttachmentLimitExceeded",
            format!("Interface count exceeds the limit for {}", instance_type.name),
        ));
    }
    let cpu_credits = credits(instance_type, data.credit_specification)?;
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
