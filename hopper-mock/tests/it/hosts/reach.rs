//! Who reaches a host.

use std::io::ErrorKind;

use hopper_mock::Time;
use hopper_mock::host::Origin;

use super::client::{Client, key};
use super::site::{Site, open, operator};
use crate::support::{accepted, seconds};

async fn refusal(site: &Site, from: &Origin, address: &str) -> ErrorKind {
    site.mock().dial(from, address.parse().unwrap()).await.unwrap_err().kind()
}

// [D] A public address, a route to an internet gateway and a rule: then the operator comes in, and
// nobody else does.
#[tokio::test(start_paused = true)]
async fn the_bastion_is_open_to_the_operator_alone() {
    let site = Site::new().await;
    let client = site.client().await;
    assert_eq!(client.printed("whoami").await, "ubuntu\n");
    client.leave().await;
    let stranger = Origin::Internet("192.0.2.8".parse().unwrap());
    let before = site.mock().now();
    assert_eq!(refusal(&site, &stranger, &site.bastion_address()).await, ErrorKind::TimedOut);
    assert_eq!(site.mock().now().since(before), seconds(127));
    let other_port = site.bastion_address().replace(":22", ":80");
    assert_eq!(refusal(&site, &operator(), &other_port).await, ErrorKind::TimedOut);
    open(site.mock(), &site.bastion_group, "80", Some("0.0.0.0/0"), None);
    assert_eq!(refusal(&site, &operator(), &other_port).await, ErrorKind::ConnectionRefused);
}

// [D] Without its route a public address is of no use.
#[tokio::test(start_paused = true)]
async fn without_a_route_nothing_comes_in() {
    let site = Site::new().await;
    let route =
        [("RouteTableId", site.public_table.as_str()), ("DestinationCidrBlock", "0.0.0.0/0")];
    accepted(site.mock(), "DeleteRoute", &route);
    assert_eq!(refusal(&site, &operator(), &site.bastion_address()).await, ErrorKind::TimedOut);
}

// [D] A private host is reached from the bastion's group, by address and by name, and not from the
// internet.
#[tokio::test(start_paused = true)]
async fn a_private_host_is_reached_through_the_bastion() {
    let site = Site::new().await;
    let id = site.private(&[]).await;
    let ip = site.private_ip(&id);
    assert_eq!(refusal(&site, &operator(), &format!("{ip}:22")).await, ErrorKind::TimedOut);
    let bastion = site.client().await;
    let private = bastion.beyond(&ip).await.unwrap();
    let name = format!("ip-{}", ip.replace('.', "-"));
    assert_eq!(private.printed("hostname").await, format!("{name}\n"));
    assert_ne!(private.host_key, bastion.host_key);
    let by_name = bastion.beyond(&format!("{name}.eu-west-1.compute.internal")).await;
    assert_eq!(by_name.unwrap().host_key, private.host_key);
    assert!(bastion.beyond("10.0.99.99").await.is_none());

    let rules = accepted(
        site.mock(),
        "DescribeSecurityGroupRules",
        &[("Filter.1.Name", "group-id"), ("Filter.1.Value.1", &site.private_group)],
    );
    let ingress =
        (0..2).find(|n| rules.text(&format!("securityGroupRuleSet/{n}/isEgress")) == Some("false"));
    let rule =
        rules.text(&format!("securityGroupRuleSet/{}/securityGroupRuleId", ingress.unwrap()));
    let params =
        [("GroupId", site.private_group.as_str()), ("SecurityGroupRuleId.1", rule.unwrap())];
    accepted(site.mock(), "RevokeSecurityGroupIngress", &params);
    assert!(bastion.beyond(&ip).await.is_none());
}

// [D] What a group lets out is asked too.
#[tokio::test(start_paused = true)]
async fn what_does_not_go_out_does_not_come_in() {
    let site = Site::new().await;
    let id = site.private(&[]).await;
    let ip = site.private_ip(&id);
    let bastion = site.client().await;
    assert!(bastion.beyond(&ip).await.is_some());
    let params = [
        ("GroupId", site.bastion_group.as_str()),
        ("IpPermissions.1.IpProtocol", "-1"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    accepted(site.mock(), "RevokeSecurityGroupEgress", &params);
    assert!(bastion.beyond(&ip).await.is_none());
}

// [D] Only the key pair's key is taken.
#[tokio::test(start_paused = true)]
async fn another_key_is_not_taken() {
    let site = Site::new().await;
    let address = site.bastion_address().parse().unwrap();
    let stream = site.mock().dial(&operator(), address).await.unwrap();
    assert!(Client::over(stream, key(2)).await.is_none());
    let stream = site.mock().dial(&operator(), address).await.unwrap();
    assert!(Client::over(stream, key(1)).await.is_some());
}

// [D] cloud-init prints the host key on the console; it is another on every instance and the same
// for the same seed.
#[tokio::test(start_paused = true)]
async fn the_console_shows_the_host_key() {
    let site = Site::new().await;
    let shown = console(&site, &site.bastion);
    let client = site.client().await;
    let data = client.host_key.split_whitespace().nth(1).unwrap();
    let begin = "-----BEGIN SSH HOST KEY KEYS-----\nssh-ed25519 ";
    assert!(shown.contains(&format!("{begin}{data} root@ip-10-0-")), "{shown}");
    assert_eq!(Site::new().await.client().await.host_key, client.host_key);

    site.mock().change_host_key(&site.bastion);
    assert_ne!(site.client().await.host_key, client.host_key);
}

pub(super) fn console(site: &Site, id: &str) -> String {
    use base64::Engine as _;
    let reply = accepted(site.mock(), "GetConsoleOutput", &[("InstanceId", id)]);
    let packed = reply.text("output").unwrap_or_default();
    let plain = base64::prelude::BASE64_STANDARD.decode(packed).unwrap();
    String::from_utf8(plain).unwrap()
}

// [O] Until sshd is up connections are refused, and before the instance runs they are dropped.
#[tokio::test(start_paused = true)]
async fn a_host_takes_its_time() {
    let site = Site::new().await;
    let bastion = site.client().await;
    let id = site.ground.start(&[
        ("SubnetId", site.private_subnet.as_str()),
        ("SecurityGroupId.1", site.private_group.as_str()),
        ("KeyName", "operator"),
    ]);
    let from = Origin::Instance(site.bastion.clone());
    let address = format!("{}:22", site.private_ip(&id));
    let began = site.mock().now();
    tokio::time::sleep(seconds(14)).await;
    assert_eq!(refusal(&site, &from, &address).await, ErrorKind::ConnectionRefused);
    tokio::time::sleep(seconds(19)).await;
    assert!(bastion.beyond(&site.private_ip(&id)).await.is_some());
    let up = site.mock().now().since(began);
    assert!(up >= seconds(33) && up < seconds(34), "{up:?} after {}", Time::START);
}
