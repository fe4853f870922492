//! `kubeadm join`.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::super::Call;
use super::{API_PORT, CA, KUBELET, KUBELET_FLAGS, config, hash, init, preflight};
use crate::ec2::{Origin, receiver};
use crate::host::Guest;
use crate::host::kubernetes::{self, Joined};

/// How long kubeadm looks for the cluster (its default `discovery` timeout).
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);

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
    let (host, port) = server.split_once(':').unwrap_or((&server, "6443"));
    let (address, port) = (host.parse::<Ipv4Addr>().ok(), port.parse().unwrap_or(API_PORT));
    let fail = |why: String| {
        call.io.err(format!("error execution phase preflight: couldn't validate the identity of the API Server: {why}"));
        call.io.err("To see the stack trace of this error execute with --v=5 or higher");
        1
    };
    let Some(address) = address else {
        return Err(fail(format!("lookup {host}: no such host: the simulator joins by address")));
    };
    let began = guest.mock.now();
    let master = loop {
        if let Some(master) = api_server(&guest, address, port) {
            break master;
        }
        if guest.mock.now().since(began) >= PATIENCE {
            return Err(fail(format!(
                "failed to request the cluster-info ConfigMap: Get \"https://{server}/api/v1/namespaces/kube-public/configmaps/cluster-info\": dial tcp {server}: i/o timeout"
            )));
        }
        guest.mock.sleep(EVERY).await;
    };
    let now = guest.mock.now();
    let (authority, is_known) = guest.mock.with_world(|world| {
        let authority = world.hosts().disk(&master).text(CA);
        let cluster = world.hosts().clusters.get(&master);
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
    if let Some(why) = complaint {
        // kubeadm of 2018 does not wait for the kubelet, which tells the console.
        call.io.err(format!("kubelet: error: failed to run Kubelet: {why}"));
        return Ok(());
    }
    guest.mock.change_hosts(|world| {
        world.hosts().add_node(&master, &guest.id, &name);
        let (name, instance_id) = (name.clone(), guest.id.clone());
        kubernetes::joined(world, &master, &Joined { name, instance_id, is_control_plane: false });
    });
    call.io.out("\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n");
    Ok(())
}

/// The instance whose API server answers at an address, as the network lets this host reach it.
fn api_server(guest: &Guest, address: Ipv4Addr, port: u16) -> Option<String> {
    guest.mock.with_world(|world| {
        let from = Origin::Instance(guest.id.clone());
        let master = receiver(world, &from, address, port)?;
        let running = world.hosts().running.get(&master)?;
        running.ports.contains_key(&port).then_some(master)
    })
}
