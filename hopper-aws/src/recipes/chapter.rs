//! [`chapter()`]: the cluster of the chapter, as far as AWS makes it.

use super::{
    Bastion, ClusterBase, ControlPlane, Identity, KubernetesLeftovers, Network, Workers, bastion,
    control_plane, identity, kubernetes_leftovers, network, node_image, workers,
};
use crate::{
    ImageId, PublicKey,
    ec2::{KeyPair, LatestImage, NewestBy},
    settings::{ChapterSettings, ControlPlaneSettings, NodeImageSettings, SettingsError},
};
use hopper_core::{Input, Workflow};

/// What the recipe builds.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The private network.
    pub network: Network,
    /// What Kubernetes makes on its own.
    pub kubernetes: KubernetesLeftovers,
    /// The bastion.
    pub bastion: Bastion,
    /// The instance profiles.
    pub identity: Identity,
    /// The image of the cluster's machines.
    pub node_image: Input<ImageId>,
    /// The master.
    pub control_plane: ControlPlane,
    /// The workers.
    pub workers: Workers,
}

/// The cluster of the chapter "Reaching for the cloud" of *Kubernetes on AWS*, as far as AWS makes
/// it: a private network, a key pair, a bastion, the roles of the machines, their image, a master,
/// and an Auto Scaling group of workers, with the chapter's own names, tags, ports and addresses.
/// Nothing happens inside the machines: there is no Kubernetes on them.
///
/// ```
/// use hopper_aws::{recipes::chapter, settings::ChapterSettings};
/// use hopper_core::Workflow;
///
/// let settings = ChapterSettings::default();
/// let w = Workflow::new(&*settings.name);
/// let chapter = chapter(&w, &settings)?;
/// println!("{}", w.plan()?);
/// # let _ = chapter;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is mended
///
/// The chapter's text has mistakes. The fragments mend these:
///
/// | | in the chapter | here |
/// |--:|---|---|
/// | 4 | "all protocols, port 53" from the nodes to the master, which AWS takes for all traffic | written as all traffic: see [`workers`] |
/// | 5 | the kubelets' read-only port is opened, though kubeadm turns it off | a setting shuts it: `workers.read_only_port` |
/// | 7 | everybody may reach the bastion's SSH port | a setting: `bastion.ssh_from` |
/// | 8 | no waiting for addresses, profiles, gateways, images and instances | every step waits until what it made can be used |
/// | 9 | tags are put on afterwards, so a crash leaves things that are nobody's | tags are part of the calls that create |
/// | 10 | security groups have no tags | they have the run's, and those of the settings |
/// | 11 | the script that makes roles cannot be run twice, and its names are fixed | steps that find what they made; names are settings; everything is tagged |
/// | 12 | the builder, its group and its volume are never cleaned up | undone like all else, and the image's snapshots as well |
/// | 15 | 10.0.0.10 may be taken by another machine of the subnet before the master has it | the builder has an address of its own, and the workers come after the master |
/// | 17 | a launch configuration cannot give the workers unlimited CPU credits | a launch template does |
///
/// Left as in the book: subnets are tagged as `owned` by the cluster (10), and the policies of the
/// roles (11).
///
/// # How it is undone
///
/// Reversing the order of creation is not enough. Beyond what the use of values says:
///
/// - the load balancers that Kubernetes has made for Services go first, before the cluster's
///   machines, their roles, and the ways out;
/// - what has a public address (the bastion, the NAT gateway's address, load balancers) goes
///   before the internet gateway is detached;
/// - the private subnet's way out goes before the NAT gateway;
/// - machines go before what else Kubernetes has left (security groups, rules, network
///   interfaces; volumes if the settings say so), and that before groups and subnets;
/// - every rule that names another group goes before either group;
/// - the group of workers goes before what it launches from, it and the master before the image,
///   and all machines before their profiles and the policies of their roles;
/// - machines are terminated and not drained, so that the VPC CNI is not stopped half-way;
/// - the service-linked roles that AWS makes on its own are left alone.
///
/// Nor is it the fastest order. Machines need no way out in order to go, so the NAT gateway goes
/// at the same time; the master beside the workers; the builder before the image that was made of
/// it.
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn chapter(w: &Workflow, settings: &ChapterSettings) -> Result<Chapter, SettingsError> {
    settings.checked()?;
    let public_key: PublicKey =
        settings.public_key.parse().map_err(|_| SettingsError::Wrong(settings.problems()))?;
    let (name, tags) = (&*settings.name, &settings.tags);

    let network = network(&w.scope("network"), name, &settings.network, tags);
    let kubernetes =
        kubernetes_leftovers(&w.scope("kubernetes"), name, &network, settings.delete_volumes);
    let key = w.step("key-pair").does(KeyPair {
        name: settings.key_name.clone(),
        public_key: public_key.into(),
        tags: tags.clone(),
    });
    let base_image = w.step("base-image").does(LatestImage {
        owners: vec![settings.base_image.owner.clone()],
        name: settings.base_image.name.clone(),
        architecture: "x86_64".to_owned(),
        root_device_type: "ebs".to_owned(),
        newest_by: NewestBy::Name,
    });
    let bastion = bastion(
        &w.scope("bastion"),
        &network,
        base_image.id(),
        key.name(),
        &settings.bastion,
        tags,
    );
    let identity = identity(&w.scope("identity"), &settings.identity, tags);
    let base = ClusterBase {
        name: name.to_owned(),
        key_name: key.name(),
        network: network.clone(),
        bastion: bastion.clone(),
        kubernetes: kubernetes.clone(),
        tags: tags.clone(),
    };
    let node_image_settings = NodeImageSettings {
        private_ip: Some(settings.node_image.address(&settings.network)),
        ..settings.node_image.clone()
    };
    let node_image =
        node_image(&w.scope("node-image"), &base, base_image.id(), &node_image_settings);
    let control_plane_settings = ControlPlaneSettings {
        private_ip: Some(settings.control_plane.address(&settings.network)),
        ..settings.control_plane.clone()
    };
    let control_plane = control_plane(
        &w.scope("control-plane"),
        &base,
        node_image.clone(),
        identity.master.clone(),
        &control_plane_settings,
    );
    let workers = workers(
        &w.scope("workers"),
        &base,
        &control_plane,
        node_image.clone(),
        identity.node.clone(),
        &settings.workers,
    );
    Ok(Chapter { network, kubernetes, bastion, identity, node_image, control_plane, workers })
}
