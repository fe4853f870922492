//! [`Site`]: what the fragments of a cluster share.

use super::network::Network;
use crate::{
    InstanceId, InstanceProfileName, SecurityGroupId, Tags,
    ec2::{
        ConsoleHostKeys, Direction, Instance, MetadataOptions, Peer, Permission, Protocol,
        RootVolume, SecurityGroup, SecurityGroupRefs, SecurityGroupRule, SecurityGroupRuleRefs,
    },
    kubernetes::{Leftovers, LoadBalancers},
    settings::ClusterSettings,
};
use hopper_core::{Done, Input, Slot, Workflow};
use hopper_kubernetes::{Way, steps::Reached};
use std::time::Duration;

/// What the fragments of a cluster share.
pub(super) struct Site<'a> {
    /// The cluster's name.
    pub(super) cluster: &'a str,
    /// Tags to put on everything.
    pub(super) tags: &'a Tags,
    /// The network.
    pub(super) network: Network,
    /// The name of the key pair that opens its machines.
    pub(super) key_name: Input<String>,
    /// How long host keys on consoles are waited for.
    pub(super) patience: Duration,
    /// The load balancers that Kubernetes has made are gone before this is undone.
    pub(super) load_balancers: Done,
    /// What else it has made is looked for when this is undone.
    leftovers: Done,
}

impl<'a> Site<'a> {
    pub(super) fn new(
        w: &Workflow,
        settings: &'a ClusterSettings,
        network: Network,
        key_name: Input<String>,
    ) -> Self {
        let (cluster, volumes) = (&*settings.name, settings.delete_volumes);
        let slot = network.needs_ways_out(w.step("load-balancers"));
        let vpc = network.vpc.clone();
        let load_balancers =
            slot.does(LoadBalancers { cluster: cluster.to_owned(), vpc: vpc.clone() });
        let slot = w.step("leftovers").undo_after(&load_balancers);
        let slot = network.has_public_address(network.is_in_subnets(slot));
        let leftovers = slot.does(Leftovers { cluster: cluster.to_owned(), vpc, volumes });
        let (tags, patience) = (&settings.tags, settings.patience());
        Self { cluster, tags, network, key_name, patience, load_balancers, leftovers }
    }

    /// The cluster's tags, with a name.
    pub(super) fn named(&self, suffix: &str) -> Tags {
        self.tags.clone().and(&Tags::named(format!("{}-{suffix}", self.cluster)))
    }

    /// Tags of what belongs to the cluster alone: by them the cloud controller finds it, and it may
    /// change nothing else.
    pub(super) fn owned(&self, suffix: &str) -> Tags {
        self.named(suffix).with(format!("kubernetes.io/cluster/{}", self.cluster), "owned")
    }

    /// A security group. Of those that a machine has, only one may carry the cluster's tag
    /// (cloud-provider-aws, `findSecurityGroupForInstance`).
    pub(super) fn group(
        &self,
        w: &Workflow,
        suffix: &str,
        description: &str,
        tags: Tags,
    ) -> SecurityGroupRefs {
        w.step("group").undo_after(&self.leftovers).does(SecurityGroup {
            name: format!("{}-{suffix}", self.cluster),
            description: description.to_owned(),
            vpc: self.network.vpc.clone(),
            tags,
        })
    }

    /// Lets somebody in.
    pub(super) fn allow(
        &self,
        w: &Workflow,
        name: &str,
        into: &Input<SecurityGroupId>,
        peer: Peer,
        protocol: Protocol,
        description: &str,
    ) -> SecurityGroupRuleRefs {
        let permission = Permission {
            direction: Direction::Ingress,
            protocol,
            peer,
            description: description.to_owned(),
        };
        let rule = SecurityGroupRule { group: into.clone(), permission, tags: self.tags.clone() };
        w.step(name).does(rule)
    }

    /// A step that makes machines of the cluster, acting in a profile: they go after the load
    /// balancers that the cluster has made, before what else it has left is looked for, and before
    /// the policies of their role.
    pub(super) fn machines(&self, slot: Slot, profile: &Input<InstanceProfileName>) -> Slot {
        slot.undo_after(&self.load_balancers).undo_before(&self.leftovers).undo_before(profile)
    }
}

/// An instance as all are: encrypted, and with a metadata service that wants a token and answers
/// on the machine alone.
pub(super) fn hardened(instance: Instance) -> Instance {
    Instance { metadata: Some(MetadataOptions::default()), root_volume: Some(disk()), ..instance }
}

/// The disk of a machine: encrypted, and large enough for a node's images and logs.
pub(super) fn disk() -> RootVolume {
    RootVolume { size: Some(20), ..RootVolume::default() }
}

/// A machine that was reached, whose host keys are on record: those that its console shows, or
/// else the one that it shows itself.
pub(super) fn reached(
    w: &Workflow,
    instance: Input<InstanceId>,
    way: Way,
    patience: Duration,
) -> Way {
    let shown = w.step("host-keys").does(ConsoleHostKeys { instance, within: patience });
    let way = way.pinned(shown.host_keys());
    let reached = w.step("reached").does(Reached { way: way.clone() });
    way.pinned(reached.host_keys())
}
