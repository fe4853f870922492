//! What cloud-init prints on the console.

use super::boot::up_at;
use super::key;
use crate::ec2::Instance;
use crate::world::World;

/// What the console of an instance shows since its operating system started: the host key as
/// cloud-init's `keys_to_console` module prints it, then what user data printed.
///
/// Source: `write-ssh-key-fingerprints` in cloud-init.
pub(crate) fn printed(world: &World, instance: &Instance) -> String {
    if !instance.state.is_running() || world.now < up_at(world, instance) {
        return String::new();
    }
    let hosts = &world.machinery.hosts;
    let running = hosts.running.get(&instance.id);
    let running = running.filter(|running| running.boot_time == instance.boot_time);
    let changes = hosts.key_changes.get(&instance.id).copied().unwrap_or_default();
    let key = key::host_key(&instance.id, changes);
    let name = instance.private_dns_name(world).unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default();
    let mut text = String::new();
    for line in [
        "#############################################################".to_owned(),
        "-----BEGIN SSH HOST KEY FINGERPRINTS-----".to_owned(),
        format!("256 {} root@{name} (ED25519)", key::fingerprint(&key)),
        "-----END SSH HOST KEY FINGERPRINTS-----".to_owned(),
        "#############################################################".to_owned(),
    ] {
        text.push_str(&format!("<14>{line}\n"));
    }
    text.push_str("-----BEGIN SSH HOST KEY KEYS-----\n");
    text.push_str(&key::public_line(&key, name));
    text.push_str("\n-----END SSH HOST KEY KEYS-----\n");
    text.push_str(running.map_or("", |running| running.console.as_str()));
    text
}
