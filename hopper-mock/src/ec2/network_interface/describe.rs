//! `DescribeNetworkInterfaces`.

use super::{Attachment, NetworkInterface, PrivateAddress, PublicIp, public_ip_of};
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::Describe;
use crate::ec2::dns_name;
use crate::ec2::filter::{Attribute, one};
use crate::ec2::tag_specification::tag_set;
use crate::wire::Xml;
use crate::world::World;

impl NetworkInterface {
    /// The private name of an address, shown in a VPC with DNS hostnames.
    fn private_name(&self, world: &World, address: &PrivateAddress) -> Option<String> {
        let vpc = world.ec2.vpcs.get(&self.vpc_id)?;
        dns_name::has_hostnames(vpc).then(|| dns_name::private(world, address.private_ip))
    }

    fn group_name<'a>(&self, world: &'a World, id: &str) -> &'a str {
        world.ec2.security_groups.get(id).map_or("", |group| &group.name)
    }

    fn of_addresses(&self, value: impl Fn(&PrivateAddress) -> Option<String>) -> Vec<String> {
        self.addresses.iter().filter_map(value).collect()
    }

    fn of_public(&self, world: &World, value: impl Fn(PublicIp) -> Option<String>) -> Vec<String> {
        self.of_addresses(|address| public_ip_of(world, self, address.private_ip).and_then(&value))
    }

    fn of_attachment(&self, value: impl Fn(&Attachment) -> Option<String>) -> Vec<String> {
        self.attachment.iter().filter_map(value).collect()
    }
}

impl Describe for NetworkInterface {
    const IDS: &'static str = "NetworkInterfaceId";
    const SET: &'static str = "networkInterfaceSet";
    const IDS_OR_PAGES: bool = true;
    const IGNORED: &'static [&'static str] = &["IncludeManagedResources"];
    const FILTERS: &'static [Attribute<Self>] = &[
        ("addresses.association.owner-id", |eni, world| {
            eni.of_public(world, |ip| Some(ip.owner_id))
        }),
        ("addresses.association.public-ip", |eni, world| {
            eni.of_public(world, |ip| Some(ip.address.to_string()))
        }),
        ("addresses.primary", |eni, _| {
            eni.of_addresses(|ip| Some((Some(ip.private_ip) == eni.private_ip()).to_string()))
        }),
        ("addresses.private-ip-address", |eni, _| {
            eni.of_addresses(|ip| Some(ip.private_ip.to_string()))
        }),
        ("association.allocation-id", |eni, world| eni.of_public(world, |ip| ip.allocation_id)),
        ("association.association-id", |eni, world| eni.of_public(world, |ip| ip.association_id)),
        ("association.ip-owner-id", |eni, world| eni.of_public(world, |ip| Some(ip.owner_id))),
        ("association.public-dns-name", |eni, world| eni.of_public(world, |ip| ip.dns_name)),
        ("association.public-ip", |eni, world| {
            eni.of_public(world, |ip| Some(ip.address.to_string()))
        }),
        ("attachment.attach-time", |eni, _| {
            eni.of_attachment(|held| Some(held.attach_time.to_string()))
        }),
        ("attachment.attachment-id", |eni, _| eni.of_attachment(|held| Some(held.id.clone()))),
        ("attachment.delete-on-termination", |eni, _| {
            eni.of_attachment(|held| Some(held.delete_on_termination.to_string()))
        }),
        ("attachment.device-index", |eni, _| {
            eni.of_attachment(|held| Some(held.device_index.to_string()))
        }),
        ("attachment.instance-id", |eni, _| eni.of_attachment(|held| held.instance_id.clone())),
        ("attachment.instance-owner-id", |eni, _| {
            eni.of_attachment(|held| Some(held.instance_owner_id.clone()))
        }),
        ("attachment.status", |eni, _| eni.of_attachment(|held| Some(held.status.clone()))),
        ("availability-zone", |eni, _| one(&eni.availability_zone)),
        ("availability-zone-id", |eni, world| {
            zone_id(world, &eni.availability_zone).into_iter().collect()
        }),
        ("description", |eni, _| one(&eni.description)),
        ("group-id", |eni, _| eni.group_ids.clone()),
        ("group-name", |eni, world| {
            eni.group_ids.iter().map(|id| eni.group_name(world, id).to_owned()).collect()
        }),
        ("interface-type", |eni, _| one(&eni.interface_type)),
        ("ipv6-addresses.ipv6-address", |_, _| Vec::new()),
        ("mac-address", |eni, _| one(&eni.mac_address)),
        ("network-interface-id", |eni, _| one(&eni.id)),
        ("operator.managed", |_, _| one(&false)),
        ("operator.principal", |_, _| Vec::new()),
        ("owner-id", |_, world| one(&world.account)),
        ("private-dns-name", |eni, world| eni.of_addresses(|ip| eni.private_name(world, ip))),
        ("private-ip-address", |eni, _| eni.of_addresses(|ip| Some(ip.private_ip.to_string()))),
        ("requester-id", |eni, _| eni.requester_id.iter().cloned().collect()),
        ("requester-managed", |eni, _| one(&eni.is_requester_managed())),
        ("source-dest-check", |eni, _| one(&eni.source_dest_check)),
        ("status", |eni, _| one(&eni.status)),
        ("subnet-id", |eni, _| one(&eni.subnet_id)),
        ("vpc-id", |eni, _| one(&eni.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let public = |address: &PrivateAddress| {
            public_ip_of(world, self, address.private_ip).map(|ip| ip.show())
        };
        let addresses = self.addresses.iter().enumerate().map(|(at, address)| {
            Xml::new()
                .text("privateIpAddress", address.private_ip)
                .opt("privateDnsName", self.private_name(world, address))
                .text("primary", at == 0)
                .opt_node("association", public(address))
        });
        let groups = self
            .group_ids
            .iter()
            .map(|id| Xml::new().text("groupId", id).text("groupName", self.group_name(world, id)));
        let primary = self.addresses.first();
        Xml::new()
            .text("networkInterfaceId", &self.id)
            .text("subnetId", &self.subnet_id)
            .text("vpcId", &self.vpc_id)
            .text("availabilityZone", &self.availability_zone)
            .opt("availabilityZoneId", zone_id(world, &self.availability_zone).ok())
            .text("description", &self.description)
            .text("ownerId", &world.account)
            .opt("requesterId", self.requester_id.as_ref())
            .text("requesterManaged", self.is_requester_managed())
            .text("status", &self.status)
            .text("macAddress", &self.mac_address)
            .opt("privateIpAddress", self.private_ip())
            .opt("privateDnsName", primary.and_then(|ip| self.private_name(world, ip)))
            .text("sourceDestCheck", self.source_dest_check)
            .list("groupSet", groups)
            .opt_node("attachment", self.attachment.as_ref().map(Attachment::show))
            .opt_node("association", primary.and_then(public))
            .list("privateIpAddressesSet", addresses)
            .list("ipv6AddressesSet", [])
            .text("interfaceType", &self.interface_type)
            .and(tag_set(&self.tags))
    }
}

impl Attachment {
    fn show(&self) -> Xml {
        Xml::new()
            .text("attachmentId", &self.id)
            .opt("instanceId", self.instance_id.as_ref())
            .text("instanceOwnerId", &self.instance_owner_id)
            .text("deviceIndex", self.device_index)
            .text("networkCardIndex", 0)
            .text("status", &self.status)
            .text("attachTime", self.attach_time)
            .text("deleteOnTermination", self.delete_on_termination)
    }
}
