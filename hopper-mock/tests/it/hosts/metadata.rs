//! The metadata service: sessions, categories, and the credentials of a role.

use super::first_boot::node_role;
use super::site::Site;
use crate::support::{accepted, seconds};

const GET: &str = "get() { curl -sS -f -H \"X-aws-ec2-metadata-token: $t\" \
                   http://169.254.169.254/latest/$1; echo; }\n\
                   t=$(curl -sS -f -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
                   http://169.254.169.254/latest/api/token)\n";

#[tokio::test(start_paused = true)]
async fn a_session_is_over_when_its_time_is() {
    let site = Site::new().await;
    let id = site.private(&[("MetadataOptions.HttpTokens", "required")]).await;
    let client = site.client_of(&id).await;
    let script = format!("{GET}get meta-data/instance-id; sleep 61; get meta-data/instance-id");
    let ended = client.run(&script).await;
    assert_eq!(ended.stdout, format!("{id}\n\n"));
    assert_eq!(ended.stderr, "curl: (22) The requested URL returned error: 401\n");
    let put =
        "curl -s -o /dev/null -w '%{http_code}' -X PUT http://169.254.169.254/latest/api/token";
    assert_eq!(client.printed(put).await, "400");
    let header = "-H 'X-aws-ec2-metadata-token-ttl-seconds: 21601'";
    assert_eq!(client.printed(&format!("{put} {header}")).await, "400");
    let get = "curl -s -o /dev/null -w '%{http_code}\\n' http://169.254.169.254/latest/meta-data/";
    assert_eq!(client.printed(get).await, "401\n");
    let params = [("InstanceId", id.as_str()), ("HttpEndpoint", "disabled")];
    accepted(site.mock(), "ModifyInstanceMetadataOptions", &params);
    assert_eq!(client.printed(get).await, "403\n");
}

#[tokio::test(start_paused = true)]
async fn the_categories_are_there() {
    let site = Site::new().await;
    let id = site
        .private(&[
            ("MetadataOptions.InstanceMetadataTags", "enabled"),
            ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", "Name"),
            ("TagSpecification.1.Tag.1.Value", "node"),
        ])
        .await;
    let client = site.client_of(&id).await;
    let group = &site.private_group;
    for (path, expected) in [
        ("meta-data/placement/", "availability-zone\nregion".to_owned()),
        ("meta-data/placement/region", "eu-west-1".to_owned()),
        ("meta-data/local-ipv4", site.private_ip(&id)),
        ("meta-data/tags/instance/Name", "node".to_owned()),
        ("meta-data/security-groups", "private".to_owned()),
        (
            "meta-data/network/interfaces/macs/",
            format!("{}/", site.ground.shown(&id, "networkInterfaceSet/0/macAddress").unwrap()),
        ),
        ("meta-data/services/domain", "amazonaws.com".to_owned()),
    ] {
        assert_eq!(
            client.printed(&format!("{GET}get {path}")).await,
            format!("{expected}\n"),
            "{path}"
        );
    }
    let script = format!(
        "{GET}mac=$(get meta-data/mac); get meta-data/network/interfaces/macs/$mac/security-group-ids"
    );
    assert_eq!(client.printed(&script).await, format!("{group}\n"));
    let document = client.printed(&format!("{GET}get dynamic/instance-identity/document")).await;
    assert!(document.contains("\"accountId\": \"123456789012\""), "{document}");
    for path in ["meta-data/iam/info", "meta-data/iam/security-credentials/", "meta-data/none"] {
        let ended = client.run(&format!("{GET}get {path}")).await;
        assert_eq!(ended.stderr, "curl: (22) The requested URL returned error: 404\n", "{path}");
    }
}

// Credentials come with an instance profile, last six hours, and are renewed in time.
#[tokio::test(start_paused = true)]
async fn credentials_are_those_of_the_role() {
    let site = Site::new().await.with_nat().await;
    node_role(&site).await;
    let id = site.private(&[("IamInstanceProfile.Name", "node")]).await;
    let client = site.client_of(&id).await;
    let list = format!("{GET}get meta-data/iam/security-credentials/");
    assert_eq!(client.printed(&list).await, "node\n");
    let info = client.printed(&format!("{GET}get meta-data/iam/info")).await;
    assert!(info.contains(":instance-profile/node"), "{info}");
    let show = format!("{GET}get meta-data/iam/security-credentials/node");
    let first = client.printed(&show).await;
    assert!(first.contains("\"AccessKeyId\" : \"ASIA"), "{first}");
    assert_eq!(client.printed(&show).await, first);
    let other = format!("{GET}get meta-data/iam/security-credentials/other");
    assert_eq!(client.printed(&format!("{other} || true")).await.trim(), "");

    let value = |name: &str| {
        let (_, after) = first.split_once(&format!("\"{name}\" : \"")).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let (key, secret, token) = (value("AccessKeyId"), value("SecretAccessKey"), value("Token"));
    let ask = |secret: &str, token: &str, region: &str| {
        format!(
            "curl -sS --aws-sigv4 aws:amz:{region}:sts --user '{key}:{secret}' \
             -H 'x-amz-security-token: {token}' -d Action=GetCallerIdentity -d Version=2011-06-15 \
             https://sts.eu-west-1.amazonaws.com/"
        )
    };
    let own = ask(&secret, &token, "eu-west-1");
    let told = client.printed(&own).await;
    let arn = format!("<Arn>arn:aws:sts::123456789012:assumed-role/node/{id}</Arn>");
    assert!(told.contains(&arn), "{told}");
    for (command, code) in [
        (ask("wrong", &token, "eu-west-1"), "SignatureDoesNotMatch"),
        (ask(&secret, "wrong", "eu-west-1"), "InvalidClientTokenId"),
        (ask(&secret, &token, "us-east-1"), "SignatureDoesNotMatch"),
        (own.replace(&key, "ASIAAAAAAAAAAAAAAAAA"), "InvalidClientTokenId"),
    ] {
        let told = client.printed(&command).await;
        assert!(told.contains(&format!("<Code>{code}</Code>")), "{told}");
    }
    tokio::time::sleep(seconds(6 * 3600)).await;
    let told = client.printed(&own).await;
    assert!(told.contains("<Code>ExpiredToken</Code>"), "{told}");
    assert_ne!(client.printed(&show).await, first);
}
