//! `DescribeInstances`.

use std::collections::BTreeMap;

use super::Instance;
use super::show::reservation;
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::{Describe, Selection, select};
use crate::ec2::filter::{Attribute, one};
use crate::ec2::network_interface::{PublicIp, public_ip_of};
use crate::ec2::volume;
use crate::ec2::{Attachment, NetworkInterface, VolumeAttachment};
use crate::wire::{Answer, Xml};
use crate::world::World;

impl Instance {
    fn of_interfaces(
        &self,
        world: &World,
        value: impl Fn(&NetworkInterface) -> Option<String>,
    ) -> Vec<String> {
        self.interfaces(world).into_iter().filter_map(value).collect()
    }

    fn of_attachments(
        &self,
        world: &World,
        value: impl Fn(&Attachment) -> Option<String>,
    ) -> Vec<String> {
        self.of_interfaces(world, |interface| interface.attachment.as_ref().and_then(&value))
    }

    fn of_addresses(
        &self,
        world: &World,
        value: impl Fn(PublicIp) -> Option<String>,
    ) -> Vec<String> {
        self.of_interfaces(world, |interface| {
            public_ip_of(world, interface, interface.private_ip()?).and_then(&value)
        })
    }

    fn of_disks(
        &self,
        world: &World,
        value: impl Fn(&str, &VolumeAttachment) -> String,
    ) -> Vec<String> {
        let volumes = volume::of_instance(world, &self.id).into_iter();
        let held = volumes.filter_map(|volume| Some((&volume.id, volume.attachment.as_ref()?)));
        held.map(|(id, attachment)| value(id, attachment)).collect()
    }
}

impl Describe for Instance {
    const IDS: &'static str = "InstanceId";
    const SET: &'static str = "instancesSet";
    const IDS_OR_PAGES: bool = true;
    const FILTERS: &'static [Attribute<Self>] = &[
        ("affinity", |_, _| Vec::new()),
        ("architecture", |instance, _| one(&instance.architecture)),
        ("availability-zone", |instance, _| one(&instance.availability_zone)),
        ("availability-zone-id", |instance, world| {
            zone_id(world, &instance.availability_zone).into_iter().collect()
        }),
        ("block-device-mapping.attach-time", |instance, world| {
            instance.of_disks(world, |_, held| held.attach_time.to_string())
        }),
        ("block-device-mapping.delete-on-termination", |instance, world| {
            instance.of_disks(world, |_, held| held.delete_on_termination.to_string())
        }),
        ("block-device-mapping.device-name", |instance, world| {
            instance.of_disks(world, |_, held| held.device.clone())
        }),
        ("block-device-mapping.status", |instance, world| {
            instance.of_disks(world, |_, held| held.state.clone())
        }),
        ("block-device-mapping.volume-id", |instance, world| {
            instance.of_disks(world, |id, _| id.to_owned())
        }),
        ("boot-mode", |_, _| Vec::new()),
        ("capacity-reservation-id", |_, _| Vec::new()),
        ("client-token", |instance, _| one(&instance.client_token)),
        ("dns-name", |instance, world| {
            instance.public_ip(world).and_then(|ip| ip.dns_name).into_iter().collect()
        }),
        ("ebs-optimized", |instance, _| one(&instance.ebs_optimized)),
        ("ena-support", |_, _| one(&true)),
        ("enclave-options.enabled", |_, _| one(&false)),
        ("group-id", |_, _| Vec::new()),
        ("group-name", |_, _| Vec::new()),
        ("hibernation-options.configured", |_, _| one(&false)),
        ("host-id", |_, _| Vec::new()),
        ("hypervisor", |_, _| one("xen")),
        ("iam-instance-profile.arn", |instance, _| {
            instance.iam_instance_profile.iter().map(|profile| profile.arn.clone()).collect()
        }),
        ("iam-instance-profile.id", |instance, _| {
            instance.iam_instance_profile.iter().map(|profile| profile.id.clone()).collect()
        }),
        ("image-id", |instance, _| one(&instance.image_id)),
        ("instance-id", |instance, _| one(&instance.id)),
        ("instance-lifecycle", |_, _| Vec::new()),
        ("instance-state-code", |instance, _| one(&instance.state.code())),
        ("instance-state-name", |instance, _| one(instance.state.name())),
        ("instance-type", |instance, _| one(&instance.instance_type)),
        ("instance.group-id", |instance, world| {
            instance.groups(world).into_iter().map(|(id, _)| id).collect()
        }),
        ("instance.group-name", |instance, world| {
            instance.groups(world).into_iter().map(|(_, name)| name).collect()
        }),
        ("ip-address", |instance, world| {
            instance.public_ip(world).map(|ip| ip.address.to_string()).into_iter().collect()
        }),
        ("kernel-id", |_, _| Vec::new()),
        ("key-name", |instance, _| instance.key_name.iter().cloned().collect()),
        ("launch-index", |instance, _| one(&instance.launch_index)),
        ("launch-time", |instance, _| one(&instance.launch_time)),
        ("metadata-options.http-endpoint", |instance, _| {
            one(&instance.metadata_options.http_endpoint)
        }),
        ("metadata-options.http-put-response-hop-limit", |instance, _| {
            one(&instance.metadata_options.http_put_response_hop_limit)
        }),
        ("metadata-options.http-tokens", |instance, _| one(&instance.metadata_options.http_tokens)),
        ("metadata-options.instance-metadata-tags", |instance, _| {
            one(&instance.metadata_options.instance_metadata_tags)
        }),
        ("monitoring-state", |instance, _| one(instance.monitoring_state())),
        ("network-interface.addresses.association.public-ip", |instance, world| {
            instance.of_addresses(world, |ip| Some(ip.address.to_string()))
        }),
        ("network-interface.addresses.private-ip-address", |instance, world| {
            let interfaces = instance.interfaces(world).into_iter();
            let addresses = interfaces.flat_map(|interface| &interface.addresses);
            addresses.map(|address| address.private_ip.to_string()).collect()
        }),
        ("network-interface.association.allocation-id", |instance, world| {
            instance.of_addresses(world, |ip| ip.allocation_id)
        }),
        ("network-interface.association.association-id", |instance, world| {
            instance.of_addresses(world, |ip| ip.association_id)
        }),
        ("network-interface.association.ip-owner-id", |instance, world| {
            instance.of_addresses(world, |ip| Some(ip.owner_id))
        }),
        ("network-interface.association.public-ip", |instance, world| {
            instance.of_addresses(world, |ip| Some(ip.address.to_string()))
        }),
        ("network-interface.attachment.attachment-id", |instance, world| {
            instance.of_attachments(world, |held| Some(held.id.clone()))
        }),
        ("network-interface.attachment.delete-on-termination", |instance, world| {
            instance.of_attachments(world, |held| Some(held.delete_on_termination.to_string()))
        }),
        ("network-interface.attachment.device-index", |instance, world| {
            instance.of_attachments(world, |held| Some(held.device_index.to_string()))
        }),
        ("network-interface.attachment.instance-id", |instance, world| {
            instance.of_attachments(world, |held| held.instance_id.clone())
        }),
        ("network-interface.attachment.status", |instance, world| {
            instance.of_attachments(world, |held| Some(held.status.clone()))
        }),
        ("network-interface.availability-zone", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.availability_zone.clone()))
        }),
        ("network-interface.description", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.description.clone()))
        }),
        ("network-interface.group-id", |instance, world| {
            let interfaces = instance.interfaces(world).into_iter();
            interfaces.flat_map(|interface| interface.group_ids.clone()).collect()
        }),
        ("network-interface.mac-address", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.mac_address.clone()))
        }),
        ("network-interface.network-interface-id", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.id.clone()))
        }),
        ("network-interface.owner-id", |_, world| one(&world.account)),
        ("network-interface.source-dest-check", |instance, world| {
            instance.of_interfaces(world, |i| Some(i.source_dest_check.to_string()))
        }),
        ("network-interface.status", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.status.clone()))
        }),
        ("network-interface.subnet-id", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.subnet_id.clone()))
        }),
        ("network-interface.vpc-id", |instance, world| {
            instance.of_interfaces(world, |interface| Some(interface.vpc_id.clone()))
        }),
        ("owner-id", |_, world| one(&world.account)),
        ("placement-group-name", |_, _| Vec::new()),
        ("platform", |_, _| Vec::new()),
        ("platform-details", |_, _| one("Linux/UNIX")),
        ("private-dns-name", |instance, world| {
            instance.private_dns_name(world).into_iter().collect()
        }),
        ("private-ip-address", |instance, world| {
            instance.of_interfaces(world, |i| i.private_ip().map(|ip| ip.to_string()))
        }),
        ("product-code", |_, _| Vec::new()),
        ("ramdisk-id", |_, _| Vec::new()),
        ("reason", |instance, _| one(&instance.state_transition_reason)),
        ("requester-id", |_, _| Vec::new()),
        ("reservation-id", |instance, _| one(&instance.reservation_id)),
        ("root-device-name", |instance, _| one(&instance.root_device_name)),
        ("root-device-type", |_, _| one("ebs")),
        ("source-dest-check", |instance, world| {
            instance.of_interfaces(world, |i| Some(i.source_dest_check.to_string()))
        }),
        ("spot-instance-request-id", |_, _| Vec::new()),
        ("state-reason-code", |instance, _| {
            instance.state_reason.iter().map(|reason| reason.code.clone()).collect()
        }),
        ("state-reason-message", |instance, _| {
            instance.state_reason.iter().map(|reason| reason.message.clone()).collect()
        }),
        ("subnet-id", |instance, _| {
            instance.is_placed().then(|| instance.subnet_id.clone()).into_iter().collect()
        }),
        ("tenancy", |instance, _| one(&instance.tenancy)),
        ("usage-operation", |_, _| one("RunInstances")),
        ("virtualization-type", |_, _| one("hvm")),
        ("vpc-id", |instance, _| {
            instance.is_placed().then(|| instance.vpc_id.clone()).into_iter().collect()
        }),
    ];

    fn show(&self, world: &World) -> Xml {
        Instance::show(self, world)
    }
}

/// Lists instances, those of a launch together. Those that are gone are listed for a while.
pub(crate) fn describe(world: &mut World, selection: &Selection) -> Answer {
    let (instances, next_token) = select::<Instance>(world, selection)?;
    let mut reservations: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in instances {
        reservations.entry(&instance.reservation_id).or_default().push(instance);
    }
    let items = reservations.iter().map(|(id, instances)| reservation(world, id, instances));
    Ok(Xml::new().list("reservationSet", items).opt("nextToken", next_token))
}
