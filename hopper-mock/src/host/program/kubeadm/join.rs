//! `kubeadm join`.

use std::time::Duration;

use super::super::{Call, containerd};
use super::endpoint::{EVERY, Endpoint};
use super::{API_PORT, CA, KUBELET, KUBELET_FLAGS, config, hash, init, pki, preflight};
use crate::ec2::{Origin, receiver};
use crate::host::Guest;
use crate::host::kubernetes::{self, Joined};

/// How long kubeadm looks for the cluster (its default `discovery` timeout).
const PATIENCE: Duration = Duration::from_secs(300);
/// How long it tries to add a member to etcd (its default `etcdAPICall` timeout).
const ETCD_PATIENCE: Duration = Duration::from_secs(120);
/// The ports of etcd: for clients, and among members.
const ETCD_PORTS: [u16; 2] = [2379, 2380];

pub(super) async fn join(call: &mut Call<'_>) -> i32 {
    match run(call).await {
        Ok(()) => 0,
        Err(status) => status,
    }
}

async fn run(call: &mut Call<'_>) -> Result<(), i32> {
    let mut config = config::given(call).await?;
    if let Some(token) = call.value('\0', "token") {
        config.tokens.push((token, None));
    }
    config.ca_hashes.extend(call.value('\0', "discovery-token-ca-cert-hash"));
    let positional = call
        .operands()
        .into_iter()
        .skip(1)
        .find(|word| word.contains(':') && !word.contains("sha256:"));
    let server = config.api_server.clone().or(positional);
    let (Some(server), Some((token, _))) = (server, config.tokens.first().cloned()) else {
        call.io.err("discovery: Invalid value: \"\": bootstrapToken or file must be set");
        return Err(3);
    };
    if config.ca_hashes.is_empty()
        && !config.is_unsafe
        && !call.has('\0', "discovery-token-unsafe-skip-ca-verification")
    {
        call.io.err("discovery.bootstrapToken.caCertHashes: Invalid value: \"\": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue");
        return Err(3);
    }
    preflight::check(call, &config, false).await?;
    let guest = call.shell.guest.clone();
    let fail = |why: String| {
        call.io.err(format!("error execution phase preflight: couldn't validate the identity of the API Server: {why}"));
        call.io.err("To see the stack trace of this error execute with --v=5 or higher");
        1
    };
    let reached = Endpoint::new(&server).reached(&guest, PATIENCE).await;
    let master = reached.map_err(|why| fail(format!(
        "failed to request the cluster-info ConfigMap: Get \"https://{server}/api/v1/namespaces/kube-public/configmaps/cluster-info\": {why}"
    )))?;
    let now = guest.mock.now();
    let (authority, is_known) = guest.mock.with_world(|world| {
        let authority = world.hosts().disk(&master).text(CA);
        let cluster = world.hosts().cluster(&master);
        let is_known = cluster.is_some_and(|cluster| kubernetes::is_good(cluster, &token, now));
        (authority, is_known)
    });
    if !is_known {
        let id = token.split('.').next().unwrap_or_default();
        return Err(fail(format!(
            "could not find a JWS signature in the cluster-info ConfigMap for token ID \"{id}\""
        )));
    }
    let hash = hash::of(&authority);
    if !config.ca_hashes.is_empty() && !config.ca_hashes.contains(&hash) {
        return Err(fail(format!(
            "cluster CA found in cluster-info ConfigMap is invalid: none of the public keys \"{hash}\" are pinned"
        )));
    }
    if config.joins_control_plane {
        may_become_one(call, &guest, &master)?;
    }
    call.io.out("[preflight] Reading configuration from the \"kubeadm-config\" ConfigMap in namespace \"kube-system\"...\n[kubelet-start] Starting the kubelet\n[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n");
    let time = guest.latency(|latencies| latencies.kubeadm_joined);
    guest.mock.sleep(time).await;
    let is_old = super::is_of_2018(&super::version(&guest));
    let name = match is_old {
        // The kubelet takes it from AWS.
        true => guest.instance(|world, one| one.private_dns_name(world).unwrap_or_default()),
        false => init::node_name(&guest, config.node_name.as_deref()),
    };
    let complaint = guest
        .mock
        .with_world(|world| kubernetes::provider_complaint(world, &guest.id))
        .filter(|_| is_old);
    guest.system(|disk, running| {
        disk.put(CA, authority.as_str());
        disk.put_for("root", KUBELET, format!("server: https://{server}\n"), 0o600);
        if !is_old {
            disk.put(KUBELET_FLAGS, config.kubelet_flags());
        }
        disk.put("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n");
        running.units.insert("kubelet.service".to_owned());
    });
    if config.joins_control_plane {
        become_one(call, &guest, &master, &server).await?;
    }
    if let Some(why) = complaint {
        // kubeadm of 2018 does not wait for the kubelet, which tells the console.
        call.io.err(format!("kubelet: error: failed to run Kubelet: {why}"));
        return Ok(());
    }
    guest.mock.change_hosts(|world| {
        let Some(cluster_id) = world.hosts().cluster_id(&master) else { return };
        world.hosts().add_node(&cluster_id, &guest.id, &name);
        let (name, instance_id) = (name.clone(), guest.id.clone());
        let is_control_plane = config.joins_control_plane;
        kubernetes::joined(world, &cluster_id, &Joined { name, instance_id, is_control_plane });
    });
    if config.joins_control_plane {
        call.io.out("\nThis node has joined the cluster and a new control plane instance was created:\n\n* Certificate signing request was sent to apiserver and approval was received.\n* The Kubelet was informed of the new secure connection details.\n* Control plane label and taint were applied to the new node.\n* The Kubernetes control plane instances scaled up.\n* A new etcd member was added to the local/stacked etcd cluster.\n");
        return Ok(());
    }
    call.io.out("\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n");
    Ok(())
}

/// Refuses a machine that cannot become one of this control plane.
///
/// Source: `checkIfReadyForAdditionalControlPlane` in `cmd/join.go` of kubeadm.
fn may_become_one(call: &Call<'_>, guest: &Guest, master: &str) -> Result<(), i32> {
    let refuse = |why: &str| {
        call.io.err(format!("error execution phase preflight: \nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n{why}\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n"));
        1
    };
    let (has_endpoint, first) = guest.mock.with_world(|world| {
        let cluster = world.hosts().cluster(master);
        let has_endpoint = cluster.is_some_and(|cluster| cluster.is_highly_available());
        (has_endpoint, world.hosts().disk(master).clone())
    });
    if !has_endpoint {
        return Err(refuse(
            "unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address",
        ));
    }
    if let Some(why) = guest.disk(|disk| pki::lacking(disk)) {
        return Err(refuse(&why));
    }
    match guest.disk(|disk| pki::differing(disk, &first)) {
        Some(why) => Err(refuse(&format!("the shared certificates are of another cluster: {why}"))),
        None => Ok(()),
    }
}

/// A member of etcd and the programs of a control plane start.
async fn become_one(
    call: &mut Call<'_>,
    guest: &Guest,
    master: &str,
    server: &str,
) -> Result<(), i32> {
    call.io.out("[control-plane] Using manifest folder \"/etc/kubernetes/manifests\"\n[etcd] Creating static Pod manifest for local etcd\n");
    if !guest.disk(|disk| containerd::has_systemd_cgroup(disk)) {
        guest.mock.sleep(Duration::from_secs(240)).await;
        call.io.err("error execution phase kubelet-wait-bootstrap: the kubelet and the container runtime do not use the same cgroup driver");
        return Err(1);
    }
    let began = guest.mock.now();
    while let Some((of, port)) = unreached_member(guest, master) {
        if guest.mock.now().since(began) >= ETCD_PATIENCE {
            call.io.err(format!("error execution phase etcd-join: error creating local etcd static pod manifest file: failed to dial endpoint https://{of}:{port} with maintenance client: context deadline exceeded"));
            return Err(1);
        }
        guest.mock.sleep(EVERY).await;
    }
    let version = super::version(guest);
    init::leave_files(guest, true, server, &version).map_err(|why| {
        call.io.err(format!("error execution phase control-plane-prepare/certs: {why}"));
        1
    })?;
    // Its images are pulled, its programs start, as with `init`.
    let time = guest.latency(|latencies| latencies.kubeadm_init);
    guest.mock.sleep(time).await;
    guest.running(|running| running.ports.insert(API_PORT, "kube-apiserver".to_owned()));
    guest.mock.change_hosts(|world| {
        if let Some(cluster) = world.hosts().cluster_mut(master) {
            cluster.add_member(&guest.id);
        }
    });
    Ok(())
}

/// A member of etcd that this host does not reach, or that does not reach it: its address, and the
/// port.
fn unreached_member(guest: &Guest, master: &str) -> Option<(String, u16)> {
    guest.mock.with_world(|world| {
        let cluster = world.machinery.hosts.cluster(master)?;
        let Some(living) = kubernetes::living(world, cluster) else {
            return Some(("127.0.0.1".to_owned(), ETCD_PORTS[0])); // it takes no member now
        };
        let address = |id: &str| world.ec2.instances.get(id).and_then(|one| one.private_ip(world));
        let own = address(&guest.id)?;
        living.into_iter().filter(|id| *id != guest.id).find_map(|id| {
            let theirs = address(&id)?;
            let reaches = |from: &str, to, port| {
                receiver(world, &Origin::Instance(from.to_owned()), to, port).is_some()
            };
            let lost = ETCD_PORTS.into_iter().find(|port| {
                !reaches(&guest.id, theirs, *port)
                    || (*port == ETCD_PORTS[1] && !reaches(&id, own, *port))
            });
            lost.map(|port| (theirs.to_string(), port))
        })
    })
}
