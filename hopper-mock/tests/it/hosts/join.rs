//! Nodes that join a cluster.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::bake::{BAKE, builder};
use super::reach::console;
use super::site::{Site, open};
use crate::support::{accepted, made, seconds};

/// A site with an image that has all a node needs.
pub(super) async fn baked() -> (Site, String) {
    let site = Site::new().await.with_nat().await;
    let id = builder(&site).await;
    let client = site.client_of(&id).await;
    let script: Vec<_> = BAKE.iter().map(|(_, step)| *step).collect();
    let script = format!(
        "set -eu\n{}\napt-get install -y jq\nkubeadm config images pull\ncloud-init clean --logs --machine-id\n\
         rm -f /etc/ssh/ssh_host_*\nsync",
        script.join("\n")
    );
    let ended = client.run_with("sudo bash -s", &script).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let params = [("InstanceId", id.as_str()), ("Name", "node")];
    let image = made(&accepted(site.mock(), "CreateImage", &params), "imageId");
    tokio::time::sleep(seconds(180)).await;
    (site, image)
}

pub(super) const TOKEN: &str = "abcdef.0123456789abcdef";

/// Starts a control plane, and gives its instance with the command that joins.
pub(super) async fn control_plane(site: &Site, image: &str) -> (String, String) {
    let id = site
        .private(&[
            ("ImageId", image),
            ("InstanceType", "t3.medium"),
            ("PrivateIpAddress", "10.0.16.10"),
        ])
        .await;
    let client = site.client_of(&id).await;
    let config = format!(
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
         bootstrapTokens: [{{token: \"{TOKEN}\", ttl: 2h0m0s}}]\nnodeRegistration:\n  name: master\n\
         ---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n\
         kubernetesVersion: v1.36.3\ncontrolPlaneEndpoint: 10.0.16.10:6443\n"
    );
    assert_eq!(client.run_with("cat > config", &config).await.status, Some(0));
    let printed = client.printed("sudo kubeadm init --config=config").await;
    assert_eq!(printed.matches("kubeadm join 10.0.16.10:6443").count(), 2);
    let join = client.printed("sudo kubeadm token create --print-join-command --ttl 1h").await;
    (id, join.trim_end().to_owned())
}

pub(super) fn user_data(join: &str) -> String {
    BASE64_STANDARD.encode(format!("#!/bin/bash\nset -eu\n{join}\n"))
}

async fn worker(site: &Site, image: &str, join: &str) -> String {
    let script = user_data(join);
    site.private(&[("ImageId", image), ("InstanceType", "t3.medium"), ("UserData", &script)]).await
}

// A worker joins by itself, when the control plane's port is open to it.
#[tokio::test(start_paused = true)]
async fn a_worker_joins_by_itself() {
    let (site, image) = baked().await;
    let (master, join) = control_plane(&site, &image).await;
    assert_eq!(site.mock().nodes(&master).values().collect::<Vec<_>>(), ["master"]);
    let closed = worker(&site, &image, &join).await;
    tokio::time::sleep(seconds(320)).await;
    let shown = console(&site, &closed);
    assert!(shown.contains("cluster-info ConfigMap") && shown.contains("i/o timeout"), "{shown}");
    assert_eq!(site.mock().nodes(&master).len(), 1);

    open(site.mock(), &site.private_group, "6443", None, Some(&site.private_group));
    let id = worker(&site, &image, &join).await;
    tokio::time::sleep(seconds(10)).await;
    let name = format!("ip-{}", site.private_ip(&id).replace('.', "-"));
    assert_eq!(site.mock().nodes(&master).get(&id), Some(&name), "{}", console(&site, &id));
    assert!(site.mock().transcript(&id).of("kubeadm join").all(|run| run.status == Some(0)));
}

// It waits for a control plane that comes later.
#[tokio::test(start_paused = true)]
async fn a_worker_waits_for_the_control_plane() {
    let (site, image) = baked().await;
    open(site.mock(), &site.private_group, "6443", None, Some(&site.private_group));
    let join = format!(
        "kubeadm join 10.0.16.10:6443 --token {TOKEN} --discovery-token-unsafe-skip-ca-verification"
    );
    worker(&site, &image, &join).await;
    let (master, _) = control_plane(&site, &image).await;
    tokio::time::sleep(seconds(15)).await;
    assert_eq!(site.mock().nodes(&master).len(), 2);
}

// A token that is wrong or over is refused, and so is another authority.
#[tokio::test(start_paused = true)]
async fn what_a_cluster_does_not_know_does_not_join() {
    let (site, image) = baked().await;
    open(site.mock(), &site.private_group, "6443", None, Some(&site.private_group));
    let (master, join) = control_plane(&site, &image).await;
    let id = worker(&site, &image, ":").await;
    let client = site.client_of(&id).await;
    let (token, hash) = {
        let words: Vec<_> = join.split_whitespace().collect();
        (words[4].to_owned(), words[6].to_owned())
    };
    for (join, why) in [
        (
            join.replace(&token, "aaaaaa.0123456789abcdef"),
            "could not find a JWS signature in the cluster-info ConfigMap for token ID \"aaaaaa\"",
        ),
        (join.replace(&hash, &format!("sha256:{}", "0".repeat(64))), "are pinned"),
        (
            format!("kubeadm join 10.0.16.10:6443 --token {token}"),
            "without caCertHashes can be unsafe",
        ),
    ] {
        let ended = client.run(&format!("sudo {join}")).await;
        assert_ne!(ended.status, Some(0));
        assert!(ended.stderr.contains(why), "{}", ended.stderr);
    }
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(client.run(&format!("sudo {join}")).await.status, Some(1));
    let config = format!(
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\ndiscovery:\n  bootstrapToken:\n    \
         token: {TOKEN}\n    apiServerEndpoint: 10.0.16.10:6443\n    caCertHashes:\n    - {hash}\n\
         nodeRegistration:\n  name: by-file\n"
    );
    let ended = client.run_with("cat > c && sudo kubeadm join --config c", &config).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    assert_eq!(site.mock().nodes(&master).get(&id).map(String::as_str), Some("by-file"));
    assert_eq!(client.run("sudo kubeadm token create").await.status, Some(1));
}
