//! [`Schedule`]: what will happen by itself, and when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::World;
use crate::Time;
use crate::autoscaling;
use crate::ec2;
use crate::elbv2;
use crate::iam::{self, InstanceProfile};
use crate::kubernetes;

/// A change of state that comes by itself. One variant for each kind of change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Transition {
    /// Something happens in an Auto Scaling group.
    AutoScaling(autoscaling::Event),
    /// A VPC is ready.
    VpcAvailable(String),
    /// A subnet is ready.
    SubnetAvailable(String),
    /// An address that a NAT gateway had can be released.
    AddressFree(String),
    /// A network interface is ready.
    NetworkInterfaceAvailable(String),
    /// An attachment of a network interface is complete.
    NetworkInterfaceAttached(String),
    /// An attachment of a network interface has ended.
    NetworkInterfaceDetached(String),
    /// An instance runs.
    InstanceRunning(String),
    /// An instance could not be started, for the reason with this code.
    InstanceFailed(String, String),
    /// An instance is stopped.
    InstanceStopped(String),
    /// An instance is gone.
    InstanceTerminated(String),
    /// An instance is not listed any more.
    InstanceForgotten(String),
    /// An instance has the profile of this association.
    ProfileAssociated(String),
    /// An instance does not have the profile of this association any more.
    ProfileDisassociated(String),
    /// An image is available, or failed with this code.
    ImageEnded(String, Option<String>),
    /// A snapshot is complete, or in error with this code.
    SnapshotEnded(String, Option<String>),
    /// A volume is available, or in error.
    VolumeReady(String, bool),
    /// A volume is attached.
    VolumeAttached(String),
    /// A volume is attached to nothing any more.
    VolumeDetached(String),
    /// A volume is gone.
    VolumeDeleted(String),
    /// A NAT gateway is ready.
    NatGatewayAvailable(String),
    /// A NAT gateway came to nothing.
    NatGatewayFailed(String, ec2::NatGatewayFailure),
    /// A NAT gateway is gone.
    NatGatewayDeleted(String),
    /// A NAT gateway is not listed any more.
    NatGatewayForgotten(String),
    /// An interface of a load balancer is gone.
    LoadBalancerInterfaceGone(String),
    /// Kubernetes deletes a load balancer it made.
    KubeLoadBalancerRemoved(String),
    /// Kubernetes tries to delete the group of a load balancer, so many times yet.
    KubeGroupTried(String, u32),
    /// A network load balancer is active, or failed with this code.
    NetworkLoadBalancerEnded(String, Option<String>),
    /// EC2 sees the instance profile with this name as it was then, or that it was gone.
    InstanceProfileSeen(String, Option<Box<InstanceProfile>>),
    /// A service-linked role is gone.
    ServiceLinkedRoleDeleted(String),
}

impl Transition {
    /// Makes the change. What it concerns may be gone by then.
    fn apply(self, world: &mut World) {
        match self {
            Self::AutoScaling(event) => event.happen(world),
            Self::VpcAvailable(id) => ec2::vpc_available(world, &id),
            Self::SubnetAvailable(id) => ec2::subnet_available(world, &id),
            Self::AddressFree(id) => ec2::address_free(world, &id),
            Self::NetworkInterfaceAvailable(id) => ec2::network_interface::available(world, &id),
            Self::NetworkInterfaceAttached(id) => ec2::network_interface::attached(world, &id),
            Self::NetworkInterfaceDetached(id) => ec2::network_interface::detached(world, &id),
            Self::InstanceRunning(id) => ec2::instance::running(world, &id),
            Self::InstanceFailed(id, code) => ec2::instance::failed(world, &id, &code),
            Self::InstanceStopped(id) => ec2::instance::stopped(world, &id),
            Self::InstanceTerminated(id) => ec2::instance::terminated(world, &id),
            Self::InstanceForgotten(id) => ec2::instance::forgotten(world, &id),
            Self::ProfileAssociated(id) => ec2::instance::profile_associated(world, &id),
            Self::ProfileDisassociated(id) => ec2::instance::profile_disassociated(world, &id),
            Self::ImageEnded(id, failure) => ec2::image::ended(world, &id, failure.as_deref()),
            Self::SnapshotEnded(id, failure) => ec2::snapshot::ended(world, &id, failure),
            Self::VolumeReady(id, is_good) => ec2::volume::ready(world, &id, is_good),
            Self::VolumeAttached(id) => ec2::volume::attached(world, &id),
            Self::VolumeDetached(id) => ec2::volume::detached(world, &id),
            Self::VolumeDeleted(id) => ec2::volume::deleted(world, &id),
            Self::NatGatewayAvailable(id) => ec2::nat_gateway_lifecycle::available(world, &id),
            Self::NatGatewayFailed(id, failure) => {
                ec2::nat_gateway_lifecycle::failed(world, &id, failure);
            }
            Self::NatGatewayDeleted(id) => ec2::nat_gateway_lifecycle::deleted(world, &id),
            Self::NatGatewayForgotten(id) => ec2::nat_gateway_lifecycle::forgotten(world, &id),
            Self::LoadBalancerInterfaceGone(id) => ec2::network_interface::remove(world, &id),
            Self::KubeLoadBalancerRemoved(id) => kubernetes::removed(world, &id),
            Self::KubeGroupTried(id, tries_left) => {
                kubernetes::tried_group(world, &id, tries_left);
            }
            Self::NetworkLoadBalancerEnded(arn, failure) => {
                elbv2::load_balancer::ended(world, &arn, failure);
            }
            Self::InstanceProfileSeen(name, profile) => {
                iam::propagation::seen(world, name, profile);
            }
            Self::ServiceLinkedRoleDeleted(name) => {
                iam::service_linked_role::deleted(world, &name);
            }
        }
    }
}

/// Transitions ordered by when they are due, then by when they were scheduled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Schedule {
    n_scheduled: u64,
    #[serde(with = "as_list")]
    queue: BTreeMap<(Time, u64), Transition>,
}

impl Schedule {
    pub(crate) fn add(&mut self, due: Time, transition: Transition) {
        self.n_scheduled += 1;
        self.queue.insert((due, self.n_scheduled), transition);
    }

    fn pop_due(&mut self, now: Time) -> Option<(Time, Transition)> {
        let ((due, _), _) = self.queue.first_key_value()?;
        if now < *due {
            return None;
        }
        self.queue.pop_first().map(|((due, _), transition)| (due, transition))
    }
}

impl World {
    /// Lets time pass: applies every transition due by `now`, in order, each at its own time.
    /// Time never runs backwards. Says whether anything changed.
    pub fn advance(&mut self, now: Time) -> bool {
        let mut changed = false;
        while let Some((due, transition)) = self.machinery.schedule.pop_due(now) {
            self.now = self.now.max(due);
            transition.apply(self);
            changed = true;
        }
        self.now = self.now.max(now);
        #[cfg(feature = "hosts")]
        crate::host::settle(self);
        changed
    }
}

/// JSON has no tuples as keys, so the queue is written as a list.
mod as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Time, Transition};

    type Queue = BTreeMap<(Time, u64), Transition>;

    pub(super) fn serialize<S: Serializer>(queue: &Queue, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(queue)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Queue, D::Error> {
        Ok(Vec::deserialize(input)?.into_iter().collect())
    }
}
