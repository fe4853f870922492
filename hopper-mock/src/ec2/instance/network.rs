//! [`Plan`]: the network interfaces a launch asks for.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::request::LaunchRequest;
use crate::ec2::network_interface::{PrivateIp, check_groups};
use crate::ec2::{NetworkInterface, SecurityGroup, Subnet};
use crate::wire::AwsError;
use crate::world::{Resource as _, World};

/// A network interface in a launch: an existing one, or what a new one shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct InterfaceRequest {
    pub(crate) device_index: Option<u32>,
    pub(crate) network_interface_id: Option<String>,
    pub(crate) subnet_id: Option<String>,
    #[serde(rename = "SecurityGroupId")]
    pub(crate) group_ids: Vec<String>,
    pub(crate) private_ip_address: Option<Ipv4Addr>,
    pub(crate) private_ip_addresses: Vec<PrivateIp>,
    pub(crate) secondary_private_ip_address_count: Option<usize>,
    pub(crate) associate_public_ip_address: Option<bool>,
    pub(crate) delete_on_termination: Option<bool>,
    pub(crate) description: Option<String>,
    /// Every interface is an ordinary one.
    pub(crate) interface_type: Option<Ordinary>,
    /// Every type has one network card, 0.
    pub(crate) network_card_index: Option<u32>,
}

/// The one type an interface of an instance may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ordinary {
    Interface,
}

/// The interfaces of each instance of a launch.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where the primary interface is.
    pub(super) subnet: Subnet,
    /// Whether the instance gets a public address.
    pub(super) has_public_ip: bool,
    /// The interfaces, the primary one first.
    pub(super) interfaces: Vec<Planned>,
}

/// An interface of an instance.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) device_index: u32,
    pub(super) delete_on_termination: bool,
    pub(super) what: What,
}

/// Where an interface comes from.
#[derive(Debug)]
pub(super) enum What {
    /// It is there and free.
    Existing(String),
    /// It is made.
    New {
        subnet_id: String,
        private_ip: Option<Ipv4Addr>,
        secondary: Secondary,
        group_ids: Vec<String>,
        description: String,
    },
}

/// The addresses of an interface besides its primary one.
#[derive(Debug, Default)]
pub(super) struct Secondary {
    pub(super) named: Vec<Ipv4Addr>,
    pub(super) n_more: usize,
}

impl Planned {
    /// How many addresses a new interface gets.
    pub(super) fn n_addresses(&self) -> usize {
        match &self.what {
            What::Existing(_) => 0,
            What::New { secondary, .. } => 1 + secondary.named.len() + secondary.n_more,
        }
    }
}

/// Reads the plan, refusing what is not there or does not fit together.
pub(super) fn plan(world: &World, request: &LaunchRequest) -> Result<Plan, AwsError> {
    if let Some(name) = request.data.group_names.first() {
        if request.subnet_id.is_some() || !request.data.interfaces.is_empty() {
            return Err(combination(
                "The parameter groupName cannot be used with the parameter subnet",
            ));
        }
        // Names are looked up in the default VPC, and there is none.
        return Err(SecurityGroup::KIND.not_found(name));
    }
    if request.data.interfaces.is_empty() {
        return simple(world, request);
    }
    if request.subnet_id.is_some()
        || !request.data.group_ids.is_empty()
        || request.private_ip.is_some()
    {
        return Err(combination(
            "Network interfaces and an instance-level subnet ID, security groups or private \
             address may not be specified on the same request",
        ));
    }
    let mut requests: Vec<_> = request.data.interfaces.iter().collect();
    requests.sort_by_key(|request| request.device_index);
    check_indexes(&requests, request.max_count)?;
    let mut interfaces = Vec::new();
    for request in &requests {
        interfaces.push(request.planned(world)?);
    }
    let subnet = match interfaces.first().map(|planned| &planned.what) {
        Some(What::Existing(id)) => {
            world.find::<Subnet>(&world.find::<NetworkInterface>(id)?.subnet_id)?.clone()
        }
        Some(What::New { subnet_id, .. }) => world.find::<Subnet>(subnet_id)?.clone(),
        None => return Err(no_subnet()),
    };
    let asked = requests.iter().find_map(|request| request.associate_public_ip_address);
    let is_new = matches!(interfaces.first(), Some(Planned { what: What::New { .. }, .. }));
    let by_subnet = is_new && requests.len() == 1 && subnet.map_public_ip_on_launch;
    Ok(Plan { has_public_ip: asked.unwrap_or(by_subnet), subnet, interfaces })
}

fn simple(world: &World, request: &LaunchRequest) -> Result<Plan, AwsError> {
    let subnet_id = request.subnet_id.as_ref().ok_or_else(no_subnet)?;
    let subnet = world.find::<Subnet>(subnet_id)?.clone();
    if request.private_ip.is_some() && 1 < request.max_count {
        return Err(one_address());
    }
    let primary = Planned {
        device_index: 0,
        delete_on_termination: true,
        what: What::New {
            subnet_id: subnet.id.clone(),
            private_ip: request.private_ip,
            secondary: Secondary::default(),
            group_ids: check_groups(world, &subnet, &request.data.group_ids)?,
            description: String::new(),
        },
    };
    Ok(Plan { has_public_ip: subnet.map_public_ip_on_launch, subnet, interfaces: vec![primary] })
}

fn check_indexes(requests: &[&InterfaceRequest], max_count: u32) -> Result<(), AwsError> {
    let mut taken = Vec::new();
    for request in requests {
        let index = request
            .device_index
            .ok_or_else(|| combination("Each network interface requires a device index."))?;
        if taken.contains(&index) {
            return Err(AwsError::new(
                "InvalidParameterValue",
                format!(
                    "Each network interface requires a unique device index, not {index} twice."
                ),
            ));
        }
        taken.push(index);
        if let Some(index) = request.network_card_index.filter(|index| *index != 0) {
            let why = "The instance type has one network card, 0.";
            return Err(AwsError::invalid_value("networkCardIndex", index, why));
        }
        let is_single = request.network_interface_id.is_some() || request.has_address();
        if is_single && 1 < max_count {
            return Err(one_address());
        }
        let is_public = request.associate_public_ip_address == Some(true);
        if is_public && (1 < requests.len() || index != 0) {
            return Err(combination(
                "The associatePublicIPAddress parameter cannot be specified when launching with \
                 multiple network interfaces.",
            ));
        }
        if request.associate_public_ip_address.is_some() && request.network_interface_id.is_some() {
            return Err(combination(
                "The associatePublicIPAddress parameter cannot be specified for a network \
                 interface with an ID.",
            ));
        }
    }
    if !taken.contains(&0) {
        return Err(AwsError::new(
            "InvalidParameterValue",
            "When specifying network interfaces, you must include a device at index 0.",
        ));
    }
    Ok(())
}

impl InterfaceRequest {
    /// Whether it names an address, which only one instance can have.
    fn has_address(&self) -> bool {
        self.private_ip_address.is_some() || !self.private_ip_addresses.is_empty()
    }

    fn planned(&self, world: &World) -> Result<Planned, AwsError> {
        let device_index = self.device_index.unwrap_or_default();
        let Some(id) = &self.network_interface_id else {
            let subnet_id = self.subnet_id.as_ref().ok_or_else(no_subnet)?;
            let subnet = world.find::<Subnet>(subnet_id)?;
            let (private_ip, named) =
                PrivateIp::split(self.private_ip_address, &self.private_ip_addresses)?;
            let n_more = self.secondary_private_ip_address_count.unwrap_or_default();
            if !named.is_empty() && 0 < n_more {
                return Err(combination(
                    "Secondary private addresses and a count of them may not be given together",
                ));
            }
            let what = What::New {
                subnet_id: subnet_id.clone(),
                private_ip,
                secondary: Secondary { named, n_more },
                group_ids: check_groups(world, subnet, &self.group_ids)?,
                description: self.description.clone().unwrap_or_default(),
            };
            let delete_on_termination = self.delete_on_termination.unwrap_or(true);
            return Ok(Planned { device_index, delete_on_termination, what });
        };
        if self.subnet_id.is_some()
            || !self.group_ids.is_empty()
            || self.has_address()
            || self.secondary_private_ip_address_count.is_some()
        {
            return Err(combination(
                "A network interface with an ID has its subnet, groups and addresses already",
            ));
        }
        let interface = world.find::<NetworkInterface>(id)?;
        interface.check_free("InvalidNetworkInterface.InUse")?;
        let delete_on_termination = self.delete_on_termination.unwrap_or(false);
        Ok(Planned { device_index, delete_on_termination, what: What::Existing(id.clone()) })
    }
}

fn one_address() -> AwsError {
    combination(
        "An address or a network interface may not be specified when launching more than one \
         instance",
    )
}

fn no_subnet() -> AwsError {
    AwsError::new("VPCIdNotSpecified", "No default VPC for this user: specify a subnet")
}

fn combination(why: &str) -> AwsError {
    AwsError::new("InvalidParameterCombination", why)
}
