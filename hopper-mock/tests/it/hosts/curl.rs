//! How curl ends, and calls of AWS with it.

use hopper_mock::Mock;

use super::client::Client;
use super::first_boot::{allow, node_role};
use super::site::Site;
use crate::support::{accepted, seconds};

/// Writes a config with the credentials of the role, for a service.
const SIGN: &str = r#"sign() {
  t=$(curl -sS -f -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sS -f -H "X-aws-ec2-metadata-token: $t" http://169.254.169.254/latest/meta-data/iam/security-credentials/node |
    jq -r --arg service "$1" '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"\nheader = \"x-amz-security-token: \(.Token)\"\naws-sigv4 = \"aws:amz:eu-west-1:\($service)\""'
}
ssm() {
  { sign ssm; printf 'data = "%s"\n' "$(printf %s "$2" | sed 's/"/\\"/g')"; } |
    curl -sS -K - -H "X-Amz-Target: AmazonSSM.$1" -H 'Content-Type: application/x-amz-json-1.1' https://ssm.eu-west-1.amazonaws.com/
}
"#;

pub(super) async fn host(site: &Site) -> Client {
    node_role(site).await;
    let id = site.private(&[("IamInstanceProfile.Name", "node")]).await;
    let client = site.client_of(&id).await;
    client.printed("sudo apt-get update && sudo apt-get install -y jq").await;
    client
}

pub(super) fn signed(script: &str) -> String {
    format!("{SIGN}{script}")
}

#[tokio::test(start_paused = true)]
async fn curl_ends_as_curl_does() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    site.mock().publish("https://example.com/tool", "tool\n");
    for (command, status, stdout, stderr) in [
        (
            "curl -sS https://none.example.org/",
            6,
            "",
            "curl: (6) Could not resolve host: none.example.org\n",
        ),
        ("curl -s https://none.example.org/", 6, "", ""),
        (
            "curl -sS http://localhost:8080/",
            7,
            "",
            "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server\n",
        ),
        (
            "curl -sSf https://example.com/none",
            22,
            "",
            "curl: (22) The requested URL returned error: 404\n",
        ),
        (
            "curl -sS --fail-with-body https://example.com/none",
            22,
            "<html>404</html>\n",
            "curl: (22) The requested URL returned error: 404\n",
        ),
        ("curl -s https://example.com/none", 0, "<html>404</html>\n", ""),
        (
            "curl -sS --connect-timeout 3 https://10.0.16.200:6443/",
            28,
            "",
            "curl: (28) Failed to connect to 10.0.16.200 port 6443 after 3000 ms: Timeout was reached\n",
        ),
        (
            "curl -sS -m 1 https://example.com/tool",
            28,
            "",
            "curl: (28) Operation timed out after 1000 milliseconds with 0 bytes received\n",
        ),
        (
            "curl -so /dev/null -w '%{http_code} %{exitcode}\\n' https://example.com/tool",
            0,
            "200 0\n",
            "",
        ),
        ("printf 'url = \"https://example.com/tool\"\\nsilent\\n' | curl -K -", 0, "tool\n", ""),
        (
            "curl --secure https://example.com/tool",
            2,
            "",
            "curl: option --secure: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
        ),
        ("curl -sS ftp://example.com/", 3, "", "curl: (3) URL rejected: Unsupported protocol\n"),
        (
            "umask 077; curl -sSo file https://example.com/tool; umask; sudo -u nobody cat file",
            1,
            "0077\n",
            "cat: file: Permission denied\n",
        ),
    ] {
        let ended = client.run(command).await;
        assert_eq!(
            (ended.status, ended.stdout.as_str(), ended.stderr.as_str()),
            (Some(status), stdout, stderr),
            "{command}"
        );
    }
    let began = site.mock().now();
    let ended = client.run("curl -sS --retry 3 https://none.example.org/").await;
    assert_eq!(ended.status, Some(6));
    assert_eq!(site.mock().now().since(began), seconds(7));
}

fn parameter(mock: &Mock, name: &str, more: &[(&str, &str)]) {
    let params = [&[("Name", name), ("Value", "hush"), ("Type", "SecureString")], more].concat();
    accepted(mock, "ssm:PutParameter", &params);
}

// A call is judged by the role's policies, in the words of AWS.
#[tokio::test(start_paused = true)]
async fn calls_are_judged_by_the_role_s_policies() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    let own = "arn:aws:ssm:eu-west-1:123456789012:parameter/own/*";
    allow(&site, "ssm:GetParameter", own);
    parameter(site.mock(), "/own/a", &[]);
    parameter(site.mock(), "/own/keyed", &[("KeyId", "1234abcd-12ab-34cd-56ef-1234567890ab")]);
    parameter(site.mock(), "/other", &[]);
    let get = |name: &str| {
        signed(&format!(
            "ssm GetParameter '{{\"Name\": \"{name}\", \"WithDecryption\": true}}' | jq -r '.Parameter.Value // .__type'"
        ))
    };
    assert_eq!(client.printed(&get("/own/a")).await, "hush\n");
    assert_eq!(client.printed(&get("/other")).await, "AccessDeniedException\n");
    assert_eq!(client.printed(&get("/own/none")).await, "ParameterNotFound\n");
    assert_eq!(client.printed(&get("/own/keyed")).await, "AccessDeniedException\n");
    allow(&site, "kms:Decrypt", "*");
    assert_eq!(client.printed(&get("/own/keyed")).await, "hush\n");
    let put = signed(
        "ssm PutParameter '{\"Name\": \"/own/a\", \"Value\": \"x\", \"Overwrite\": true}' | jq -r .message",
    );
    let told = client.printed(&put).await;
    assert!(
        told.contains("is not authorized to perform: ssm:PutParameter on resource: arn"),
        "{told}"
    );

    let ec2 = signed(
        "sign ec2 | curl -sS -K - -d Action=DescribeInstances -d Version=2016-11-15 https://ec2.eu-west-1.amazonaws.com/",
    );
    let told = client.printed(&ec2).await;
    assert!(told.contains("<Code>UnauthorizedOperation</Code>"), "{told}");
    allow(&site, "ec2:Describe*", "*");
    let told = client.printed(&ec2).await;
    assert!(told.contains(&format!("<instanceId>{}</instanceId>", site.bastion)), "{told}");

    let unsigned = "curl -sS -H 'X-Amz-Target: AmazonSSM.GetParameter' -H 'Content-Type: application/x-amz-json-1.1' \
                    -d '{}' https://ssm.eu-west-1.amazonaws.com/ | jq -r .__type";
    assert_eq!(client.printed(unsigned).await, "MissingAuthenticationTokenException\n");
    let lost = signed("ssm GetParameter '{\"Name\": \"/own/a\"}' > /dev/null");
    site.mock().fail("GetParameter").reset();
    let ended = client.run(&lost).await;
    assert_eq!(ended.status, Some(35), "{}", ended.stderr);
}

// Only what the conditions of a statement let through is let through.
#[tokio::test(start_paused = true)]
async fn conditions_on_tags_count() {
    let site = Site::new().await.with_nat().await;
    let client = host(&site).await;
    let document = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "ec2:TerminateInstances", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/cluster": "own"}}}}"#;
    let params = [("RoleName", "node"), ("PolicyName", "own"), ("PolicyDocument", document)];
    accepted(site.mock(), "iam:PutRolePolicy", &params);
    let other = site.private(&[]).await;
    let terminate = signed(&format!(
        "sign ec2 | curl -sS -o /dev/null -w '%{{http_code}}' -K - -d Action=TerminateInstances \
         -d Version=2016-11-15 -d InstanceId.1={other} https://ec2.eu-west-1.amazonaws.com/"
    ));
    assert_eq!(client.printed(&terminate).await, "403");
    let tags = [("ResourceId.1", other.as_str()), ("Tag.1.Key", "cluster"), ("Tag.1.Value", "own")];
    accepted(site.mock(), "CreateTags", &tags);
    assert_eq!(client.printed(&terminate).await, "200");
}
