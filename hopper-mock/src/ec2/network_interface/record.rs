//! [`NetworkInterface`]: the record.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::wire::AwsError;
use crate::world::{Kind, Resource, Tags, World};

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// Its id.
    pub id: String,
    /// The subnet it is in.
    pub subnet_id: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// The zone it is in.
    pub availability_zone: String,
    /// What it is for.
    pub description: String,
    /// `interface`, or what AWS made it for: `nat_gateway`.
    pub interface_type: String,
    /// `pending`, `available` or `in-use`.
    pub status: String,
    /// Its hardware address.
    pub mac_address: String,
    /// Its addresses; the first is the primary one.
    pub addresses: Vec<PrivateAddress>,
    /// The security groups it is in.
    pub group_ids: Vec<String>,
    /// Whether only its own packets pass it.
    pub source_dest_check: bool,
    /// Who of AWS made it and alone may change it, if anybody.
    pub requester_id: Option<String>,
    /// What it hangs on.
    pub attachment: Option<Attachment>,
    /// Its tags.
    pub tags: Tags,
}

/// A private address, and the public one that stands for it outside unless an Elastic IP address
/// does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateAddress {
    /// The address in the subnet.
    pub private_ip: Ipv4Addr,
    /// An address from Amazon's pool, which goes back there when it is not needed any more.
    pub public_ip: Option<Ipv4Addr>,
}

/// What an interface hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// The instance; none where AWS itself holds the interface.
    pub instance_id: Option<String>,
    /// The account of the instance, or `amazon-aws`.
    pub instance_owner_id: String,
    /// Which of the interfaces of the instance it is; the primary one is 0.
    pub device_index: u32,
    /// `attaching`, `attached` or `detaching`.
    pub status: String,
    /// Since when.
    pub attach_time: Time,
    /// Whether it goes with the instance.
    pub delete_on_termination: bool,
}

impl NetworkInterface {
    /// Who makes and holds the interfaces of load balancers.
    pub(crate) const ELB: &str = "amazon-elb";

    /// The primary private address.
    pub fn private_ip(&self) -> Option<Ipv4Addr> {
        self.addresses.first().map(|address| address.private_ip)
    }

    /// Whether AWS made it for itself and alone may change it.
    pub fn is_requester_managed(&self) -> bool {
        self.requester_id.is_some()
    }

    /// Refuses to touch what only AWS may, worded as for the interface of a NAT gateway.
    ///
    /// # Errors
    /// `AuthFailure`.
    pub(in crate::ec2) fn check_own(&self) -> Result<(), AwsError> {
        if !self.is_requester_managed() {
            return Ok(());
        }
        let why = "You do not have permission to access the specified resource.";
        Err(AwsError::new("AuthFailure", why).with_status(400).blocked_by([self.id.clone()]))
    }

    /// Refuses one that hangs on something, with the code that the operation has for it.
    pub(in crate::ec2) fn check_free(&self, code: &str) -> Result<(), AwsError> {
        let Some(attachment) = &self.attachment else { return Ok(()) };
        let holder = attachment.instance_id.as_ref().unwrap_or(&attachment.id);
        let why = format!("Network interface '{}' is currently in use.", self.id);
        Err(AwsError::new(code, why).blocked_by([holder.clone()]))
    }

    /// Whether it hangs on this instance.
    pub fn is_on(&self, instance_id: &str) -> bool {
        let attachment = self.attachment.as_ref();
        attachment.is_some_and(|held| held.instance_id.as_deref() == Some(instance_id))
    }

    pub(in crate::ec2) fn has_address(&self, private_ip: Ipv4Addr) -> bool {
        self.addresses.iter().any(|address| address.private_ip == private_ip)
    }
}

impl Resource for NetworkInterface {
    const KIND: Kind = Kind {
        name: "network-interface",
        prefix: "eni",
        noun: "networkInterface ID",
        malformed: "InvalidNetworkInterfaceId.Malformed",
        missing: "InvalidNetworkInterfaceID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.network_interfaces
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.network_interfaces
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    /// It keeps its subnet, its VPC and its security groups.
    fn holds(&self) -> Vec<&str> {
        let places = [self.subnet_id.as_str(), &self.vpc_id];
        places.into_iter().chain(self.group_ids.iter().map(String::as_str)).collect()
    }

    /// What AWS made goes with what it was made for, and what an instance takes with it as well.
    fn is_leftover(&self) -> bool {
        let attachment = self.attachment.as_ref();
        !self.is_requester_managed() && !attachment.is_some_and(|held| held.delete_on_termination)
    }
}
