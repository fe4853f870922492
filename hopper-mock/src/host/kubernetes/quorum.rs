//! The machines of a control plane: of which cluster they are, and whether etcd has a quorum.
//!
//! Source: "Options for Highly Available Topology" (Kubernetes), stacked etcd; "FAQ" of etcd: a
//! cluster of n members goes on with more than n / 2.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cluster::Cluster;
use crate::ec2::InstanceState;
use crate::host::hosts::Hosts;
use crate::world::World;

impl Cluster {
    /// The instances with a member of etcd, dead ones too.
    pub(in crate::host) fn etcd(&self) -> BTreeSet<&str> {
        match self.etcd.is_empty() {
            true => [self.control_plane.as_str()].into(),
            false => self.etcd.iter().map(String::as_str).collect(),
        }
    }

    /// Whether clients know it by a name or address that stays when a machine goes.
    pub(in crate::host) fn is_highly_available(&self) -> bool {
        self.has_endpoint
    }

    /// An instance has got a member of etcd.
    pub(in crate::host) fn add_member(&mut self, instance_id: &str) {
        let mut members: BTreeSet<String> = self.etcd().into_iter().map(str::to_owned).collect();
        members.insert(instance_id.to_owned());
        self.etcd = members;
    }
}

impl Hosts {
    /// What the cluster is kept under that an instance is a control plane of.
    pub(in crate::host) fn cluster_id(&self, instance_id: &str) -> Option<String> {
        if self.clusters.contains_key(instance_id) {
            return Some(instance_id.to_owned());
        }
        let mut clusters = self.clusters.iter();
        let (id, _) = clusters.find(|(_, cluster)| cluster.etcd().contains(instance_id))?;
        Some(id.clone())
    }

    /// The cluster that an instance is a control plane of.
    pub(in crate::host) fn cluster(&self, instance_id: &str) -> Option<&Cluster> {
        self.clusters.get(&self.cluster_id(instance_id)?).map(|shared| &**shared)
    }

    /// The same, to be changed.
    pub(in crate::host) fn cluster_mut(&mut self, instance_id: &str) -> Option<&mut Cluster> {
        let id = self.cluster_id(instance_id)?;
        self.clusters.get_mut(&id).map(Arc::make_mut)
    }

    /// `kubeadm reset` takes the member of etcd away with its machine's part of the cluster.
    pub(in crate::host) fn leave(&mut self, instance_id: &str) {
        let Some(id) = self.cluster_id(instance_id) else { return };
        let Some(cluster) = self.cluster_mut(instance_id) else { return };
        cluster.etcd = cluster.etcd().into_iter().map(str::to_owned).collect();
        cluster.etcd.remove(instance_id);
        if cluster.etcd.is_empty() {
            self.clusters.remove(&id);
        }
    }
}

/// Whether a machine of a control plane runs, with its API server.
fn is_up(world: &World, id: &str) -> bool {
    let Some(instance) = world.ec2.instances.get(id) else { return false };
    let Some(running) = world.machinery.hosts.running.get(id) else { return false };
    instance.state == InstanceState::Running
        && instance.boot_time == running.boot_time
        && running.ports.contains_key(&crate::host::program::kubeadm::API_PORT)
}

/// The machines of a control plane that run, if they are enough for etcd.
pub(in crate::host) fn living(world: &World, cluster: &Cluster) -> Option<Vec<String>> {
    let members = cluster.etcd();
    let living: Vec<_> = members.iter().filter(|id| is_up(world, id)).collect();
    let living: Vec<_> = living.into_iter().map(|id| (*id).to_owned()).collect();
    (members.len() < 2 * living.len()).then_some(living)
}
