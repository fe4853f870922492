//! What happens inside the machines of the chapter.

use crate::{
    InstanceId,
    machine::chapter_pods,
    recipes::{Builder, ControlPlane},
    settings::ChapterSettings,
};
use hopper_core::{Done, Input, Secret, Workflow, text};
use hopper_kubernetes::{
    Way,
    api::Access,
    steps::{
        AdminKubeconfig, Administrator, InitV1alpha1, InitV1alpha1Refs, JoinScript, Manifest,
        NodesReady, Objects, OnUndo, Reached, Rollout, Script, Token, Workload,
    },
};
use std::time::Duration;

/// How long a node may take to become ready, or a pod to run.
const WITHIN: Duration = Duration::from_secs(600);
/// How long workers may take to join and become ready once their machines run.
const JOINED: Duration = Duration::from_secs(900);
/// Where the manifest of the pod network is put on the master.
const POD_NETWORK: &str = "/home/ubuntu/aws-k8s-cni.yaml";

/// A machine that was reached: its key is trusted at first sight, and has to stay.
pub(super) fn reached(w: &Workflow, way: Way) -> Way {
    let reached = w.step("reached").does(Reached { way: way.clone() });
    way.pinned(reached.host_keys())
}

/// The builder, once it is what its image shall be.
pub(super) fn baked(
    w: &Workflow,
    settings: &ChapterSettings,
    bastion: &Way,
    builder: &Builder,
    script: &str,
) -> Input<InstanceId> {
    let name = format!("{}/builder", settings.name);
    let way = reached(w, bastion.on_to(name, builder.private_ip.clone()));
    let baked = w.step("bake").does(Script { way, text: script.into(), input: None });
    builder.instance.clone().once(&baked)
}

/// A master that governs.
pub(super) struct Master {
    /// The way to it.
    pub(super) access: Access,
    /// With what nodes may join, and what they know it by.
    token: Input<Secret<String>>,
    init: InitV1alpha1Refs,
    /// Its own node, ready.
    pub(super) ready: Done,
}

/// kubeadm makes the master, and the pod network comes up on it.
pub(super) fn master(
    w: &Workflow,
    settings: &ChapterSettings,
    bastion: &Way,
    machine: &ControlPlane,
) -> Master {
    let kubernetes = &settings.kubernetes;
    let name = format!("{}/master", settings.name);
    let way = reached(w, bastion.on_to(name, machine.private_ip.clone()));
    let token = w.step("token").does(Token {}).token();
    let init = w.step("init").does(InitV1alpha1 {
        way: way.clone(),
        version: format!("v{}", kubernetes.version),
        token: token.clone(),
        token_ttl: kubernetes.token_ttl.clone(),
        address: machine.private_ip.clone(),
        max_pods: chapter_pods(&settings.control_plane.instance_type),
        service_subnet: kubernetes.service_cidr.to_string(),
    });
    let host_keys = way.host_keys.clone().once(&init.hash());
    let access = Access { way: way.clone().pinned(host_keys) };

    let network = &kubernetes.pod_network;
    let check = network.sha256.as_ref().map_or(String::new(), |sum| {
        format!("echo '{sum}  {POD_NETWORK}' | sha256sum --check --quiet\n")
    });
    let text = format!(
        "#!/bin/bash\nset -eu\necho '==> manifest of the pod network'\n\
         curl -fsSL --retry 5 -o {POD_NETWORK} '{}'\n{check}",
        network.url
    );
    let fetched = w.step("pod-network-manifest").does(Script {
        way: way.clone(),
        text: text.into(),
        input: None,
    });
    let applied = w.step("pod-network").after(&fetched).does(Objects {
        access: access.clone(),
        manifest: Manifest::File {
            way: Box::new(access.way.clone()),
            path: POD_NETWORK.to_owned(),
            sha256: network.sha256.clone(),
            env: Vec::new(),
        },
        on_undo: OnUndo::Leave,
    });
    let ready = w.step("ready").after(&applied).does(NodesReady {
        access: access.clone(),
        selector: "node-role.kubernetes.io/master".to_owned(),
        count: 1,
        uninitialized: false,
        within: WITHIN,
        group: None,
    });
    if let Some(path) = &kubernetes.kubeconfig {
        w.step("kubeconfig").after(&ready).does(AdminKubeconfig {
            path: path.clone(),
            cluster: settings.name.clone(),
            server: "https://127.0.0.1:6443".to_owned(),
            administrator: Administrator::Of(access.clone()),
            current: true,
        });
    }
    let ready = w.step("dns").after(&ready).does(Rollout {
        access: access.clone(),
        of: Workload::Deployment("kube-dns".to_owned()),
        namespace: "kube-system".to_owned(),
        within: WITHIN,
    });
    Master { access, token, init, ready }
}

impl Master {
    /// What a worker runs when it first starts, with the token in it.
    pub(super) fn join(
        &self,
        w: &Workflow,
        machine: &ControlPlane,
        script: &str,
    ) -> Input<Secret<String>> {
        // Workers and master go side by side.
        let slot = w.step("join").outlives(&self.init).outlives(&machine.private_ip);
        let script = slot.does(JoinScript {
            text: script.to_owned(),
            endpoint: text!("{}:6443", machine.private_ip),
            token: self.token.clone(),
            hash: self.init.hash(),
        });
        script.text()
    }

    /// Workers that are ready: their nodes' names.
    pub(super) fn nodes(
        &self,
        w: &Workflow,
        group: &Input<String>,
        count: u16,
    ) -> Input<Vec<String>> {
        let nodes = w.step("nodes").after(&self.ready).does(NodesReady {
            access: self.access.clone(),
            selector: "node-role.kubernetes.io/node".to_owned(),
            count: count.into(),
            uninitialized: false,
            within: JOINED,
            group: Some(group.clone()),
        });
        nodes.names()
    }
}
