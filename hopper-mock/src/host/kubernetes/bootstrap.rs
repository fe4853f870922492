//! What there is after `kubeadm init`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::cluster::{Cluster, key, stamp};
use super::kind::Kind;
use super::step::set_condition;
use crate::Time;
use crate::host::program::kubeadm::is_of_2018;
use crate::world::World;

/// What a cluster begins with.
#[derive(Clone, Debug)]
pub(in crate::host) struct Start {
    pub(in crate::host) instance_id: String,
    pub(in crate::host) kubernetes_version: String,
    pub(in crate::host) node_name: String,
    /// `host:port` of the API server.
    pub(in crate::host) server: String,
    /// What the API server's certificate is for, besides the host's own addresses.
    pub(in crate::host) names: Vec<String>,
    /// The certificate of the authority.
    pub(in crate::host) authority: String,
    /// Whether its own programs talk to AWS.
    pub(in crate::host) has_provider: bool,
    /// Whether clients know it by a name or address that is none of its machines'.
    pub(in crate::host) has_endpoint: bool,
    /// What kubeadm was configured with.
    pub(in crate::host) config: String,
}

/// A control plane has come up.
pub(in crate::host) fn started(world: &mut World, start: &Start) {
    let now = world.now;
    let mut cluster = Cluster::new(&start.instance_id, &start.kubernetes_version, now);
    cluster.names.clone_from(&start.names);
    cluster.has_provider = start.has_provider;
    cluster.has_endpoint = start.has_endpoint;
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        make(
            &mut cluster,
            "namespaces",
            json!({
                "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }),
            now,
        );
        let account = json!({"metadata": {"name": "default", "namespace": name}});
        make(&mut cluster, "serviceaccounts", account, now);
    }
    roles(&mut cluster, now);
    config_maps(&mut cluster, start, now);
    services(&mut cluster, now);
    workloads(&mut cluster, start, now);
    world.hosts().clusters.insert(start.instance_id.clone(), Arc::new(cluster));
}

fn make(cluster: &mut Cluster, plural: &str, object: Value, now: Time) {
    cluster.create(&Kind::built_in(plural), object, now);
}

fn roles(cluster: &mut Cluster, now: Time) {
    let rules = json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]);
    let admin = json!({"metadata": {"name": "cluster-admin"}, "rules": rules});
    make(cluster, "clusterroles", admin, now);
    let role = json!({
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin",
    });
    for (name, group) in
        [("cluster-admin", "system:masters"), ("kubeadm:cluster-admins", "kubeadm:cluster-admins")]
    {
        let group =
            json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group});
        let binding = json!({"metadata": {"name": name}, "roleRef": role, "subjects": [group]});
        make(cluster, "clusterrolebindings", binding, now);
    }
}

fn config_maps(cluster: &mut Cluster, start: &Start, now: Time) {
    let kubeconfig = format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: \
         https://{}\n  name: \"\"\nkind: Config\n",
        super::token::packed(&start.authority),
        start.server
    );
    for (namespace, name, data) in [
        ("kube-public", "cluster-info", json!({"kubeconfig": kubeconfig})),
        ("kube-system", "kubeadm-config", json!({"ClusterConfiguration": start.config})),
        ("kube-system", "kubelet-config", json!({"kubelet": "kind: KubeletConfiguration\n"})),
        ("kube-system", "coredns", json!({"Corefile": ".:53 {\n    kubernetes\n}\n"})),
        ("kube-system", "kube-proxy", json!({"config.conf": "kind: KubeProxyConfiguration\n"})),
        ("kube-system", "kube-root-ca.crt", json!({"ca.crt": start.authority})),
    ] {
        let metadata = json!({"name": name, "namespace": namespace});
        make(cluster, "configmaps", json!({"metadata": metadata, "data": data}), now);
    }
}

fn services(cluster: &mut Cluster, now: Time) {
    let port = |name: &str, protocol: &str, port: u16, target: u16| json!({"name": name, "protocol": protocol, "port": port, "targetPort": target});
    make(
        cluster,
        "services",
        json!({
            "metadata": {"name": "kubernetes", "namespace": "default"},
            "spec": {
                "type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"],
                "ports": [port("https", "TCP", 443, 6443)],
            },
            "status": {"loadBalancer": {}},
        }),
        now,
    );
    make(
        cluster,
        "services",
        json!({
            "metadata": {
                "name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"},
            },
            "spec": {
                "type": "ClusterIP", "clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"],
                "selector": {"k8s-app": "kube-dns"},
                "ports": [port("dns", "UDP", 53, 53), port("dns-tcp", "TCP", 53, 53)],
            },
            "status": {"loadBalancer": {}},
        }),
        now,
    );
}

fn workloads(cluster: &mut Cluster, start: &Start, now: Time) {
    let version = &start.kubernetes_version;
    let labels = json!({"k8s-app": "kube-dns"});
    let is_old = is_of_2018(version);
    let (name, replicas, image, role) = match is_old {
        true => ("kube-dns", 1, "k8s.gcr.io/k8s-dns-kube-dns-amd64:1.14.8", "master"),
        false => ("coredns", 2, "registry.k8s.io/coredns/coredns:v1.13.1", "control-plane"),
    };
    let proxy = match is_old {
        true => format!("k8s.gcr.io/kube-proxy-amd64:{version}"),
        false => format!("registry.k8s.io/kube-proxy:{version}"),
    };
    let linux = if is_old { "beta.kubernetes.io/os" } else { "kubernetes.io/os" };
    make(
        cluster,
        "deployments",
        json!({
            "metadata": {"name": name, "namespace": "kube-system", "labels": labels},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "nodeSelector": {linux: "linux"},
                        "tolerations": [
                            {"key": "CriticalAddonsOnly", "operator": "Exists"},
                            {"key": format!("node-role.kubernetes.io/{role}"), "effect": "NoSchedule"},
                        ],
                        "containers": [{"name": name, "image": image}],
                    },
                },
            },
        }),
        now,
    );
    let labels = json!({"k8s-app": "kube-proxy"});
    make(
        cluster,
        "daemonsets",
        json!({
            "metadata": {"name": "kube-proxy", "namespace": "kube-system", "labels": labels},
            "spec": {
                "selector": {"matchLabels": labels},
                "updateStrategy": {"type": "RollingUpdate"},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "hostNetwork": true,
                        "nodeSelector": {linux: "linux"},
                        "tolerations": [{"operator": "Exists"}],
                        "containers": [{
                            "name": "kube-proxy",
                            "image": proxy,
                        }],
                    },
                },
            },
        }),
        now,
    );
}

/// The pods the kubelet of the control plane runs from its files.
pub(super) fn static_pods(cluster: &mut Cluster, node: &str, now: Time) {
    let version = cluster.kubernetes_version.clone();
    for name in ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
        let image = match name {
            "etcd" if is_of_2018(&version) => "k8s.gcr.io/etcd-amd64:3.1.12".to_owned(),
            name if is_of_2018(&version) => format!("k8s.gcr.io/{name}-amd64:{version}"),
            "etcd" => "registry.k8s.io/etcd:3.6.6-0".to_owned(),
            name => format!("registry.k8s.io/{name}:{version}"),
        };
        let status = json!({
            "phase": "Running",
            "startTime": stamp(now),
            "containerStatuses": [{
                "name": name, "image": image, "imageID": "", "ready": true, "started": true,
                "restartCount": 0, "state": {"running": {"startedAt": stamp(now)}},
            }],
        });
        let mut pod = json!({
            "metadata": {
                "name": format!("{name}-{node}"),
                "namespace": "kube-system",
                "labels": {"component": name, "tier": "control-plane"},
                "annotations": {"kubernetes.io/config.mirror": "file"},
            },
            "spec": {
                "nodeName": node,
                "hostNetwork": true,
                "containers": [{"name": name, "image": image}],
            },
            "status": status,
        });
        for kind in ["PodScheduled", "Initialized", "ContainersReady", "Ready"] {
            set_condition(&mut pod, kind, ("True", "", ""), now);
        }
        let at = key("pods", "kube-system", &format!("{name}-{node}"));
        if cluster.get(&at).is_none() {
            make(cluster, "pods", pod, now);
        }
    }
}
