//! Images in a private registry.

use super::client::{Client, Ended};
use super::curl::{host, signed};
use super::first_boot::allow;
use super::site::Site;

const IMAGE: &str = "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.23.0";

/// Logs in with a token of the role, and pulls.
async fn pull(client: &Client) -> Ended {
    let script = signed(
        "login=$(sign ecr | curl -sS --fail-with-body -K - \
         -H 'X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' \
         -H 'Content-Type: application/x-amz-json-1.1' -d '{}' https://api.ecr.eu-west-1.amazonaws.com/ |\n\
         jq -r '.authorizationData[0].authorizationToken // .message')\n",
    );
    let script = format!(
        "{script}case $login in User:*) echo \"$login\" >&2; exit 9;; esac\n\
         sudo ctr -n k8s.io images pull --user \"$(printf %s \"$login\" | base64 -d)\" {IMAGE}"
    );
    client.run(&script).await
}

#[tokio::test(start_paused = true)]
async fn a_private_image_needs_a_login_that_may() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    client.printed("sudo apt-get install -y containerd && sudo systemctl start containerd").await;
    for pull in ["ctr -n k8s.io images pull", "crictl pull", "crictl pull --creds AWS:wrong"] {
        let ended = client.run(&format!("sudo {pull} {IMAGE}")).await;
        assert_ne!(ended.status, Some(0), "{}", ended.stdout);
    }
    let ended = client.run(&format!("sudo ctr -n k8s.io images pull {IMAGE}")).await;
    assert!(ended.stderr.contains("no basic auth credentials"), "{}", ended.stderr);
    let ended =
        client.run(&format!("sudo ctr -n k8s.io images pull --user AWS:wrong {IMAGE}")).await;
    assert!(ended.stderr.contains("401 Unauthorized"), "{}", ended.stderr);

    let ended = pull(&client).await;
    assert!(
        ended
            .stderr
            .contains("is not authorized to perform: ecr:GetAuthorizationToken on resource: *"),
        "{}",
        ended.stderr
    );
    allow(&site, "ecr:GetAuthorizationToken", "*");
    let ended = pull(&client).await;
    assert!(ended.stderr.contains("403 Forbidden"), "{}", ended.stderr);
    let repositories = "arn:aws:ecr:*:602401143452:repository/*";
    allow(&site, "ecr:BatchGetImage", repositories);
    allow(&site, "ecr:GetDownloadUrlForLayer", repositories);
    let ended = pull(&client).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let shown = client.printed("sudo ctr -n k8s.io images ls").await;
    assert_eq!(shown, format!("{IMAGE}\n"));
}
