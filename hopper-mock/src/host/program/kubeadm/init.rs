//! `kubeadm init`.

use std::time::Duration;

use super::super::{Call, containerd};
use super::endpoint::Endpoint;
use super::{
    ADMIN, API_PORT, API_SERVER, CA, KUBELET, KUBELET_FLAGS, config, hash, preflight, token,
    version,
};
use crate::host::Guest;
use crate::host::kubernetes::{self, Joined, Start};

/// How long kubeadm tries to tell the API what there is (its `kubernetesAPICall` timeout).
const PATIENCE: Duration = Duration::from_secs(240);

pub(super) async fn init(call: &mut Call<'_>) -> i32 {
    match run(call).await {
        Ok(()) => 0,
        Err(status) => status,
    }
}

async fn run(call: &mut Call<'_>) -> Result<(), i32> {
    let config = config::given(call).await?;
    let guest = call.shell.guest.clone();
    let asked = config.kubernetes_version.clone();
    let kubernetes = asked.unwrap_or_else(|| version(&guest));
    if let Some((bad, _)) = config.tokens.iter().find(|(token, _)| !token::is_well_formed(token)) {
        call.io.err(format!("the bootstrap token \"{bad}\" is invalid"));
        return Err(3);
    }
    call.io.out(format!("[init] Using Kubernetes version: {kubernetes}\n"));
    preflight::check(call, &config, true).await?;
    let private_ip = guest.instance(|world, instance| instance.private_ip(world));
    let own = private_ip.map(|ip| ip.to_string()).unwrap_or_default();
    let address = config.advertise_address.clone().unwrap_or(own);
    let endpoint = config.control_plane_endpoint.clone();
    let server = endpoint.clone().unwrap_or_else(|| format!("{address}:{API_PORT}"));
    let server = if server.contains(':') { server } else { format!("{server}:{API_PORT}") };
    let name = node_name(&guest, config.node_name.as_deref());
    let is_old = super::is_of_2018(&version(&guest));
    let is_elsewhere = Endpoint::new(&server).is_not(&address);
    call.io.out("[certs] Using certificateDir folder \"/etc/kubernetes/pki\"\n");
    let is_given = guest
        .disk(|disk| disk.get(CA).is_some() && disk.get("/etc/kubernetes/pki/ca.key").is_some());
    call.io.out(match is_given {
        true => "[certs] Using existing ca certificate authority\n",
        false => "[certs] Generating \"ca\" certificate and key\n",
    });
    call.io.out("[kubeconfig] Using kubeconfig folder \"/etc/kubernetes\"\n");
    call.io.out("[control-plane] Using manifest folder \"/etc/kubernetes/manifests\"\n");
    if let Err(why) = leave_files(&guest, is_given, &server, &kubernetes) {
        call.io.err(format!("error execution phase certs/ca: {why}"));
        return Err(1);
    }
    guest.disk(|disk| disk.put(KUBELET_FLAGS, config.kubelet_flags()));
    call.io.out("[kubelet-start] Starting the kubelet\n[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods\n");
    let has_provider = is_old && config.cloud_provider.as_deref() == Some("aws");
    if has_provider && let Some(why) = in_tree_complaint(&guest, &name) {
        // How long kubeadm waits for the control plane (its default timeouts).
        guest.mock.sleep(std::time::Duration::from_secs(240)).await;
        call.io.err(why);
        call.io.err("[kubelet-check] It seems like the kubelet isn't running or healthy.\ncouldn't initialize a Kubernetes cluster");
        return Err(1);
    }
    let is_healthy = is_old || guest.disk(|disk| containerd::has_systemd_cgroup(disk));
    if !is_healthy {
        // How long kubeadm waits for the control plane (its default timeouts).
        guest.mock.sleep(std::time::Duration::from_secs(240)).await;
        call.io.err("error execution phase wait-control-plane: failed while waiting for the control plane to start: [kube-apiserver check failed at https://127.0.0.1:6443/livez: connect: connection refused]");
        call.io.err("the kubelet and the container runtime do not use the same cgroup driver: set SystemdCgroup = true in /etc/containerd/config.toml");
        return Err(1);
    }
    let time = guest.latency(|latencies| latencies.kubeadm_init);
    guest.mock.sleep(time).await;
    guest.running(|running| {
        running.units.insert("kubelet.service".to_owned());
        running.ports.insert(API_PORT, "kube-apiserver".to_owned());
    });
    let mut names = config.cert_sans.clone();
    names.push(address);
    names.extend(server.rsplit_once(':').map(|(host, _)| host.to_owned()));
    names.sort();
    names.dedup();
    if is_elsewhere {
        let reached = Endpoint::new(&server).reached(&guest, PATIENCE).await;
        if let Err(why) = reached {
            call.io.err(format!("error execution phase upload-config/kubeadm: error uploading the kubeadm ClusterConfiguration: Post \"https://{server}/api/v1/namespaces/kube-system/configmaps?timeout=10s\": {why}"));
            return Err(1);
        }
    }
    let start = Start {
        instance_id: guest.id.clone(),
        kubernetes_version: kubernetes.clone(),
        node_name: name.clone(),
        server: server.clone(),
        names,
        authority: guest.disk(|disk| disk.text(CA)),
        has_provider,
        has_endpoint: endpoint.is_some(),
        config: config.text.clone(),
    };
    guest.mock.with_world(|world| {
        kubernetes::started(world, &start);
        let (name, instance_id) = (start.node_name.clone(), guest.id.clone());
        kubernetes::joined(world, &guest.id, &Joined { name, instance_id, is_control_plane: true });
    });
    let mut tokens = config.tokens.clone();
    if tokens.is_empty() {
        tokens.push((token::new(&guest), None));
    }
    for (token, ttl) in &tokens {
        token::keep(&guest, token, ttl.as_deref());
    }
    guest.mock.with_world(|world| world.hosts().add_node(&guest.id, &guest.id, &name));
    guest.mock.hosts_changed().notify_waiters();
    let dns = if is_old { "kube-dns" } else { "CoreDNS" };
    call.io.out(format!("[addons] Applied essential addon: {dns}\n[addons] Applied essential addon: kube-proxy\n\nYour Kubernetes {} has initialized successfully!\n\n", if is_old { "master" } else { "control-plane" }));
    let token = tokens.first().map(|(token, _)| token.as_str()).unwrap_or_default();
    let hash = hash::of(&guest.disk(|disk| disk.text(CA)));
    if is_old {
        let token = if call.has('\0', "skip-token-print") { "<value withheld>" } else { token };
        call.io.out(format!("You can now join any number of machines by running the following on each node\nas root:\n\n  kubeadm join --token {token} {server} --discovery-token-ca-cert-hash {hash}\n\n"));
        return Ok(());
    }
    let join = format!(
        "kubeadm join {server} --token {token} \\\n\t--discovery-token-ca-cert-hash {hash}"
    );
    if endpoint.is_some() {
        call.io.out(format!("You can now join any number of control-plane nodes by copying certificate authorities\nand service account keys on each node and then running the following as root:\n\n  {join} \\\n\t--control-plane \n\n"));
    }
    call.io.out(format!("Then you can join any number of worker nodes by running the following on each as root:\n\n{join} \n"));
    Ok(())
}

/// The name a node has unless it is told: that of its host.
pub(super) fn node_name(guest: &Guest, given: Option<&str>) -> String {
    given.map_or_else(|| guest.running(|running| running.hostname.to_lowercase()), str::to_owned)
}

/// Why a kubelet that talks to AWS itself does not register the node that kubeadm waits for: it
/// takes the node's name from AWS, and kubeadm takes the host's.
fn in_tree_complaint(guest: &Guest, name: &str) -> Option<String> {
    let why = guest.mock.with_world(|world| kubernetes::provider_complaint(world, &guest.id));
    let own =
        guest.instance(|world, instance| instance.private_dns_name(world).unwrap_or_default());
    why.or_else(|| {
        (own != name).then(|| {
            format!(
                "[markmaster] Will mark node {name} as master by adding a label and a taint\n\
                 nodes \"{name}\" not found: the node is called {own}"
            )
        })
    })
}

/// The key of the authority.
const CA_KEY: &str = "/etc/kubernetes/pki/ca.key";

pub(super) fn leave_files(
    guest: &Guest,
    has_authority: bool,
    server: &str,
    version: &str,
) -> Result<(), String> {
    let (certificate, key) = match has_authority {
        true => guest.disk(|disk| (disk.text(CA), disk.text(CA_KEY))),
        false => kubernetes::authority(&guest.id).map_err(|error| error.to_string())?,
    };
    guest.disk(|disk| {
        if !has_authority {
            disk.put(CA, certificate.as_str());
            disk.put_for("root", CA_KEY, key.as_str(), 0o600);
        }
        for name in ["apiserver", "apiserver-kubelet-client", "front-proxy-ca", "etcd/ca"] {
            let [certificate, key] =
                ["crt", "key"].map(|end| format!("/etc/kubernetes/pki/{name}.{end}"));
            if disk.get(&certificate).is_none() {
                disk.put(&certificate, "certificate\n");
                disk.put_for("root", &key, "private key\n", 0o600);
            }
        }
        let config = |user: &str| {
            format!(
                "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: https://{server}\n  \
                 name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    user: {user}\n  \
                 name: {user}@kubernetes\ncurrent-context: {user}@kubernetes\nusers:\n- name: {user}\n"
            )
        };
        for (path, user, group) in [
            (ADMIN, "kubernetes-admin", "kubeadm:cluster-admins"),
            ("/etc/kubernetes/super-admin.conf", "kubernetes-super-admin", "system:masters"),
        ] {
            let authority = (certificate.as_str(), key.as_str());
            let config = kubernetes::kubeconfig(authority, &guest.id, server, (user, group));
            disk.put_for("root", path, config, 0o600);
        }
        for (path, user) in [
            (KUBELET, "system:node"),
            ("/etc/kubernetes/controller-manager.conf", "system:kube-controller-manager"),
            ("/etc/kubernetes/scheduler.conf", "system:kube-scheduler"),
        ] {
            disk.put_for("root", path, config(user), 0o600);
        }
        for name in ["kube-controller-manager", "kube-scheduler", "etcd"] {
            disk.put(&format!("/etc/kubernetes/manifests/{name}.yaml"), "kind: Pod\n");
        }
        disk.put(API_SERVER, format!("kind: Pod\n# registry.k8s.io/kube-apiserver:{version}\n"));
        disk.put("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n");
    });
    Ok(())
}
