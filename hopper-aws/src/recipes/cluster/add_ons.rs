//! [`add_ons()`]: what makes machines with kubeadm's programs a cluster that runs.

use super::{
    api_balancer::ApiBalancer,
    control_plane::{ControlPlane, Machine},
    join::Join,
};
use crate::{
    machine::{POD_NETWORK, max_pods},
    settings::{ClusterSettings, Problem, SettingsError},
};
use hopper_core::{Input, Workflow, text};
use hopper_kubernetes::{
    add_ons::cloud_controller,
    api::Access,
    steps::{
        ControlPlaneNode, EnvVar, Init, JoinControlPlane, Manifest, NodesReady, NodesReadyRefs,
        Objects, OnUndo, Rollout, SharedPki, Workload,
    },
};
use std::time::Duration;

/// How long a node may take to become ready, or a pod to run.
const WITHIN: Duration = Duration::from_secs(600);
/// How long the token of the first nodes is good: until they have joined, whatever is slow.
const TOKEN_TTL: &str = "2h0m0s";

/// A control plane that governs.
pub(super) struct Governed {
    /// The way to its API.
    pub(super) access: Access,
    /// Its own node, ready.
    pub(super) ready: NodesReadyRefs,
}

/// The control plane is made, the pod network and the cloud controller come up on it, and names are
/// served.
pub(super) fn add_ons(
    w: &Workflow,
    settings: &ClusterSettings,
    control_plane: &ControlPlane,
    api: Option<&ApiBalancer>,
    join: &Join,
) -> Result<Governed, SettingsError> {
    let node = &settings.node;
    let becomes = |machine: &Machine| {
        let zone: Input<String> = machine.zone.as_str().into();
        let instance = &machine.instance;
        ControlPlaneNode {
            way: machine.way.clone(),
            address: instance.private_ip(),
            node_name: instance.private_dns(),
            provider_id: text!("aws:///{}/{}", zone, instance.id()),
            max_pods: max_pods(&settings.control_plane_type).unwrap_or_default(),
        }
    };
    let shared = api.map(|_| w.step("shared-pki").does(SharedPki {}).files());
    let init = w.step("init").does(Init {
        node: becomes(&control_plane.first),
        cluster: settings.name.clone(),
        version: format!("v{}", node.kubernetes.version),
        certificate: join.authority.certificate(),
        key: join.authority.key(),
        shared: shared.clone(),
        endpoint: api.map(|api| api.served.clone()),
        token: join.token.clone(),
        token_ttl: TOKEN_TTL.to_owned(),
        service_subnet: settings.network.service_cidr.to_string(),
    });
    let way = control_plane.first.way.clone();
    let host_keys = way.host_keys.clone().once(&init);
    let access = Access { way: way.pinned(host_keys) };
    let mut joined = init;
    for (n, machine) in (2..).zip(&control_plane.others) {
        let (Some(api), Some(shared)) = (api, &shared) else { continue };
        let slot = w.scope(format!("{n}")).step("join").after(&joined);
        joined = slot.does(JoinControlPlane {
            node: becomes(machine),
            certificate: join.authority.certificate(),
            key: join.authority.key(),
            hash: join.authority.hash(),
            shared: shared.clone(),
            token: join.token.clone(),
            endpoint: api.served.clone(),
        });
    }

    let network = w.step("pod-network").does(Objects {
        access: access.clone(),
        manifest: Manifest::File {
            way: Box::new(access.way.clone()),
            path: POD_NETWORK.to_owned(),
            sha256: Some(node.pod_network.sha256.clone()),
            // What it makes is tagged with the name, and it may change nothing else.
            env: vec![EnvVar {
                container: "aws-node".to_owned(),
                name: "CLUSTER_NAME".to_owned(),
                value: settings.name.clone(),
            }],
        },
        on_undo: OnUndo::Leave,
    });
    let ready = |uninitialized| NodesReady {
        access: access.clone(),
        selector: "node-role.kubernetes.io/control-plane".to_owned(),
        count: control_plane.machines().count(),
        uninitialized,
        within: WITHIN,
        group: None,
    };
    let networked = w.step("networked").after(&network).after(&joined).does(ready(true));
    let manifest = cloud_controller(&settings.cloud_controller).map_err(|error| {
        let problem = Problem { field: "cloud_controller".to_owned(), message: error.to_string() };
        SettingsError::Wrong(vec![problem])
    })?;
    let controller = w.step("cloud-controller").does(Objects {
        access: access.clone(),
        manifest: manifest.into(),
        on_undo: OnUndo::Leave,
    });
    let ready = w.step("ready").after(&networked).after(&controller).does(ready(false));
    w.step("dns").after(&ready).does(Rollout {
        access: access.clone(),
        of: Workload::Deployment("coredns".to_owned()),
        namespace: "kube-system".to_owned(),
        within: WITHIN,
    });
    Ok(Governed { access, ready })
}
