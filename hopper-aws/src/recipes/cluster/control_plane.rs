//! [`control_plane()`]: the machines that govern the cluster.

use super::{
    bastion::Bastion,
    site::{Site, hardened, reached},
};
use crate::{
    ImageId, InstanceProfileName, SecurityGroupId, SubnetId,
    ec2::{Instance, InstanceRefs, Peer, Protocol},
    settings::ClusterSettings,
};
use hopper_core::{Input, Workflow};
use hopper_kubernetes::Way;

/// The machines of a control plane.
pub(super) struct ControlPlane {
    /// The first.
    pub(super) first: Machine,
    /// The others.
    pub(super) others: Vec<Machine>,
    /// Their security group.
    pub(super) group: Input<SecurityGroupId>,
}

/// A machine of a control plane.
pub(super) struct Machine {
    /// The instance.
    pub(super) instance: InstanceRefs,
    /// Its zone.
    pub(super) zone: String,
    /// The way to it, through the bastion.
    pub(super) way: Way,
}

impl ControlPlane {
    /// All of them.
    pub(super) fn machines(&self) -> impl Iterator<Item = &Machine> {
        [&self.first].into_iter().chain(&self.others)
    }
}

/// Machines in the private subnets, one after the other. They have all they need in their image,
/// so they start before the subnets have their way out.
pub(super) fn control_plane(
    w: &Workflow,
    site: &Site<'_>,
    bastion: &Bastion,
    image: &Input<ImageId>,
    profile: &Input<InstanceProfileName>,
    settings: &ClusterSettings,
) -> ControlPlane {
    let tags = site.owned("control-plane");
    let group = site.group(w, "control-plane", "The control plane", tags.clone());
    let from = || Peer::Group(bastion.group.clone());
    let ssh = site.allow(w, "ssh", &group.id(), from(), Protocol::tcp(22), "SSH from the bastion");
    let own = Peer::Group(group.id());
    let inner = site.allow(w, "inner", &group.id(), own, Protocol::All, "Among its machines");
    let places = || settings.network.zones.iter().zip(&site.network.private);
    let machine = |w: &Workflow, name: String, (zone, subnet): (&String, &Input<SubnetId>)| {
        let slot = site.machines(w.step("instance"), profile);
        let instance = slot.does(hardened(Instance {
            security_groups: vec![group.id()],
            key_name: site.key_name.clone().into(),
            profile: Some(profile.clone()),
            tags: tags.clone(),
            ..Instance::new(image.clone(), &settings.control_plane_type, subnet)
        }));
        let address = instance.private_ip().once(&ssh).once(&inner);
        let way = bastion.way.on_to(format!("{}/{name}", site.cluster), address);
        let way = reached(w, instance.id(), way, site.patience);
        Machine { instance, zone: zone.clone(), way }
    };
    let n_others = usize::from(settings.control_plane_nodes.saturating_sub(1));
    let first = machine(
        w,
        "control-plane".to_owned(),
        (&settings.network.zones[0], &site.network.private[0]),
    );
    let others = (2..)
        .zip(places().cycle().skip(1))
        .take(n_others)
        .map(|(n, place)| machine(&w.scope(format!("{n}")), format!("control-plane-{n}"), place));
    let others = others.collect();
    ControlPlane { first, others, group: group.id() }
}
