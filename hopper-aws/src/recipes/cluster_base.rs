//! [`ClusterBase`]: what the machines of a cluster have in common.

use super::{Bastion, KubernetesLeftovers, Network};
use crate::{
    InstanceProfileName, SecurityGroupId, Tags,
    ec2::{
        Direction, Peer, Permission, Protocol, SecurityGroup, SecurityGroupRefs, SecurityGroupRule,
        SecurityGroupRuleRefs,
    },
};
use hopper_core::{Input, Slot, Workflow};

/// What the machines of a cluster have in common.
#[derive(Clone, Debug)]
pub struct ClusterBase {
    /// The cluster's name.
    pub name: String,
    /// The name of the key pair that opens them.
    pub key_name: Input<String>,
    /// The network they are in.
    pub network: Network,
    /// The host from which one reaches them.
    pub bastion: Bastion,
    /// What Kubernetes makes on its own: machines and groups of the cluster are undone in their
    /// order with it.
    pub kubernetes: KubernetesLeftovers,
    /// Tags to put on everything.
    pub tags: Tags,
}

impl ClusterBase {
    /// A security group in the cluster's network.
    pub(super) fn group(&self, w: &Workflow, name: &str, description: &str) -> SecurityGroupRefs {
        w.step("group").undo_after(&self.kubernetes.leftovers).does(SecurityGroup {
            name: name.to_owned(),
            description: description.to_owned(),
            vpc: self.network.vpc.clone(),
            tags: self.tags.clone(),
        })
    }

    /// A step that makes machines of the cluster, acting in a profile: they go after the load
    /// balancers that the cluster has made, before what else it has left is swept up, and before
    /// the policies of their role.
    pub(super) fn machines(&self, slot: Slot, profile: &Input<InstanceProfileName>) -> Slot {
        slot.undo_after(&self.kubernetes.load_balancers)
            .undo_before(&self.kubernetes.leftovers)
            .undo_before(profile)
    }

    /// Lets one group's machines in to another's. Without a description, as in the chapter.
    pub(super) fn allow(
        &self,
        w: &Workflow,
        name: &str,
        into: &Input<SecurityGroupId>,
        from: &Input<SecurityGroupId>,
        protocol: Protocol,
    ) -> SecurityGroupRuleRefs {
        w.step(name).does(SecurityGroupRule {
            group: into.clone(),
            permission: Permission {
                direction: Direction::Ingress,
                protocol,
                peer: Peer::Group(from.clone()),
                description: String::new(),
            },
            tags: self.tags.clone(),
        })
    }

    /// Lets the bastion in by SSH.
    pub(super) fn ssh(&self, w: &Workflow, into: &Input<SecurityGroupId>) -> SecurityGroupRuleRefs {
        let bastion = &self.bastion.security_group;
        self.allow(w, "ssh", into, bastion, Protocol::tcp(22))
    }
}
