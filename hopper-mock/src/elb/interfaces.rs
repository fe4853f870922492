//! The network interfaces of load balancers.
//!
//! They are there as soon as the load balancer is, and go some time after it: until then they
//! keep its security groups, its subnets and, if they have public addresses, the internet gateway.

use super::place::Place;
use crate::ec2::network_interface::{self, NewInterface, give_public_ip};
use crate::ec2::{Attachment, NetworkInterface};
use crate::wire::AwsError;
use crate::world::{Transition, World};

/// What the interfaces of a load balancer shall be.
#[derive(Clone, Debug)]
pub(crate) struct Frontage<'a> {
    /// `ELB` and the name, as their description says.
    pub(crate) description: String,
    /// `interface`, or `network_load_balancer`.
    pub(crate) interface_type: &'static str,
    /// The security groups they are in.
    pub(crate) group_ids: &'a [String],
    /// Whether each has a public address.
    pub(crate) is_public: bool,
}

/// Makes an interface in each subnet, and gives their ids in the order of the subnets.
///
/// # Errors
/// A subnet without a free address; there is none of them then.
pub(crate) fn make(
    world: &mut World,
    place: &Place,
    frontage: &Frontage<'_>,
) -> Result<Vec<String>, AwsError> {
    let before = world.ec2.network_interfaces.clone();
    let made = place.subnets.iter().map(|subnet| make_one(world, &subnet.id, frontage));
    made.collect::<Result<_, _>>().inspect_err(|_| world.ec2.network_interfaces = before)
}

fn make_one(
    world: &mut World,
    subnet_id: &str,
    frontage: &Frontage<'_>,
) -> Result<String, AwsError> {
    let new = NewInterface {
        description: frontage.description.clone(),
        group_ids: frontage.group_ids.to_vec(),
        interface_type: frontage.interface_type,
        requester_id: Some(NetworkInterface::ELB.to_owned()),
        ..NewInterface::in_subnet(subnet_id)
    };
    let id = network_interface::make(world, new)?;
    let attachment = Attachment {
        id: world.new_part_id("ela-attach"),
        instance_id: None,
        instance_owner_id: NetworkInterface::ELB.to_owned(),
        device_index: 1,
        status: "attached".to_owned(),
        attach_time: world.now,
        delete_on_termination: false,
    };
    if let Some(interface) = world.ec2.network_interfaces.get_mut(&id) {
        "in-use".clone_into(&mut interface.status);
        interface.attachment = Some(attachment);
        interface.source_dest_check = false;
    }
    if frontage.is_public {
        give_public_ip(world, &id);
    }
    Ok(id)
}

/// Lets the interfaces of a load balancer that is gone go in their own time.
pub(crate) fn let_go(world: &mut World, ids: Vec<String>) {
    let after = world.settings().latencies.load_balancer_interfaces_gone;
    for id in ids {
        world.schedule(after, Transition::LoadBalancerInterfaceGone(id));
    }
}
