//! [`Hosts`]: what is inside the machines, apart from what AWS knows of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::fault::Fault;
use super::kubernetes::Cluster;
use super::ubuntu::Release;
use super::{Transcript, ubuntu};
use crate::world::World;
use crate::{Mock, Time};

/// The disks of instances and of images, and what runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hosts {
    /// The disks of instances.
    disks: BTreeMap<String, Arc<Disk>>,
    /// The disks of images, but those of the catalogue.
    images: BTreeMap<String, Arc<Disk>>,
    /// What runs on instances.
    pub(super) running: BTreeMap<String, Running>,
    /// How often the host keys of instances were changed.
    pub(super) key_changes: BTreeMap<String, u32>,
    pub(super) transcripts: BTreeMap<String, Transcript>,
    pub(super) faults: Vec<Fault>,
    /// What was put on the internet for hosts to download.
    pub(super) published: BTreeMap<String, Vec<u8>>,
    /// The nodes of clusters, by the instance of the control plane: the names of nodes by their
    /// instances.
    nodes: BTreeMap<String, BTreeMap<String, String>>,
    /// The clusters, each by the first instance of its control plane.
    #[serde(default)]
    pub(super) clusters: BTreeMap<String, Arc<Cluster>>,
    /// How often the connections of instances were cut.
    pub(super) cuts: BTreeMap<String, u32>,
}

/// What is lost when a machine goes off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// When the operating system began to start.
    pub(super) boot_time: Time,
    pub(super) hostname: String,
    /// Units that are active.
    pub(super) units: BTreeSet<String>,
    /// Kernel modules that are loaded.
    pub(super) modules: BTreeSet<String>,
    /// Kernel parameters that differ from what the kernel starts with.
    pub(super) sysctl: BTreeMap<String, String>,
    /// Whether there is swap.
    pub(super) has_swap: bool,
    /// The policies of iptables' chains.
    pub(super) policies: BTreeMap<String, String>,
    /// TCP ports somebody listens on, besides sshd, with who does.
    pub(super) ports: BTreeMap<u16, String>,
    /// Where cloud-init is: `running`, `done` or `error`.
    pub(super) cloud_init: String,
    /// What it printed on the console.
    pub(super) console: String,
    /// Processes in the background.
    pub(super) processes: BTreeMap<u32, String>,
    pub(super) last_pid: u32,
}

impl Hosts {
    /// The disk of an instance.
    pub(super) fn disk(&mut self, instance_id: &str) -> &mut Disk {
        let fresh = || Arc::new(ubuntu::disk(Release::default()));
        Arc::make_mut(self.disks.entry(instance_id.to_owned()).or_insert_with(fresh))
    }

    /// Whether a control plane is on the disk of an instance: others depend on it, so that it starts
    /// though nobody looks at it.
    pub(crate) fn is_control_plane(&self, instance_id: &str) -> bool {
        let disk = self.disks.get(instance_id);
        disk.is_some_and(|disk| super::program::kubeadm::is_control_plane(disk))
    }

    /// Whether somebody listens on a port of an instance.
    pub(crate) fn listens(&self, instance_id: &str, port: u32) -> bool {
        let Ok(port) = u16::try_from(port) else { return false };
        let running = self.running.get(instance_id);
        running.is_some_and(|running| running.ports.contains_key(&port))
    }

    /// A new instance gets the disk of its image.
    pub(crate) fn launched(&mut self, instance_id: &str, (image_id, name): (&str, &str)) {
        let disk = match (self.images.get(image_id), Release::of_image(name)) {
            (Some(disk), _) => disk.clone(),
            (None, Release::Noble) => return, // made when somebody looks
            (None, release) => Arc::new(ubuntu::disk(release)),
        };
        self.disks.insert(instance_id.to_owned(), disk);
    }

    /// A new image gets the disk of the instance it is made of.
    pub(crate) fn imaged(&mut self, image_id: &str, instance_id: &str) {
        if let Some(disk) = self.disks.get(instance_id) {
            self.images.insert(image_id.to_owned(), disk.clone());
        }
    }

    /// A node has joined a cluster.
    pub(super) fn add_node(&mut self, control_plane: &str, instance_id: &str, name: &str) {
        let nodes = self.nodes.entry(control_plane.to_owned()).or_default();
        nodes.insert(instance_id.to_owned(), name.to_owned());
    }

    /// What ran in the background when the process ended that simulated it runs no more.
    pub(crate) fn end_processes(&mut self) {
        self.running.values_mut().for_each(|running| running.processes.clear());
    }

    /// A copy of an image has what the image has.
    pub(crate) fn copied(&mut self, image_id: &str, source_id: &str) {
        if let Some(disk) = self.images.get(source_id) {
            self.images.insert(image_id.to_owned(), disk.clone());
        }
    }

    /// An instance is gone with its disk.
    pub(crate) fn terminated(&mut self, instance_id: &str) {
        self.disks.remove(instance_id);
        self.running.remove(instance_id);
        let disks = &self.disks;
        self.clusters.retain(|_, cluster| {
            let members = cluster.etcd();
            !members.contains(instance_id) || members.iter().any(|one| disks.contains_key(*one))
        });
    }
}

impl Mock {
    /// The nodes that have joined the cluster an instance is a control plane of, with itself: the
    /// names of nodes by their instances.
    pub fn nodes(&self, instance_id: &str) -> BTreeMap<String, String> {
        self.with_world(|world| {
            let hosts = world.hosts();
            let id = hosts.cluster_id(instance_id).unwrap_or_else(|| instance_id.to_owned());
            hosts.nodes.get(&id).cloned().unwrap_or_default()
        })
    }
}

impl World {
    /// Whether something runs on a host, user data or a script in the background, which does not run
    /// on in a [copy](crate::Builder::world) of the world: a program is no data.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.machinery.hosts.running.iter().any(|(id, running)| {
            let instance = self.ec2.instances.get(id);
            instance.is_some_and(|instance| instance.boot_time == running.boot_time)
                && (!running.processes.is_empty() || running.cloud_init == "running")
        })
    }

    pub(super) fn hosts(&mut self) -> &mut Hosts {
        &mut self.machinery.hosts
    }
}
