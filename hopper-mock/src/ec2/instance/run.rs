//! `RunInstances`.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::InstanceState;
use super::request::LaunchRequest;
use super::show::reservation;
use crate::ec2::launch_template::{LaunchTemplateData, LaunchTemplateSpecification};
use crate::wire::{Answer, AwsError, Params, from_params};
use crate::world::World;

/// A launch as a request asks for it.
#[derive(Debug)]
pub(crate) struct RunInstances {
    own: Own,
    data: LaunchTemplateData,
}

/// The parameters that a launch template does not have as well.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Own {
    min_count: u32,
    max_count: u32,
    subnet_id: Option<String>,
    private_ip_address: Option<Ipv4Addr>,
    launch_template: Option<LaunchTemplateSpecification>,
}

const OWN: [&str; 5] = ["MinCount", "MaxCount", "SubnetId", "PrivateIpAddress", "LaunchTemplate"];

impl RunInstances {
    /// Reads the parameters of a request.
    pub(crate) fn read(mut data: Params) -> Result<Self, AwsError> {
        let own = data.split(&OWN);
        Ok(Self { own: from_params(&own)?, data: from_params(&data)? })
    }
}

/// Starts instances, as many as can be between the two counts, and gives the id of the
/// reservation.
pub(crate) fn run(
    world: &mut World,
    input: RunInstances,
    client_token: Option<&str>,
) -> Result<String, AwsError> {
    let RunInstances { own, data } = input;
    let request = match &own.launch_template {
        None => LaunchRequest::one(data),
        Some(template) => LaunchRequest::from_template(template.resolve(world)?, data),
    };
    let request = LaunchRequest {
        min_count: own.min_count,
        max_count: own.max_count,
        subnet_id: own.subnet_id,
        private_ip: own.private_ip_address,
        client_token: client_token.unwrap_or_default().to_owned(),
        ..request
    };
    request.run(world)
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
