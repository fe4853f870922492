//! `CreateNatGateway`, `DeleteNatGateway`, and what happens to a NAT gateway in between.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::describe::Describe as _;
use super::nat_gateway::{NatGateway, NatGatewayFailure};
use super::network_interface::{self, NewInterface};
use super::tag_specification::{TagSpecification, tags_for};
use super::{Address, Attachment, Subnet, address, address_association, internet_gateway, route};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateNatGateway {
    subnet_id: String,
    allocation_id: Option<String>,
    #[serde(default)]
    connectivity_type: Connectivity,
    private_ip_address: Option<Ipv4Addr>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Connectivity {
    #[default]
    Public,
    Private,
}

/// Makes a gateway. What does not exist is refused; what is not as it should be lets the gateway
/// fail later, as on AWS.
pub(crate) fn create(world: &mut World, input: &CreateNatGateway) -> Result<String, AwsError> {
    let kind = &NatGateway::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    match (input.connectivity_type, &input.allocation_id) {
        (Connectivity::Public, None) => return Err(AwsError::missing("AllocationId")),
        (Connectivity::Private, Some(_)) => {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "A private NAT gateway takes no AllocationId",
            ));
        }
        _ => {}
    }
    if !Subnet::KIND.fits(&input.subnet_id) {
        let why = format!("The subnet ID '{}' is malformed", input.subnet_id);
        return Err(AwsError::new("InvalidSubnet", why));
    }
    let subnet = world.find::<Subnet>(&input.subnet_id)?.clone();
    if let Some(allocation_id) = &input.allocation_id {
        world.find::<Address>(allocation_id)?;
    }
    check_quota(world, &subnet)?;
    let id = world.new_id::<NatGateway>();
    let started = start(world, &id, input, &subnet);
    let doom = world.doom("CreateNatGateway").map(doomed);
    world.add(NatGateway {
        id: id.clone(),
        state: "pending".to_owned(),
        failure: None,
        subnet_id: subnet.id,
        vpc_id: subnet.vpc_id,
        allocation_id: input.allocation_id.clone(),
        network_interface_id: started.as_ref().ok().cloned(),
        last_addresses: None,
        create_time: world.now,
        delete_time: None,
        tags,
    });
    let latencies = &world.settings().latencies;
    let (after, transition) = match started.err().or(doom) {
        None => (latencies.nat_gateway_available, Transition::NatGatewayAvailable(id.clone())),
        Some(failure) => {
            (latencies.nat_gateway_failed, Transition::NatGatewayFailed(id.clone(), failure))
        }
    };
    world.schedule(after, transition);
    Ok(id)
}

/// Makes the interface and gives it the address, or says why not.
fn start(
    world: &mut World,
    id: &str,
    input: &CreateNatGateway,
    subnet: &Subnet,
) -> Result<String, NatGatewayFailure> {
    let fail = |code: &str, message: String| NatGatewayFailure { code: code.to_owned(), message };
    if input.connectivity_type == Connectivity::Public
        && internet_gateway::of_vpc(world, &subnet.vpc_id).is_none()
    {
        let why = format!("Network {} has no Internet gateway attached", subnet.vpc_id);
        return Err(fail("Gateway.NotAttached", why));
    }
    let allocation = input.allocation_id.as_ref().and_then(|id| world.ec2.addresses.get(id));
    if let Some(address) = allocation.filter(|address| address.association.is_some()) {
        let why = format!("Elastic IP address [{}] is already associated", address.id);
        return Err(fail("Resource.AlreadyAssociated", why));
    }
    let new = NewInterface {
        private_ip: input.private_ip_address,
        description: format!("Interface for NAT Gateway {id}"),
        interface_type: "nat_gateway",
        requester_id: Some(REQUESTER.to_owned()),
        ..NewInterface::in_subnet(&subnet.id)
    };
    let made = network_interface::make(world, new);
    let interface_id = made.map_err(|error| fail(&error.code, error.message))?;
    let attachment = Attachment {
        id: world.new_part_id("ela-attach"),
        instance_id: None,
        instance_owner_id: REQUESTER.to_owned(),
        device_index: 1,
        status: "attached".to_owned(),
        attach_time: world.now,
        delete_on_termination: false,
    };
    let interface = world.ec2.network_interfaces.get_mut(&interface_id);
    let private_ip = interface.and_then(|interface| {
        "in-use".clone_into(&mut interface.status);
        interface.attachment = Some(attachment);
        interface.source_dest_check = false;
        interface.private_ip()
    });
    if let (Some(allocation_id), Some(private_ip)) = (&input.allocation_id, private_ip) {
        address_association::associate(world, allocation_id, &interface_id, private_ip);
    }
    Ok(interface_id)
}

/// Who holds the interfaces of NAT gateways.
const REQUESTER: &str = "amazon-aws";

fn doomed(code: String) -> NatGatewayFailure {
    NatGatewayFailure { message: format!("The NAT gateway could not be created: {code}"), code }
}

/// Counts what is pending, available or deleting in the zone of a subnet, as the quotas page says.
fn check_quota(world: &World, subnet: &Subnet) -> Result<(), AwsError> {
    let limit = world.settings().quotas.nat_gateways_per_zone;
    let in_zone = |gateway: &&NatGateway| {
        let other = world.ec2.subnets.get(&gateway.subnet_id);
        other.is_some_and(|other| other.availability_zone == subnet.availability_zone)
    };
    let gateways = world.ec2.nat_gateways.values().filter(|gateway| !gateway.is_gone());
    if gateways.filter(in_zone).count() < limit {
        return Ok(());
    }
    let why = format!("Performing this operation would exceed the limit of {limit} NAT gateways");
    Err(AwsError::new("NatGatewayLimitExceeded", why))
}

/// Answers with a gateway that was made.
pub(crate) fn created(world: &World, id: &str) -> Answer {
    let gateway = world.ec2.nat_gateways.get(id).ok_or_else(|| NatGateway::KIND.not_found(id))?;
    Ok(Xml::new().node("natGateway", gateway.show(world)))
}

/// The gateway is ready.
pub(crate) fn available(world: &mut World, id: &str) {
    if let Some(gateway) = world.ec2.nat_gateways.get_mut(id)
        && gateway.state == "pending"
    {
        "available".clone_into(&mut gateway.state);
    }
}

/// The gateway came to nothing. It keeps no address and stays listed for a while.
pub(crate) fn failed(world: &mut World, id: &str, failure: NatGatewayFailure) {
    let Some(gateway) = world.ec2.nat_gateways.get(id).filter(|it| it.state == "pending") else {
        return;
    };
    let mut gateway = gateway.clone();
    "failed".clone_into(&mut gateway.state);
    gateway.failure = Some(failure);
    end(world, gateway);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteNatGateway {
    nat_gateway_id: String,
}

/// Begins to delete a gateway. Routes to it lead nowhere at once; its interface and its address
/// are free when it is `deleted`. One that is gone or going already stays as it is.
pub(crate) fn delete(world: &mut World, input: &DeleteNatGateway) -> Answer {
    let now = world.now;
    let gateway = world.find_mut::<NatGateway>(&input.nat_gateway_id)?;
    let id = gateway.id.clone();
    if gateway.is_alive() {
        "deleting".clone_into(&mut gateway.state);
        gateway.delete_time = Some(now);
        let after = world.settings().latencies.nat_gateway_deleted;
        world.schedule(after, Transition::NatGatewayDeleted(id.clone()));
        route::refresh(world);
    }
    Ok(Xml::new().text("natGatewayId", id))
}

/// The gateway is gone, and stays listed for a while.
pub(crate) fn deleted(world: &mut World, id: &str) {
    if let Some(mut gateway) = world.ec2.nat_gateways.get(id).cloned() {
        "deleted".clone_into(&mut gateway.state);
        let allocation_id = gateway.allocation_id.clone();
        end(world, gateway);
        if let Some(id) = allocation_id {
            address::hold(world, &id);
        }
    }
}

/// Takes the interface away and lets the record be forgotten later.
fn end(world: &mut World, mut gateway: NatGateway) {
    gateway.last_addresses = gateway.addresses(world);
    let interface_id = gateway.network_interface_id.take();
    let id = gateway.id.clone();
    world.ec2.nat_gateways.insert(id.clone(), gateway);
    if let Some(interface_id) = interface_id {
        network_interface::remove(world, &interface_id);
    }
    route::refresh(world);
    let after = world.settings().latencies.gone_but_listed;
    world.schedule(after, Transition::NatGatewayForgotten(id));
}

/// The gateway is not listed any more.
pub(crate) fn forgotten(world: &mut World, id: &str) {
    world.ec2.nat_gateways.remove(id);
}
