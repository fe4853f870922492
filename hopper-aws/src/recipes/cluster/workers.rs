//! [`workers()`]: the machines that do the work.

use super::{
    api_balancer::ApiBalancer,
    bastion::Bastion,
    control_plane::ControlPlane,
    site::{Site, disk},
};
use crate::{
    AutoScalingGroupName, ImageId, InstanceProfileName, SecurityGroupId, Tags,
    autoscaling::{AutoScalingGroup, LaunchSource},
    ec2::{LaunchTemplate, MetadataOptions, Peer, Protocol},
    machine::WorkerBoot,
    settings::{ClusterWorkerSettings, Problem, SettingsError},
};
use hopper_core::{Input, Workflow};
use std::time::Duration;

/// How long a worker waits for the control plane when it starts.
const PATIENCE: Duration = Duration::from_secs(900);
/// As the console sets it ("Health checks for instances", Auto Scaling user guide).
const HEALTH_CHECK_GRACE: Duration = Duration::from_secs(300);

/// Workers, running.
pub(super) struct Workers {
    /// Their group, once as many are in service as it shall have.
    pub(super) group: Input<AutoScalingGroupName>,
}

/// An Auto Scaling group of machines that join by themselves, in the private subnets.
///
/// Least rules that work where a pod has its node's group: nodes reach the API and the pods on the
/// control plane, which serve names (53) and, once added by the operator, webhooks; the control
/// plane reaches kubelets (10250) and pods that serve the API, metrics and webhooks (1025 to
/// 65535). The cloud controller adds what load balancers need.
#[expect(clippy::too_many_arguments, reason = "each is another fragment's")]
pub(super) fn workers(
    w: &Workflow,
    site: &Site<'_>,
    bastion: &Bastion,
    control_plane: &ControlPlane,
    api: Option<&ApiBalancer>,
    image: Input<ImageId>,
    profile: &Input<InstanceProfileName>,
    parameter: &str,
    settings: &ClusterWorkerSettings,
) -> Result<Workers, SettingsError> {
    let tags = site.owned("node");
    let group = site.group(w, "node", "The nodes", tags.clone());
    let nodes = &group.id();
    let into = |name: &str, peer: &Input<SecurityGroupId>, protocol: Protocol, why: &str| {
        site.allow(w, name, nodes, Peer::Group(peer.clone()), protocol, why)
    };
    let governs = &control_plane.group;
    let to_control_plane = |name: &str, protocol: Protocol, why: &str| {
        site.allow(w, name, governs, Peer::Group(nodes.clone()), protocol, why)
    };
    let mut rules = vec![
        into("ssh", &bastion.group, Protocol::tcp(22), "SSH from the bastion"),
        into("among-nodes", nodes, Protocol::All, "Pods to pods"),
        into("kubelet", governs, Protocol::tcp(10250), "The API server to kubelets"),
        into("pods", governs, Protocol::Tcp { from: 1025, to: 65535 }, "The API server to pods"),
        to_control_plane("api", Protocol::tcp(6443), "Nodes to the API server"),
        to_control_plane("dns-tcp", Protocol::tcp(53), "Nodes to names"),
        to_control_plane("dns-udp", Protocol::udp(53), "Nodes to names"),
    ];
    if let Some(api) = api {
        let (from, protocol) = (Peer::Group(nodes.clone()), Protocol::tcp(6443));
        rules.push(site.allow(w, "api-balancer", &api.group, from, protocol, "Nodes to the API"));
    }
    let boot = WorkerBoot {
        cluster: site.cluster.to_owned(),
        parameter: parameter.to_owned(),
        max_pods: settings.max_pods(),
        labels: settings.labels.clone(),
        patience: PATIENCE,
    };
    let script = boot.script().map_err(|error| {
        let problem = Problem { field: "workers".to_owned(), message: error.to_string() };
        SettingsError::Wrong(vec![problem])
    })?;
    let template = w.step("launch-template").does(LaunchTemplate {
        key_name: site.key_name.clone().into(),
        security_groups: vec![nodes.clone()],
        profile: Some(profile.clone()),
        metadata: Some(MetadataOptions::default()),
        root_volume: Some(disk()),
        user_data: Some(script.into()),
        tags: tags.clone(),
        ..LaunchTemplate::new(format!("{}-node", site.cluster), image, &settings.instance_type)
    });
    // They need neither the control plane nor a way out in order to start, and wait for both.
    let slot = site.machines(w.step("workers"), profile);
    let slot = rules.iter().fold(slot, |slot, rule| slot.after(rule));
    let workers = slot.does(AutoScalingGroup {
        name: format!("{}-node", site.cluster),
        min: settings.min,
        max: settings.max,
        desired: settings.min,
        subnets: site.network.private.clone(),
        launch: LaunchSource::Template { id: template.id(), version: template.version() },
        health_check_grace: HEALTH_CHECK_GRACE,
        tags: scaled(&tags),
    });
    Ok(Workers { group: workers.name() })
}

/// With the tag by which the cluster autoscaler finds groups (its README for AWS).
fn scaled(tags: &Tags) -> Tags {
    tags.clone().with("k8s.io/cluster-autoscaler/enabled", "1")
}
