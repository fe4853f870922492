//! The categories of metadata: what is below `meta-data/`.

use std::collections::BTreeMap;

use serde_json::json;

use super::credentials::whole;
use crate::ec2::{Instance, NetworkInterface, public_ip_of_instance};
use crate::iam::role_of_instance;
use crate::world::World;

/// Every category of an instance with its text.
pub(super) fn all(world: &World, instance: &Instance) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut put = |path: &str, text: String| all.insert(path.to_owned(), text);
    put("ami-id", instance.image_id.clone());
    put("ami-launch-index", instance.launch_index.to_string());
    put("ami-manifest-path", "(unknown)".to_owned());
    put("instance-action", "none".to_owned());
    put("instance-id", instance.id.clone());
    put("instance-life-cycle", "on-demand".to_owned());
    put("instance-type", instance.instance_type.clone());
    put("placement/availability-zone", instance.availability_zone.clone());
    put("placement/region", world.region.clone());
    put("profile", "default-hvm".to_owned());
    put("reservation-id", instance.reservation_id.clone());
    put("services/domain", "amazonaws.com".to_owned());
    put("services/partition", "aws".to_owned());
    if let Some(name) = instance.private_dns_name(world) {
        put("hostname", name.clone());
        put("local-hostname", name);
    }
    if let Some(address) = instance.private_ip(world) {
        put("local-ipv4", address.to_string());
    }
    if let Some(address) = public_ip_of_instance(world, &instance.id) {
        put("public-ipv4", address.to_string());
    }
    let keys = world.ec2.key_pairs.values();
    if let Some(key) = keys.into_iter().find(|key| Some(&key.name) == instance.key_name.as_ref()) {
        put("public-keys/0/openssh-key", key.public_key.clone());
    }
    profile(world, instance, &mut put);
    let mut interfaces = instance.interfaces(world).into_iter();
    if let Some(primary) = interfaces.next() {
        put("mac", primary.mac_address.clone());
        put("security-groups", groups(world, primary));
        network(world, instance, (0, primary), &mut put);
    }
    for (number, interface) in (1..).zip(interfaces) {
        network(world, instance, (number, interface), &mut put);
    }
    if instance.metadata_options.instance_metadata_tags == "enabled" {
        for (key, value) in &instance.tags {
            put(&format!("tags/instance/{key}"), value.clone());
        }
    }
    all
}

/// What is there only with an instance profile that has a role.
fn profile<R>(world: &World, instance: &Instance, put: &mut impl FnMut(&str, String) -> R) {
    let (Some(profile), Some(role)) =
        (&instance.iam_instance_profile, role_of_instance(world, &instance.id))
    else {
        return;
    };
    let info = json!({
        "Code": "Success",
        "LastUpdated": whole(instance.launch_time),
        "InstanceProfileArn": profile.arn,
        "InstanceProfileId": profile.id,
    });
    put("iam/info", serde_json::to_string_pretty(&info).unwrap_or_default());
    // Listed here; the credentials themselves are asked for by the name of the role.
    put(&format!("iam/security-credentials/{role}"), String::new());
}

fn groups(world: &World, interface: &NetworkInterface) -> String {
    let groups = interface.group_ids.iter().filter_map(|id| world.ec2.security_groups.get(id));
    groups.map(|group| group.name.as_str()).collect::<Vec<_>>().join("\n")
}

fn network<R>(
    world: &World,
    instance: &Instance,
    (number, interface): (u32, &NetworkInterface),
    put: &mut impl FnMut(&str, String) -> R,
) {
    let mac = &interface.mac_address;
    let mut put =
        |name: &str, text: String| put(&format!("network/interfaces/macs/{mac}/{name}"), text);
    let addresses = interface.addresses.iter().map(|address| address.private_ip.to_string());
    put("device-number", number.to_string());
    put("interface-id", interface.id.clone());
    put("local-hostname", instance.private_dns_name(world).unwrap_or_default());
    put("local-ipv4s", addresses.collect::<Vec<_>>().join("\n"));
    put("mac", mac.clone());
    put("owner-id", world.account.clone());
    put("security-group-ids", interface.group_ids.join("\n"));
    put("security-groups", groups(world, interface));
    put("subnet-id", interface.subnet_id.clone());
    put("vpc-id", interface.vpc_id.clone());
    if let Some(subnet) = world.ec2.subnets.get(&interface.subnet_id) {
        put("subnet-ipv4-cidr-block", subnet.cidr_block.to_string());
    }
    if let Some(vpc) = world.ec2.vpcs.get(&interface.vpc_id) {
        put("vpc-ipv4-cidr-block", vpc.cidr_block.to_string());
        put("vpc-ipv4-cidr-blocks", vpc.cidr_block.to_string());
    }
}
