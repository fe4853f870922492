//! [`chapter()`]: the cluster of the chapter, inside and out.

use super::{
    ground::Ground,
    inside::{baked, master, reached},
};
use crate::{
    AutoScalingGroupName, InstanceId,
    machine::ChapterScripts,
    recipes::demo::demo,
    settings::{ChapterSettings, Problem, SettingsError},
};
use hopper_core::{Input, Workflow, text};
use hopper_kubernetes::Way;

/// The cluster of the chapter, running.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The way to the bastion.
    pub bastion: Way,
    /// The way to the master, through the bastion.
    pub master: Way,
    /// The master's machine.
    pub master_instance: Input<InstanceId>,
    /// The group of workers.
    pub workers: Input<AutoScalingGroupName>,
    /// The names of the workers' nodes, once they are ready.
    pub nodes: Input<Vec<String>>,
    /// The address of the page that shows that it works.
    pub demo: Input<String>,
}

/// The cluster of the chapter "Reaching for the cloud" of *Kubernetes on AWS*, all of it: a private
/// network, a key pair, a bastion, the roles of the machines, an image with docker and kubeadm, a
/// master, an Auto Scaling group of workers that join it, the pod network, and a page behind a load
/// balancer, with the chapter's own names, tags, ports, addresses and versions.
///
/// It is for learning, and for a simulator: the repositories of its packages, the provider within
/// Kubernetes and launch configurations are gone. [`cluster`](crate::recipes::cluster()) is the
/// same as one builds it today, and [`chapter_machines`](crate::recipes::chapter_machines()) is
/// this one without what happens inside the machines, which AWS still makes.
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
/// The chapter's text has mistakes. These are mended:
///
/// | | in the chapter | here |
/// |--:|---|---|
/// | 1, 2 | commands that a shell does not read as they are meant | typed values, and scripts without a line to spare |
/// | 4 | "all protocols, port 53" from the nodes to the master, which AWS takes for all traffic | written as all traffic: see [`workers`](crate::recipes::workers()) |
/// | 5 | the kubelets' read-only port is opened, though kubeadm turns it off | a setting shuts it: `workers.read_only_port` |
/// | 6 | a token in the user data of every worker that never expires | it is there still, which is the chapter's way, but expires after a day: `kubernetes.token_ttl`; hopper shows it in no log and no plan |
/// | 7 | everybody may reach the bastion's SSH port | a setting: `bastion.ssh_from` |
/// | 8 | no waiting for addresses, profiles, gateways, images and instances | every step waits until what it made can be used |
/// | 9 | tags are put on afterwards, so a crash leaves things that are nobody's | tags are part of the calls that create |
/// | 10 | security groups have no tags | they have the run's, and those of the settings |
/// | 11 | the script that makes roles cannot be run twice, and its names are fixed | steps that find what they made; names are settings; everything is tagged |
/// | 12 | the builder, its group and its volume are never cleaned up | undone like all else, and the image's snapshots as well |
/// | 12 | the image has the builder's keys and identity | they are taken out of it |
/// | 13, 14 | 1.10.3 in names, others in outputs, and the newest packages are installed | one version, of packages that are held |
/// | 15 | 10.0.0.10 may be taken by another machine of the subnet before the master has it | the builder has an address of its own, and the workers come after the master |
/// | 16 | kubelets admit more pods than there are addresses | `--max-pods` by the machine's type |
/// | 17 | a launch configuration cannot give the workers unlimited CPU credits | a launch template does |
/// | 20 | the workstation's kubeconfig is overwritten | the cluster is put into it beside the others, and taken out again: `kubernetes.kubeconfig` |
/// | 21 | the pod network's manifest is that of a branch, where it is no more | that of a tag, with its SHA-256 if one is given |
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
    let scripts = ChapterScripts::new(settings).map_err(|error| {
        let problem = Problem { field: "kubernetes".to_owned(), message: error.to_string() };
        SettingsError::Wrong(vec![problem])
    })?;
    chapter_by(w, settings, &scripts)
}

/// The same, with scripts of one's own.
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn chapter_by(
    w: &Workflow,
    settings: &ChapterSettings,
    scripts: &ChapterScripts,
) -> Result<Chapter, SettingsError> {
    let ground = Ground::new(w, settings)?;
    let way = Way::to(format!("{}/bastion", settings.name), ground.bastion.public_ip.clone());
    let bastion = reached(&w.scope("bastion"), way);

    let builder = ground.builder();
    let builder = baked(&w.scope("node-image"), settings, &bastion, &builder, &scripts.bake);
    let node_image = ground.node_image(builder);

    let machine = ground.control_plane(&node_image);
    let master = master(&w.scope("control-plane"), settings, &bastion, &machine);

    let scope = w.scope("workers");
    let join = master.join(&scope, &machine, &scripts.worker);
    let workers = ground.workers(&machine, &node_image, Some(join.into()));
    let nodes = master.nodes(&scope, &text!("{}", workers.group), settings.workers.min);

    let scope = w.scope("demo");
    let slot = scope
        .step("page")
        .undo_before(&ground.kubernetes.load_balancers)
        .undo_before(&ground.network.private_subnet)
        .undo_before(&ground.network.public_subnet)
        .undo_before(&ground.network.internet_gateway);
    let demo = demo(&scope, slot, &master.access, &nodes, &settings.kubernetes.demo_image)?;
    Ok(Chapter {
        bastion,
        master: master.access.way,
        master_instance: machine.instance,
        workers: workers.group,
        nodes,
        demo,
    })
}
