//! How a host starts, and runs its user data.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::guest::Guest;
use super::hosts::Running;
use super::{key, program, unit, user_data};
use crate::ec2::{Instance, InstanceState};
use crate::world::World;
use crate::{Mock, Time};

/// When sshd answers on an instance that is running or about to be.
pub(super) fn up_at(world: &World, instance: &Instance) -> Time {
    let latencies = &world.settings().latencies;
    let is_restart = instance.launch_time != instance.boot_time;
    let running = if is_restart {
        instance.boot_time
    } else {
        instance.boot_time + latencies.instance_running
    };
    running + latencies.instance_reachable
}

/// The host of an instance, if it is up. It starts at that if nobody has looked at it before.
pub(super) fn guest(mock: &Mock, instance_id: &str) -> Option<Guest> {
    let boot_time = mock.with_world(|world| {
        let instance = world.ec2.instances.get(instance_id)?.clone();
        let is_up =
            instance.state == InstanceState::Running && up_at(world, &instance) <= world.now;
        is_up.then(|| start(world, &instance))?;
        Some(instance.boot_time)
    })?;
    Some(Guest { mock: mock.clone(), id: instance_id.to_owned(), boot_time })
}

/// A start that did not come to its end, since its runtime ended, is tried again.
struct Unfinished<'a>(&'a Guest, bool);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.mock.forget_start(&self.0.id, self.0.boot_time);
        }
    }
}

/// Waits until a host is up, and runs its user data if it was not run before.
pub(crate) async fn start_by_itself(mock: Mock, id: String, boot_time: Time) {
    let guest = Guest { mock, id, boot_time };
    let mut start_of_it = Unfinished(&guest, false);
    let due = |world: &World, instance: &Instance| {
        let is_same = instance.boot_time == boot_time && !instance.state.is_ending();
        is_same.then(|| (up_at(world, instance), world.now))
    };
    while let Some((up_at, now)) = guest.instance(due).filter(|(up_at, now)| now < up_at) {
        guest.mock.sleep(up_at.since(now)).await;
    }
    if guest.is_alive() {
        let data = guest.mock.with_world(|world| {
            let instance = world.ec2.instances.get(&guest.id)?.clone();
            start(world, &instance);
            let is_first =
                world.hosts().disk(&instance.id).text(FIRST_BOOT) == boot_time.to_string();
            Some((decoded(&instance)?, is_first))
        });
        if let Some((data, is_first)) = data {
            user_data::run(&guest, &data, is_first).await;
        }
    }
    start_of_it.1 = true;
    guest.mock.hosts_changed().notify_waiters();
}

/// When this instance started with this disk for the first time.
const FIRST_BOOT: &str = "/var/lib/cloud/instance/first-boot";

/// The operating system starts, unless it has.
fn start(world: &mut World, instance: &Instance) {
    let hosts = &world.machinery.hosts;
    let is_started = hosts.running.get(&instance.id);
    if is_started.is_some_and(|running| running.boot_time == instance.boot_time) {
        return;
    }
    let full_name = instance.private_dns_name(world).unwrap_or_default();
    let public_key = instance.key_name.as_ref().and_then(|name| {
        let mut keys = world.ec2.key_pairs.values();
        keys.find(|key| key.name == *name).map(|key| key.public_key.clone())
    });
    let changes = world.hosts().key_changes.get(&instance.id).copied().unwrap_or_default();
    let disk = world.hosts().disk(&instance.id);
    let known = disk.text("/var/lib/cloud/data/instance-id");
    let is_first = known.trim() != instance.id;
    if is_first {
        disk.put("/var/lib/cloud/data/instance-id", format!("{}\n", instance.id));
        let name = full_name.split('.').next().unwrap_or_default();
        disk.put("/etc/hostname", format!("{name}\n"));
        if let Some(public_key) = &public_key {
            disk.put_for(
                "ubuntu",
                "/home/ubuntu/.ssh/authorized_keys",
                format!("{public_key}\n"),
                0o600,
            );
            if let Some(directory) = disk.get_mut("/home/ubuntu/.ssh") {
                (directory.mode, directory.owner) = (0o700, "ubuntu".to_owned());
            }
        }
        let key = key::host_key(&instance.id, changes);
        let line = key::public_line(&key, name);
        disk.put("/etc/ssh/ssh_host_ed25519_key.pub", format!("{line}\n"));
        disk.remove("root", "/var/log/cloud-init-output.log").ok();
        disk.remove("root", "/var/lib/cloud/instance").ok();
        disk.put(FIRST_BOOT, instance.boot_time.to_string());
        if disk.text("/etc/machine-id").trim().is_empty() {
            let id = instance.id.trim_start_matches("i-");
            disk.put("/etc/machine-id", format!("{id:0>32}\n"));
        }
    }
    disk.remove("root", "/run/cloud-init").ok();
    disk.put(
        "/proc/sys/kernel/random/boot_id",
        format!("{} {}\n", instance.id, instance.boot_time),
    );
    disk.remove("root", "/tmp").ok();
    let tmp = super::disk::Node {
        what: super::disk::What::Directory,
        mode: 0o1777,
        owner: "root".to_owned(),
    };
    disk.insert("root", "/tmp", tmp).ok();
    let (units, policies) = program::started_at_boot(disk);
    let mut ports = BTreeMap::new();
    if program::kubeadm::is_control_plane(disk)
        && units.iter().any(|name| name == "kubelet.service")
    {
        ports.insert(program::kubeadm::API_PORT, "kube-apiserver".to_owned());
    }
    let mut running = Running {
        boot_time: instance.boot_time,
        hostname: disk.text("/etc/hostname").trim().to_owned(),
        units: BTreeSet::new(),
        modules: modules(disk),
        sysctl: program::sysctl_files(disk),
        has_swap: disk.text("/etc/fstab").lines().any(|line| {
            !line.trim_start().starts_with('#') && line.split_whitespace().nth(2) == Some("swap")
        }),
        policies: policies.into_iter().collect(),
        ports,
        cloud_init: if instance.user_data.is_some() { "running" } else { "done" }.to_owned(),
        console: String::new(),
        processes: BTreeMap::new(),
        last_pid: 1000,
    };
    for name in &units {
        unit::started(disk, &mut running, name);
    }
    world.hosts().running.insert(instance.id.clone(), running);
}

fn modules(disk: &super::disk::Disk) -> BTreeSet<String> {
    let files = disk.list("/etc/modules-load.d");
    let texts = files.iter().map(|file| disk.text(&format!("/etc/modules-load.d/{file}")));
    let lines: Vec<_> = texts.collect();
    let lines = lines.iter().flat_map(|text| text.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn decoded(instance: &Instance) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(instance.user_data.as_ref()?).ok()
}
