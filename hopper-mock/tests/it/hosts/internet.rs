//! What hosts find outside: packages, downloads, and the metadata service.

use super::site::Site;
use crate::support::seconds;

// [D] Without a route nothing is fetched: apt warns and curl gives up.
#[tokio::test(start_paused = true)]
async fn without_a_route_nothing_is_fetched() {
    let site = Site::new().await;
    let id = site.private(&[]).await;
    let client = site.client_of(&id).await;
    let ended = client.run("sudo apt-get update").await;
    assert_eq!(ended.status, Some(0));
    assert!(ended.stderr.contains("W: Some index files failed to download"), "{}", ended.stderr);
    let ended = client.run("sudo apt-get install -y socat").await;
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (Some(100), "E: Unable to locate package socat\n")
    );
    let began = site.mock().now();
    let ended =
        client.run("curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key").await;
    assert_eq!(ended.status, Some(28));
    assert_eq!(site.mock().now().since(began), seconds(127));
}

// [D] A repository needs its key, in the form its name says.
#[tokio::test(start_paused = true)]
async fn packages_come_from_signed_repositories() {
    let site = Site::new().await.with_nat().await;
    let id = site.private(&[]).await;
    let client = site.client_of(&id).await;
    let (key, list) = ("/etc/apt/keyrings/k.gpg", "/etc/apt/sources.list.d/k.list");
    let url = "https://pkgs.k8s.io/core:/stable:/v1.36/deb/";
    client.printed(&format!("echo 'deb [signed-by={key}] {url} /' | sudo tee {list}")).await;
    let ended = client.run("sudo apt-get update").await;
    assert_eq!(ended.status, Some(100));
    assert!(ended.stderr.contains("is not signed"), "{}", ended.stderr);
    client.printed(&format!("curl -fsSL {url}Release.key | sudo tee {key}")).await;
    assert_eq!(client.run("sudo apt-get update").await.status, Some(100));
    client
        .printed(&format!("curl -fsSL {url}Release.key | sudo gpg --dearmor --yes -o {key}"))
        .await;
    assert_eq!(client.run("apt-get update").await.status, Some(100));
    client.printed("sudo apt-get update").await;
    assert_eq!(client.run("sudo apt-get install kubelet").await.status, Some(1));
    let asked = "sudo apt-get install -y kubelet=1.36.1-1.1 kubeadm=1.36.9-1.1";
    let ended = client.run(asked).await;
    assert_eq!(ended.stderr, "E: Version '1.36.9-1.1' for 'kubeadm' was not found\n");
    client
        .printed("sudo apt-get install -y kubelet=1.36.1-1.1 && sudo apt-mark hold kubelet")
        .await;
    assert_eq!(
        client.printed("apt-mark showhold; dpkg -s kubelet | tail -n 1").await,
        "kubelet\nVersion: 1.36.1-1.1\n"
    );
    let ended = client.run("sudo apt-get install -y kubelet=1.36.3-1.1").await;
    assert!(ended.stderr.contains("Held packages"), "{}", ended.stderr);
}

// [D] What is published is what is fetched, and a wrong sum is found.
#[tokio::test(start_paused = true)]
async fn downloads_are_checked() {
    let site = Site::new().await.with_nat().await;
    let id = site.private(&[]).await;
    let client = site.client_of(&id).await;
    site.mock().publish("https://example.com/tool", "#!/bin/sh\necho tool\n");
    let ended = client.run("curl -fsSLo tool https://example.com/tool && sh tool").await;
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "tool\n"));
    assert_eq!(client.run("curl -fsS https://example.com/none").await.status, Some(22));
    let zeros = "0".repeat(64);
    let ended = client.run(&format!("echo '{zeros}  tool' | sha256sum -c -")).await;
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(1), "tool: FAILED\n"));
    assert_eq!(client.run("tar -xzf tool").await.status, Some(2));
}

// [D] The metadata service wants a token where the instance says so.
#[tokio::test(start_paused = true)]
async fn the_metadata_service_wants_a_token() {
    let site = Site::new().await;
    let id = site.private(&[("MetadataOptions.HttpTokens", "required")]).await;
    let client = site.client_of(&id).await;
    let url = "http://169.254.169.254/latest";
    assert_eq!(client.run(&format!("curl -sf {url}/meta-data/instance-id")).await.status, Some(22));
    let script = format!(
        "t=$(curl -sfX PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {url}/api/token)\n\
         for what in instance-id local-hostname placement/availability-zone; do\n\
         curl -sf -H \"X-aws-ec2-metadata-token: $t\" {url}/meta-data/$what; echo; done"
    );
    let name = format!("ip-{}.eu-west-1.compute.internal", site.private_ip(&id).replace('.', "-"));
    assert_eq!(client.printed(&script).await, format!("{id}\n{name}\neu-west-1a\n"));
}
