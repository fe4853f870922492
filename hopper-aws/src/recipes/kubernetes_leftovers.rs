//! [`kubernetes_leftovers()`]: what Kubernetes makes on its own, undone in its place.

use super::Network;
use crate::kubernetes::{Leftovers, LoadBalancers};
use hopper_core::{Done, Workflow};

/// What Kubernetes makes on its own, undone in its place.
#[derive(Clone, Debug)]
pub struct KubernetesLeftovers {
    /// The cluster's load balancers: a machine of the cluster has to be undone after them
    /// ([`undo_after`](hopper_core::Slot::undo_after)).
    pub load_balancers: Done,
    /// What is left when the machines are gone: a machine of the cluster has to be undone before
    /// it, and a security group of the cluster after it.
    pub leftovers: Done,
}

/// Two steps that make nothing, and whose undo removes what Kubernetes has made in a network: the
/// load balancers before anything else of the cluster goes, the rest once its machines are gone.
///
/// The load balancers go before the ways out of both subnets do, and so before the NAT gateway:
/// as long as they stand, the cluster may need its way out to delete them itself. Their network
/// interfaces, which have public addresses, are gone before the internet gateway is detached.
pub fn kubernetes_leftovers(
    w: &Workflow,
    cluster: &str,
    network: &Network,
    delete_volumes: bool,
) -> KubernetesLeftovers {
    let load_balancers = w
        .step("load-balancers")
        .undo_before(&network.private_subnet)
        .undo_before(&network.public_subnet)
        .undo_before(&network.internet_gateway)
        .does(LoadBalancers { cluster: cluster.to_owned(), vpc: network.vpc.clone() });
    let [private, public] = &network.subnets;
    let leftovers = w
        .step("leftovers")
        .undo_after(&load_balancers)
        .undo_before(private)
        .undo_before(public)
        .undo_before(&network.internet_gateway)
        .does(Leftovers {
            cluster: cluster.to_owned(),
            vpc: network.vpc.clone(),
            volumes: delete_volumes,
        });
    KubernetesLeftovers { load_balancers, leftovers }
}
