//! [`bastion()`]: the one machine that is reached from outside.

use super::site::{Site, hardened, reached};
use crate::{
    Cidr, ImageId, SecurityGroupId,
    ec2::{Instance, Peer, Protocol},
};
use hopper_core::{Input, Workflow};
use hopper_kubernetes::Way;

/// The one machine that is reached from outside.
pub(super) struct Bastion {
    /// Its security group.
    pub(super) group: Input<SecurityGroupId>,
    /// The way to it.
    pub(super) way: Way,
}

/// A machine in the first public subnet that SSH reaches from the operator's addresses.
pub(super) fn bastion(
    w: &Workflow,
    site: &Site<'_>,
    image: Input<ImageId>,
    instance_type: &str,
    ssh_from: Cidr,
) -> Bastion {
    let group = site.group(w, "bastion", "What the operator reaches by SSH", site.named("bastion"));
    let operator = Peer::Cidr(ssh_from.into());
    let ssh =
        site.allow(w, "ssh", &group.id(), operator, Protocol::tcp(22), "SSH from the operator");
    let slot = site.network.has_public_address(w.step("instance"));
    let instance = slot.does(hardened(Instance {
        security_groups: vec![group.id()],
        key_name: site.key_name.clone().into(),
        public_address: true,
        tags: site.named("bastion"),
        ..Instance::new(image, instance_type, &site.network.public[0])
    }));
    let address = instance.public_ip().once(&ssh);
    let way = Way::to(format!("{}/bastion", site.cluster), address);
    let way = reached(w, instance.id(), way, site.patience);
    Bastion { group: group.id(), way }
}
