//! [`control_plane()`]: the machine that governs the cluster.

use super::{
    bastion::Bastion,
    site::{Site, hardened, reached},
};
use crate::{
    ImageId, InstanceProfileName, SecurityGroupId,
    ec2::{Instance, InstanceRefs, Peer, Protocol},
};
use hopper_core::{Input, Workflow};
use hopper_kubernetes::Way;

/// A machine for the control plane.
pub(super) struct ControlPlane {
    /// The instance.
    pub(super) instance: InstanceRefs,
    /// Its security group.
    pub(super) group: Input<SecurityGroupId>,
    /// The way to it, through the bastion.
    pub(super) way: Way,
}

/// A machine in the first private subnet. It has all it needs in its image, so it starts before
/// the subnet has its way out.
pub(super) fn control_plane(
    w: &Workflow,
    site: &Site<'_>,
    bastion: &Bastion,
    image: Input<ImageId>,
    profile: &Input<InstanceProfileName>,
    instance_type: &str,
) -> ControlPlane {
    let tags = site.owned("control-plane");
    let group = site.group(w, "control-plane", "The control plane", tags.clone());
    let from = || Peer::Group(bastion.group.clone());
    let ssh = site.allow(w, "ssh", &group.id(), from(), Protocol::tcp(22), "SSH from the bastion");
    let own = Peer::Group(group.id());
    let inner = site.allow(w, "inner", &group.id(), own, Protocol::All, "Among its machines");
    let slot = site.machines(w.step("instance"), profile);
    let instance = slot.does(hardened(Instance {
        security_groups: vec![group.id()],
        key_name: site.key_name.clone().into(),
        profile: Some(profile.clone()),
        tags,
        ..Instance::new(image, instance_type, &site.network.private[0])
    }));
    let address = instance.private_ip().once(&ssh).once(&inner);
    let way = bastion.way.on_to(format!("{}/control-plane", site.cluster), address);
    let way = reached(w, instance.id(), way, site.patience);
    ControlPlane { instance, group: group.id(), way }
}
