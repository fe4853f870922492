//! [`control_plane()`]: the machine that governs the cluster.

use super::ClusterBase;
use crate::{
    ImageId, InstanceId, InstanceProfileName, SecurityGroupId, Tags,
    ec2::{Credits, Instance, Protocol},
    settings::ControlPlaneSettings,
};
use hopper_core::{Input, Workflow};
use std::net::Ipv4Addr;

/// A machine for the control plane, running.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    /// The instance.
    pub instance: Input<InstanceId>,
    /// Its address in the VPC.
    pub private_ip: Input<Ipv4Addr>,
    /// Its security group, for rules that let others in.
    pub security_group: Input<SecurityGroupId>,
}

/// The master: its security group, and the instance at its fixed address, with the master's
/// profile and unlimited CPU credits.
///
/// The chapter's, with its names, tags, ports and address, up to the running machine: nothing is
/// installed on it here. What differs from the chapter's commands, and why (numbers are those of
/// the [list of mends](super::chapter())):
///
/// - It is launched again for as long as EC2 does not see the new profile (8).
/// - Its tags are part of the launch (9): the cloud provider does not start without them.
pub fn control_plane(
    w: &Workflow,
    base: &ClusterBase,
    image: Input<ImageId>,
    profile: Input<InstanceProfileName>,
    settings: &ControlPlaneSettings,
) -> ControlPlane {
    let group = base.group(w, "k8s-master", "Kubernetes Master Hosts");
    let ssh = base.ssh(w, &group.id());
    let bastion = &base.bastion.security_group;
    let api = base.allow(w, "api", &group.id(), bastion, Protocol::tcp(6443));
    let cluster = &base.name;
    let named = Tags::named(format!("{cluster}-k8s-master"))
        .with(format!("kubernetes.io/cluster/{cluster}"), "owned");
    let subnet = base.network.private_subnet.clone();
    let instance = base.machines(w.step("instance"), &profile).does(Instance {
        security_groups: vec![group.id()],
        key_name: base.key_name.clone().into(),
        private_ip: settings.private_ip,
        profile: Some(profile),
        credits: Some(Credits::Unlimited),
        tags: base.tags.clone().and(&named),
        ..Instance::new(image, &*settings.instance_type, subnet)
    });
    ControlPlane {
        instance: instance.id().once(&ssh).once(&api),
        private_ip: instance.private_ip().once(&ssh).once(&api),
        security_group: group.id(),
    }
}
