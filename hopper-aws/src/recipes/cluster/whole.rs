//! [`cluster()`]: the recipe.

use super::{
    add_ons::add_ons,
    api_balancer::api_balancer,
    bastion::bastion,
    control_plane::control_plane,
    identity::identity,
    image::{base_image, public_key},
    join::join,
    network::network,
    site::Site,
    workers::workers,
};
use crate::{
    AutoScalingGroupName, ImageId, InstanceId,
    ec2::{KeyPair, LatestImage, NewestBy},
    recipes::demo::demo,
    settings::{ClusterSettings, SettingsError},
};
use hopper_core::{Input, Workflow, text};
use hopper_kubernetes::{
    Way,
    steps::{AdminKubeconfig, Administrator, NodesReady},
};
use std::time::Duration;

/// How long nodes may take to join and become ready once their machines run.
const WITHIN: Duration = Duration::from_secs(900);

/// The near end of a tunnel to the API, which its certificate names as well.
const API: &str = "https://127.0.0.1:6443";

/// A cluster that runs.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The way to the bastion.
    pub bastion: Way,
    /// The way to the control plane, or the first machine of it, through the bastion.
    pub control_plane: Way,
    /// The control plane's machine, or the first of them.
    pub control_plane_instance: Input<InstanceId>,
    /// The group of workers.
    pub workers: Input<AutoScalingGroupName>,
    /// The names of the workers' nodes, once they are ready.
    pub nodes: Input<Vec<String>>,
    /// The address of the page that shows that it works, if there is one.
    pub demo: Option<Input<String>>,
}

/// Kubernetes on plain machines, as one builds it today: private machines behind a bastion, a
/// control plane that kubeadm makes, workers in an Auto Scaling group that join by themselves, the
/// VPC CNI, the cloud controller, and a page that answers.
///
/// ```
/// use hopper_aws::{recipes::cluster, settings::ClusterSettings};
/// use hopper_core::Workflow;
///
/// let settings = ClusterSettings::default();
/// let w = Workflow::new(&*settings.name);
/// let cluster = cluster(&w, &settings)?;
/// println!("{}", w.plan()?);
/// # let _ = cluster;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Its nodes start from an image of its own that
/// [`node_image_workflow`](super::node_image_workflow) makes, once for all clusters with the same
/// settings.
///
/// # What is safe about it
///
/// - SSH is open to the operator's addresses, on the bastion alone; all else is private.
/// - Metadata services want a token and answer to the machine alone; disks are encrypted.
/// - Roles may change what carries the cluster's tag, and nothing else.
/// - How to join is a secret in Parameter Store that only the nodes' role may read, with a token
///   that is good for two hours; user data has no secret.
/// - The authority is made by the recipe, and known to workers before there is a control plane:
///   they never trust on first sight.
///
/// - A control plane of three machines, in as many zones as there are, stands the loss of one: they
///   are behind a network load balancer inside the VPC, and have an etcd of three members.
///
/// # How it is fast
///
/// Control plane and workers start beside the NAT gateway, since all they need at first is in their
/// image, and wait for one another.
///
/// # How it is undone
///
/// The page first, while the controller lives that takes its load balancer down; then workers and
/// control plane, beside the NAT gateway; then what Kubernetes has left; then the network.
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn cluster(w: &Workflow, settings: &ClusterSettings) -> Result<Cluster, SettingsError> {
    settings.checked()?;
    let (name, tags) = (&*settings.name, &settings.tags);
    let parameter = format!("/hopper/{name}/join");
    let network = network(&w.scope("network"), name, &settings.network, tags);
    let key = w.step("key-pair").does(KeyPair {
        name: name.to_owned(),
        public_key: public_key(settings)?.into(),
        tags: tags.clone(),
    });
    let site = Site::new(&w.scope("kubernetes"), settings, network, key.name());
    let image = node_image(w, settings)?;
    let bastion = bastion(
        &w.scope("bastion"),
        &site,
        base_image(w, &settings.base_image),
        &settings.bastion_type,
        settings.ssh_from,
    );
    let identity = identity(&w.scope("identity"), name, &parameter, tags)?;
    let scope = w.scope("control-plane");
    let control_plane =
        control_plane(&scope, &site, &bastion, &image, &identity.control_plane, settings);
    let api = (!control_plane.others.is_empty())
        .then(|| api_balancer(&w.scope("api"), &site, &control_plane));
    let endpoint = match &api {
        Some(api) => api.endpoint.clone(),
        None => text!("{}:6443", control_plane.first.instance.private_ip()),
    };
    let join = join(&w.scope("join"), name, &parameter, endpoint, tags);
    let governed = add_ons(&scope, settings, &control_plane, api.as_ref(), &join)?;
    if let Some(path) = &settings.kubeconfig {
        w.step("kubeconfig").after(&governed.ready).does(AdminKubeconfig {
            path: path.clone(),
            cluster: name.to_owned(),
            server: API.to_owned(),
            administrator: Administrator::Issued {
                certificate: join.authority.certificate(),
                key: join.authority.key(),
            },
            current: true,
        });
    }
    let scope = w.scope("workers");
    let workers = workers(
        &scope,
        &site,
        &bastion,
        &control_plane,
        api.as_ref(),
        image,
        &identity.node,
        &parameter,
        &settings.workers,
    )?;
    let nodes = scope
        .step("nodes")
        .after(&workers.group)
        .after(&join.parameter)
        .after(&governed.ready)
        .does(NodesReady {
            access: governed.access.clone(),
            selector: "!node-role.kubernetes.io/control-plane".to_owned(),
            count: usize::from(settings.workers.min),
            uninitialized: false,
            within: WITHIN,
            group: Some(text!("{}", workers.group)),
        });
    let demo = match settings.demo.enabled {
        true => {
            let w = w.scope("demo");
            let slot = site.network.needs_ways_out(w.step("page"));
            let slot = slot.undo_before(&site.load_balancers);
            Some(demo(&w, slot, &governed.access, &nodes.names(), &settings.demo.image)?)
        }
        false => None,
    };
    Ok(Cluster {
        bastion: bastion.way,
        control_plane: governed.access.way,
        control_plane_instance: control_plane.first.instance.id(),
        workers: workers.group,
        nodes: nodes.names(),
        demo,
    })
}

/// The image of the nodes: one that is given, or the one of that name.
fn node_image(w: &Workflow, settings: &ClusterSettings) -> Result<Input<ImageId>, SettingsError> {
    if let Some(id) = &settings.image.id {
        return Ok(id.clone().into());
    }
    let image = w.step("node-image").does(LatestImage {
        owners: vec!["self".to_owned()],
        name: settings.node_image_name()?,
        architecture: "x86_64".to_owned(),
        root_device_type: "*".to_owned(), // its name says all there is to say
        newest_by: NewestBy::CreationDate,
    });
    Ok(image.id())
}
