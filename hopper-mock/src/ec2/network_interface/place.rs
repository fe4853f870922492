//! Putting interfaces into subnets and taking them away.

use std::net::Ipv4Addr;

use super::{NetworkInterface, PrivateAddress, address_in};
use crate::ec2::{SecurityGroup, Subnet, address_association, route};
use crate::wire::AwsError;
use crate::world::{Resource, Tags, World};

/// What a new interface shall be.
#[derive(Clone, Debug)]
pub(crate) struct NewInterface {
    /// The subnet, which must exist.
    pub(crate) subnet_id: String,
    /// The address, or `None` for a free one.
    pub(crate) private_ip: Option<Ipv4Addr>,
    /// What it is for.
    pub(crate) description: String,
    /// The security groups, which [`check_groups`] has accepted.
    pub(crate) group_ids: Vec<String>,
    /// `interface`, or what AWS makes it for.
    pub(crate) interface_type: &'static str,
    /// Who of AWS makes it, if anybody.
    pub(crate) requester_id: Option<String>,
    /// Its tags.
    pub(crate) tags: Tags,
}

impl NewInterface {
    /// An ordinary interface with a free address and no security group yet.
    pub(crate) fn in_subnet(subnet_id: &str) -> Self {
        Self {
            subnet_id: subnet_id.to_owned(),
            private_ip: None,
            description: String::new(),
            group_ids: Vec::new(),
            interface_type: "interface",
            requester_id: None,
            tags: Tags::new(),
        }
    }
}

/// Makes an interface that hangs on nothing yet, and gives its id.
///
/// # Errors
/// What [`address_in`] refuses.
pub(crate) fn make(world: &mut World, new: NewInterface) -> Result<String, AwsError> {
    let private_ip = address_in(world, &new.subnet_id, new.private_ip)?;
    let Subnet { vpc_id, availability_zone, .. } = world.find::<Subnet>(&new.subnet_id)?.clone();
    let [.., a, b, c, d, e] = world.machinery.ids.draw("mac-address").to_be_bytes();
    let interface = NetworkInterface {
        id: world.new_id::<NetworkInterface>(),
        subnet_id: new.subnet_id,
        vpc_id,
        availability_zone,
        description: new.description,
        interface_type: new.interface_type.to_owned(),
        status: "available".to_owned(),
        mac_address: format!("0a:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}"),
        addresses: vec![PrivateAddress { private_ip, public_ip: None }],
        group_ids: new.group_ids,
        source_dest_check: true,
        requester_id: new.requester_id,
        attachment: None,
        tags: new.tags,
    };
    let id = interface.id.clone();
    world.add(interface);
    Ok(id)
}

/// Takes an interface away. Its addresses are free again, Elastic IP addresses stay allocated,
/// and routes to it lead nowhere.
pub(crate) fn remove(world: &mut World, id: &str) {
    world.ec2.network_interfaces.remove(id);
    address_association::dissociate(world, |held| held.network_interface_id == id);
    route::refresh(world);
}

/// The groups an interface in a subnet shall be in: those named, or the VPC's default one.
///
/// # Errors
/// Groups that do not exist, that are of another VPC, or too many.
pub(crate) fn check_groups(
    world: &World,
    subnet: &Subnet,
    group_ids: &[String],
) -> Result<Vec<String>, AwsError> {
    if group_ids.is_empty() {
        let mut groups = world.ec2.security_groups.values();
        let default = groups.find(|group| group.vpc_id == subnet.vpc_id && group.is_default());
        return Ok(default.map(|group| group.id.clone()).into_iter().collect());
    }
    for id in group_ids {
        if world.find::<SecurityGroup>(id)?.vpc_id != subnet.vpc_id {
            return Err(AwsError::new(
                "InvalidParameter",
                format!(
                    "Security group {id} and subnet {} belong to different networks.",
                    subnet.id()
                ),
            ));
        }
    }
    if world.settings().quotas.groups_per_interface < group_ids.len() {
        return Err(AwsError::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    Ok(group_ids.to_vec())
}
