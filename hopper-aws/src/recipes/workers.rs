//! [`workers()`]: the machines that do the work.

use super::{ClusterBase, ControlPlane};
use crate::{
    AutoScalingGroupName, ImageId, InstanceProfileName, SecurityGroupId, Tags,
    autoscaling::{AutoScalingGroup, LaunchConfiguration, LaunchSource},
    ec2::{Credits, LaunchTemplate, Protocol, UserData},
    settings::{LaunchFrom, WorkerSettings},
};
use hopper_core::{Input, Workflow};
use std::time::Duration;

/// As the console sets it ("Health checks for instances", Auto Scaling user guide).
const HEALTH_CHECK_GRACE: Duration = Duration::from_secs(300);

/// Workers, running.
#[derive(Clone, Debug)]
pub struct Workers {
    /// Their group, once as many are in service as it shall have.
    pub group: Input<AutoScalingGroupName>,
    /// Their security group.
    pub security_group: Input<SecurityGroupId>,
}

/// An Auto Scaling group of workers, with their security group and what they are launched from.
///
/// The chapter's, with its names, tags and ports. The machines start from the node image and run
/// what they are given when they first start. What differs from the chapter's commands, and
/// why (numbers are those of the [list of mends](super::chapter())):
///
/// - They are launched from a launch template, which new accounts may still make, and which gives
///   them unlimited CPU credits, as the master has (17). A setting takes the chapter's launch
///   configuration instead.
/// - What is let in from the nodes to the master is written as what it is. The chapter asks for
///   port 53 of all protocols, and AWS takes that for all traffic (4). It stays all traffic:
///   the pods of this network have their node's group, and have to reach pods on the master.
/// - The nodes' read-only port is opened as in the chapter, though nothing listens there (5): a
///   setting leaves it shut.
/// - The group is up once its machines are in service, and gone once they are terminated; the
///   master is there before them, so that none of them takes its address (15), and may go at the
///   same time.
pub fn workers(
    w: &Workflow,
    base: &ClusterBase,
    control_plane: &ControlPlane,
    image: Input<ImageId>,
    profile: Input<InstanceProfileName>,
    user_data: Option<UserData>,
    settings: &WorkerSettings,
) -> Workers {
    let group = base.group(w, "k8s-nodes", "Kubernetes Nodes");
    let (nodes, master) = (&group.id(), &control_plane.security_group);
    let mut rules = vec![
        base.ssh(w, nodes),
        base.allow(w, "api", master, nodes, Protocol::tcp(6443)),
        base.allow(w, "to-master", master, nodes, Protocol::All),
        base.allow(w, "kubelet", nodes, master, Protocol::tcp(10250)),
        base.allow(w, "among-nodes", nodes, nodes, Protocol::All),
    ];
    if settings.read_only_port {
        rules.push(base.allow(w, "kubelet-read-only", nodes, master, Protocol::tcp(10255)));
    }
    let (name, instance_type) = (&*settings.launch_name, &*settings.instance_type);
    let key_name: Input<Option<String>> = base.key_name.clone().into();
    let slot = base.machines(w.step("workers"), &profile);
    let (security_groups, profile) = (vec![nodes.clone()], Some(profile));
    let launch = match settings.launch_from {
        LaunchFrom::Template => {
            let template = w.step("launch-template").does(LaunchTemplate {
                key_name,
                security_groups,
                profile,
                credits: Some(Credits::Unlimited),
                user_data,
                tags: base.tags.clone(),
                ..LaunchTemplate::new(name, image, instance_type)
            });
            LaunchSource::Template { id: template.id(), version: template.version() }
        }
        LaunchFrom::Configuration => {
            let configuration = w.step("launch-configuration").does(LaunchConfiguration {
                name: name.to_owned(),
                image,
                instance_type: instance_type.to_owned(),
                key_name,
                security_groups,
                profile,
                user_data,
                public_address: false,
            });
            LaunchSource::Configuration { name: configuration.name() }
        }
    };
    let cluster = &base.name;
    let named = Tags::named(format!("{cluster}-k8s-node"))
        .with(format!("kubernetes.io/cluster/{cluster}"), "owned")
        .with("k8s.io/cluster-autoscaler/enabled", "1");
    // They run after the master, and neither waits for the other in going.
    let subnet = base.network.private_subnet.clone().once(&control_plane.instance);
    let workers = slot.does(AutoScalingGroup {
        name: settings.name.clone(),
        min: settings.min,
        max: settings.max,
        desired: settings.min,
        subnets: vec![subnet],
        launch,
        health_check_grace: HEALTH_CHECK_GRACE,
        tags: base.tags.clone().and(&named),
    });
    Workers {
        group: rules.iter().fold(workers.name(), |ready, rule| ready.once(rule)),
        security_group: group.id(),
    }
}
