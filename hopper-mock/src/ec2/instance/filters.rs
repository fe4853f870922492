//! What instances are filtered by.

use super::Instance;
use crate::ec2::availability_zone::zone_id;
use crate::ec2::describe::Describe as _;
use crate::ec2::filter::{Attribute, one};
use crate::ec2::{NetworkInterface, VolumeAttachment, volume};
use crate::world::World;

/// A filter by what an interface of the instance is filtered by, under the same or another name.
macro_rules! of_interfaces {
    ($name:literal) => {
        of_interfaces!($name as $name)
    };
    ($name:literal as $own:literal) => {
        (concat!("network-interface.", $name), |instance, world| {
            of_interfaces(instance, world, $own)
        })
    };
}

pub(super) const FILTERS: &[Attribute<Instance>] = &[
    ("affinity", |_, _| Vec::new()),
    ("architecture", |instance, _| one(&instance.architecture)),
    ("availability-zone", |instance, _| one(&instance.availability_zone)),
    ("availability-zone-id", |instance, world| {
        zone_id(world, &instance.availability_zone).into_iter().collect()
    }),
    ("block-device-mapping.attach-time", |instance, world| {
        of_disks(instance, world, |_, held| held.attach_time.to_string())
    }),
    ("block-device-mapping.delete-on-termination", |instance, world| {
        of_disks(instance, world, |_, held| held.delete_on_termination.to_string())
    }),
    ("block-device-mapping.device-name", |instance, world| {
        of_disks(instance, world, |_, held| held.device.clone())
    }),
    ("block-device-mapping.status", |instance, world| {
        of_disks(instance, world, |_, held| held.state.clone())
    }),
    ("block-device-mapping.volume-id", |instance, world| {
        of_disks(instance, world, |id, _| id.to_owned())
    }),
    ("boot-mode", |_, _| Vec::new()),
    ("capacity-reservation-id", |_, _| Vec::new()),
    ("capacity-reservation-specification.capacity-reservation-preference", |instance, _| {
        one(&instance.capacity_reservation_preference)
    }),
    (
        "capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id",
        |_, _| Vec::new(),
    ),
    (
        "capacity-reservation-specification.capacity-reservation-target.\
         capacity-reservation-resource-group-arn",
        |_, _| Vec::new(),
    ),
    ("client-token", |instance, _| one(&instance.client_token)),
    ("dns-name", |instance, world| {
        instance.public_ip(world).and_then(|ip| ip.dns_name).into_iter().collect()
    }),
    ("ebs-optimized", |instance, _| one(&instance.ebs_optimized)),
    ("ena-support", |_, _| one(&true)),
    ("enclave-options.enabled", |instance, _| one(&instance.has_enclaves)),
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
    ("ipv6-address", |_, _| Vec::new()),
    ("kernel-id", |_, _| Vec::new()),
    ("key-name", |instance, _| instance.key_name.iter().cloned().collect()),
    ("launch-index", |instance, _| one(&instance.launch_index)),
    ("launch-time", |instance, _| one(&instance.launch_time)),
    ("maintenance-options.auto-recovery", |instance, _| one(&instance.auto_recovery)),
    ("metadata-options.http-endpoint", |instance, _| one(&instance.metadata_options.http_endpoint)),
    ("metadata-options.http-protocol-ipv4", |instance, _| {
        one(&instance.metadata_options.http_endpoint)
    }),
    ("metadata-options.http-protocol-ipv6", |instance, _| {
        one(&instance.metadata_options.http_protocol_ipv6)
    }),
    ("metadata-options.http-put-response-hop-limit", |instance, _| {
        one(&instance.metadata_options.http_put_response_hop_limit)
    }),
    ("metadata-options.http-tokens", |instance, _| one(&instance.metadata_options.http_tokens)),
    ("metadata-options.instance-metadata-tags", |instance, _| {
        one(&instance.metadata_options.instance_metadata_tags)
    }),
    ("metadata-options.state", |instance, _| one(instance.metadata_state())),
    ("monitoring-state", |instance, _| one(instance.monitoring_state())),
    of_interfaces!("addresses.association.allocation-id" as "association.allocation-id"),
    of_interfaces!("addresses.association.association-id" as "association.association-id"),
    of_interfaces!("addresses.association.carrier-ip" as "none"),
    of_interfaces!("addresses.association.customer-owned-ip" as "none"),
    of_interfaces!("addresses.association.ip-owner-id" as "association.ip-owner-id"),
    of_interfaces!("addresses.association.public-dns-name" as "association.public-dns-name"),
    of_interfaces!("addresses.association.public-ip"),
    of_interfaces!("addresses.primary"),
    of_interfaces!("addresses.private-dns-name" as "private-dns-name"),
    of_interfaces!("addresses.private-ip-address"),
    of_interfaces!("association.allocation-id"),
    of_interfaces!("association.association-id"),
    of_interfaces!("association.carrier-ip" as "none"),
    of_interfaces!("association.customer-owned-ip" as "none"),
    of_interfaces!("association.ip-owner-id"),
    of_interfaces!("association.public-dns-name"),
    of_interfaces!("association.public-ip"),
    of_interfaces!("attachment.attach-time"),
    of_interfaces!("attachment.attachment-id"),
    of_interfaces!("attachment.delete-on-termination"),
    of_interfaces!("attachment.device-index"),
    of_interfaces!("attachment.instance-id"),
    of_interfaces!("attachment.instance-owner-id"),
    ("network-interface.attachment.network-card-index", |instance, world| {
        instance.interfaces(world).iter().flat_map(|_| one(&0)).collect()
    }),
    of_interfaces!("attachment.status"),
    of_interfaces!("availability-zone"),
    of_interfaces!("deny-all-igw-traffic" as "none"),
    of_interfaces!("description"),
    of_interfaces!("group-id"),
    of_interfaces!("group-name"),
    of_interfaces!("ipv4-prefixes.ipv4-prefix" as "none"),
    of_interfaces!("ipv6-address" as "none"),
    of_interfaces!("ipv6-addresses.ipv6-address"),
    of_interfaces!("ipv6-addresses.is-primary-ipv6" as "none"),
    of_interfaces!("ipv6-native" as "none"),
    of_interfaces!("ipv6-prefixes.ipv6-prefix" as "none"),
    of_interfaces!("mac-address"),
    of_interfaces!("network-interface-id"),
    of_interfaces!("operator.managed"),
    of_interfaces!("operator.principal"),
    of_interfaces!("outpost-arn" as "none"),
    of_interfaces!("owner-id"),
    of_interfaces!("private-dns-name"),
    of_interfaces!("private-ip-address"),
    of_interfaces!("public-dns-name" as "association.public-dns-name"),
    of_interfaces!("requester-id"),
    of_interfaces!("requester-managed"),
    of_interfaces!("source-dest-check"),
    of_interfaces!("status"),
    of_interfaces!("subnet-id"),
    ("network-interface.tag-key", |instance, world| {
        let interfaces = instance.interfaces(world).into_iter();
        interfaces.flat_map(|interface| interface.tags.keys().cloned()).collect()
    }),
    ("network-interface.tag-value", |instance, world| {
        let interfaces = instance.interfaces(world).into_iter();
        interfaces.flat_map(|interface| interface.tags.values().cloned()).collect()
    }),
    of_interfaces!("vpc-id"),
    ("operator.managed", |_, _| one(&false)),
    ("operator.principal", |_, _| Vec::new()),
    ("outpost-arn", |_, _| Vec::new()),
    ("owner-id", |_, world| one(&world.account)),
    ("placement-group-name", |_, _| Vec::new()),
    ("placement-partition-number", |_, _| Vec::new()),
    ("platform", |_, _| Vec::new()),
    ("platform-details", |_, _| one("Linux/UNIX")),
    ("private-dns-name", |instance, world| instance.private_dns_name(world).into_iter().collect()),
    ("private-dns-name-options.enable-resource-name-dns-a-record", |instance, _| {
        one(&instance.enable_resource_name_dns_a_record)
    }),
    ("private-dns-name-options.enable-resource-name-dns-aaaa-record", |instance, _| {
        one(&instance.enable_resource_name_dns_aaaa_record)
    }),
    ("private-dns-name-options.hostname-type", |instance, _| one(&instance.hostname_type)),
    ("private-ip-address", |instance, world| {
        let interfaces = instance.interfaces(world).into_iter();
        interfaces.filter_map(NetworkInterface::private_ip).flat_map(|ip| one(&ip)).collect()
    }),
    ("product-code", |_, _| Vec::new()),
    ("product-code.type", |_, _| Vec::new()),
    ("ramdisk-id", |_, _| Vec::new()),
    ("reason", |instance, _| one(&instance.state_transition_reason)),
    ("requester-id", |_, _| Vec::new()),
    ("reservation-id", |instance, _| one(&instance.reservation_id)),
    ("root-device-name", |instance, _| one(&instance.root_device_name)),
    ("root-device-type", |_, _| one("ebs")),
    ("source-dest-check", |instance, world| of_interfaces(instance, world, "source-dest-check")),
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
    ("tpm-support", |_, _| Vec::new()),
    ("usage-operation", |_, _| one("RunInstances")),
    ("virtualization-type", |_, _| one("hvm")),
    ("vpc-id", |instance, _| {
        instance.is_placed().then(|| instance.vpc_id.clone()).into_iter().collect()
    }),
];

/// What the interfaces of an instance have under a filter of theirs; nothing under one there is
/// not.
fn of_interfaces(instance: &Instance, world: &World, name: &str) -> Vec<String> {
    let named = NetworkInterface::FILTERS.iter().find(|(known, _)| *known == name);
    let values = |(_, values): &Attribute<NetworkInterface>| {
        let interfaces = instance.interfaces(world).into_iter();
        interfaces.flat_map(|interface| values(interface, world)).collect()
    };
    named.map(values).unwrap_or_default()
}

fn of_disks(
    instance: &Instance,
    world: &World,
    value: impl Fn(&str, &VolumeAttachment) -> String,
) -> Vec<String> {
    let volumes = volume::of_instance(world, &instance.id).into_iter();
    let held = volumes.filter_map(|volume| Some((&volume.id, volume.attachment.as_ref()?)));
    held.map(|(id, attachment)| value(id, attachment)).collect()
}
