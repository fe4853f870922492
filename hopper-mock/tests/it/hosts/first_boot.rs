//! The first boot of a worker whose user data holds no secret: it gets what it needs with the role
//! of its instance.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::join::{TOKEN, baked, control_plane};
use super::reach::console;
use super::site::{Site, open};
use crate::support::{accepted, profile, seconds};

const SCRIPT: &str = include_str!("first_boot.sh");
const NAME: &str = "/hopper/c/join";

/// A cluster whose control plane is up, and a role for its nodes.
struct Cluster {
    site: Site,
    image: String,
    master: String,
    hash: String,
}

impl Cluster {
    async fn new() -> Self {
        let (site, image) = baked().await;
        open(site.mock(), &site.private_group, "6443", None, Some(&site.private_group));
        let (master, join) = control_plane(&site, &image).await;
        let hash = join.split_whitespace().find(|word| word.starts_with("sha256:"));
        let hash = hash.unwrap().to_owned();
        node_role(&site).await;
        Self { site, image, master, hash }
    }

    fn put_parameter(&self, token: &str) {
        let hash = &self.hash;
        let value = format!(
            r#"{{"token": "{token}", "caCertHash": "{hash}", "endpoint": "10.0.16.10:6443"}}"#
        );
        let params =
            [("Name", NAME), ("Type", "SecureString"), ("Value", &value), ("Overwrite", "true")];
        accepted(self.site.mock(), "ssm:PutParameter", &params);
    }

    /// Starts a worker, waits until its user data has ended, and gives its log.
    async fn worker(&self) -> (String, String) {
        let script = SCRIPT.replacen("umask 077", &format!("umask 077\nname={NAME}"), 1);
        let script = BASE64_STANDARD.encode(script);
        let id = self
            .site
            .private(&[
                ("ImageId", &self.image),
                ("InstanceType", "t3.medium"),
                ("UserData", &script),
                ("IamInstanceProfile.Name", "node"),
                ("MetadataOptions.HttpTokens", "required"),
                ("MetadataOptions.HttpPutResponseHopLimit", "1"),
            ])
            .await;
        tokio::time::sleep(seconds(500)).await;
        let client = self.site.client_of(&id).await;
        let log = client.printed("sudo cat /var/log/cloud-init-output.log").await;
        let shown = console(&self.site, &id);
        assert!(shown.contains(&log), "{shown}");
        for secret in [TOKEN, "SecretAccessKey", "IQoJb3JpZ2luX2Vj", "AQAEA"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let left = client.printed("sudo find /tmp /etc/kubernetes").await;
        assert!(!left.contains("join") && !left.contains("tmp."), "{left}");
        (id, log)
    }
}

/// A role with a profile, both called `node`.
pub(super) async fn node_role(site: &Site) {
    profile(site.mock(), "node");
    tokio::time::sleep(seconds(30)).await;
}

/// Lets the role do something.
pub(super) fn allow(site: &Site, action: &str, resource: &str) {
    let document = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}]}}"#
    );
    let name = action.replace([':', '*'], "-");
    let params =
        [("RoleName", "node"), ("PolicyName", name.as_str()), ("PolicyDocument", &document)];
    accepted(site.mock(), "iam:PutRolePolicy", &params);
}

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter/hopper/c/*";

#[tokio::test(start_paused = true)]
async fn a_worker_joins_with_what_its_role_may_read() {
    let cluster = Cluster::new().await;
    cluster.put_parameter(TOKEN);
    allow(&cluster.site, "ssm:GetParameter", PARAMETER);
    let (id, log) = cluster.worker().await;
    assert!(log.contains("This node has joined the cluster"), "{log}");
    let mock = cluster.site.mock();
    let address = cluster.site.private_ip(&id).replace('.', "-");
    let name = format!("ip-{address}.eu-west-1.compute.internal");
    assert_eq!(mock.nodes(&cluster.master).get(&id), Some(&name), "{log}");
    let calls = mock.calls();
    assert!(calls.of("GetParameter").all(|call| call.outcome == "ok"), "{calls}");
    let arguments = mock.transcript(&id);
    for command in &arguments.commands {
        assert!(
            !command.line.contains("IQoJ") && !command.line.contains(TOKEN),
            "{}",
            command.line
        );
    }
}

// Whatever is not in order, the log and the console say what it is.
#[tokio::test(start_paused = true)]
async fn what_is_not_in_order_is_told() {
    let cluster = Cluster::new().await;
    let (id, log) = cluster.worker().await;
    let why = format!(
        "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/node/{id} is not \
         authorized to perform: ssm:GetParameter on resource: \
         arn:aws:ssm:eu-west-1:123456789012:parameter{NAME} because no identity-based policy \
         allows the ssm:GetParameter action"
    );
    assert!(log.contains(&why), "{log}");
    assert!(log.contains("curl: (22) The requested URL returned error: 400"), "{log}");
    assert!(log.contains("exit status 1"), "{log}");

    allow(&cluster.site, "ssm:GetParameter", PARAMETER);
    let (_, log) = cluster.worker().await;
    assert!(log.contains("ParameterNotFound: "), "{log}");

    cluster.put_parameter("aaaaaa.0123456789abcdef");
    let (_, log) = cluster.worker().await;
    assert!(log.contains("could not find a JWS signature"), "{log}");
    assert!(log.contains("exit status 1"), "{log}");
    assert_eq!(cluster.site.mock().nodes(&cluster.master).len(), 1);

    // The token of the cluster is over.
    cluster.put_parameter(TOKEN);
    tokio::time::sleep(seconds(7200)).await;
    let (_, log) = cluster.worker().await;
    assert!(log.contains("for token ID \"abcdef\""), "{log}");
}

// Without a route the packages' archive is out of reach already, so the image has jq.
#[tokio::test(start_paused = true)]
async fn without_a_route_aws_is_out_of_reach() {
    let cluster = Cluster::new().await;
    cluster.put_parameter(TOKEN);
    allow(&cluster.site, "ssm:GetParameter", PARAMETER);
    let mock = cluster.site.mock();
    let tables = accepted(mock, "DescribeRouteTables", &[]);
    let is_nat =
        |n: &usize| tables.texts(&format!("routeTableSet/{n}/routeSet/*/natGatewayId")).len() == 1;
    let n = (0..tables.count("routeTableSet")).find(is_nat).unwrap();
    let table = tables.text(&format!("routeTableSet/{n}/routeTableId")).unwrap();
    let route = [("RouteTableId", table), ("DestinationCidrBlock", "0.0.0.0/0")];
    accepted(mock, "DeleteRoute", &route);
    let (_, log) = cluster.worker().await;
    let why = "curl: (28) Failed to connect to ssm.eu-west-1.amazonaws.com port 443 after 5000 ms: \
               Timeout was reached";
    assert!(log.contains(why), "{log}");
    assert!(log.contains("no parameter within a minute"), "{log}");
}
