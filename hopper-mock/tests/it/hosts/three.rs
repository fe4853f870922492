//! A control plane of three machines behind a network load balancer.

use super::client::{Client, Ended};
use super::join::{TOKEN, baked};
use super::site::{Site, open};
use crate::support::{accepted, made, seconds};

/// What the machines have in common, from one place.
const SHARED: &str = "cd /etc/kubernetes/pki; mkdir -p etcd
for f in ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key; do
  test -e $f || echo $f > $f
done";

struct Three {
    site: Site,
    image: String,
    /// The load balancer's name, and its target group.
    name: String,
    group: String,
    ca: [String; 2],
}

impl Three {
    /// A load balancer that is active, with the ports that machines of a control plane need.
    async fn new(ports: &[&str]) -> Self {
        let (site, image) = baked().await;
        let mock = site.mock();
        for port in ports {
            open(mock, &site.private_group, port, None, Some(&site.private_group));
        }
        let params = [
            ("Name", "api"),
            ("Type", "network"),
            ("Scheme", "internal"),
            ("Subnets.member.1", site.private_subnet.as_str()),
            ("SecurityGroups.member.1", site.private_group.as_str()),
        ];
        let reply = accepted(mock, "elbv2:CreateLoadBalancer", &params);
        let [arn, name] = ["LoadBalancerArn", "DNSName"]
            .map(|field| made(&reply, &format!("LoadBalancers/0/{field}")));
        let params = [
            ("Name", "api"),
            ("Protocol", "TCP"),
            ("Port", "6443"),
            ("VpcId", site.ground.vpc_id.as_str()),
        ];
        let reply = accepted(mock, "elbv2:CreateTargetGroup", &params);
        let group = made(&reply, "TargetGroups/0/TargetGroupArn");
        let params = [
            ("LoadBalancerArn", arn.as_str()),
            ("Protocol", "TCP"),
            ("Port", "6443"),
            ("DefaultActions.member.1.Type", "forward"),
            ("DefaultActions.member.1.TargetGroupArn", &group),
        ];
        accepted(mock, "elbv2:CreateListener", &params);
        let three = Self { site, image, name, group, ca: Default::default() };
        three.shows_clients("false");
        tokio::time::sleep(seconds(150)).await;
        three
    }

    fn shows_clients(&self, value: &str) {
        let params = [
            ("TargetGroupArn", self.group.as_str()),
            ("Attributes.member.1.Key", "preserve_client_ip.enabled"),
            ("Attributes.member.1.Value", value),
        ];
        accepted(self.site.mock(), "elbv2:ModifyTargetGroupAttributes", &params);
    }

    /// A machine that is a target.
    async fn machine(&self) -> (String, Client) {
        let params = [("ImageId", self.image.as_str()), ("InstanceType", "t3.medium")];
        let id = self.site.private(&params).await;
        let params =
            [("TargetGroupArn", self.group.as_str()), ("Targets.member.1.Id", id.as_str())];
        accepted(self.site.mock(), "elbv2:RegisterTargets", &params);
        let client = self.site.client_of(&id).await;
        (id, client)
    }

    /// The first machine of the control plane.
    async fn init(&mut self, client: &Client) -> Ended {
        let config = format!(
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n\
             bootstrapTokens: [{{token: \"{TOKEN}\", ttl: 2h0m0s}}]\n---\n\
             apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n\
             kubernetesVersion: v1.36.3\ncontrolPlaneEndpoint: {}:6443\n",
            self.name
        );
        assert_eq!(client.run_with("cat > config", &config).await.status, Some(0));
        let ended = client.run("sudo kubeadm init --config=config").await;
        for (at, file) in ["ca.crt", "ca.key"].into_iter().enumerate() {
            let path = format!("sudo cat /etc/kubernetes/pki/{file}");
            self.ca[at] = client.run(&path).await.stdout;
        }
        let script = format!("sudo bash -c '{SHARED}'");
        assert_eq!(client.run(&script).await.status, Some(0));
        ended
    }

    /// What the first one has in common with the others is put on a machine.
    async fn share(&self, client: &Client, first: &Client) {
        client.printed("sudo mkdir -p /etc/kubernetes/pki/etcd").await;
        let files = "ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt \
                     etcd/ca.key";
        for file in files.split(' ') {
            let path = format!("/etc/kubernetes/pki/{file}");
            let text = first.printed(&format!("sudo cat {path}")).await;
            let ended = client.run_with(&format!("sudo tee {path} > /dev/null"), &text).await;
            assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        }
    }

    async fn join(&self, client: &Client, is_control_plane: bool) -> Ended {
        let address = client.printed("hostname -I").await;
        let control_plane = format!(
            "controlPlane:\n  localAPIEndpoint:\n    advertiseAddress: {}\n    bindPort: 6443\n",
            address.trim()
        );
        let config = format!(
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n{}discovery:\n  \
             bootstrapToken:\n    token: {TOKEN}\n    apiServerEndpoint: {}:6443\n    \
             unsafeSkipCAVerification: true\n",
            if is_control_plane { &control_plane } else { "" },
            self.name
        );
        client.run_with("cat > join && sudo kubeadm join --config join", &config).await
    }

    /// Whether the API is ready, asked for by the load balancer's name.
    async fn ready(&self, client: &Client) -> String {
        let ask = format!(
            "curl -ksS --max-time 10 -w ' %{{http_code}}' https://{}:6443/readyz",
            self.name
        );
        let ended = client.run(&ask).await;
        format!("{}{}", ended.stdout, ended.stderr)
    }

    async fn end(&self, id: &str) {
        accepted(self.site.mock(), "TerminateInstances", &[("InstanceId.1", id)]);
        tokio::time::sleep(seconds(60)).await;
    }
}

const PORTS: [&str; 3] = ["6443", "2379", "2380"];

// One of three may go, and the API answers still; of two that are gone it does not.
#[tokio::test(start_paused = true)]
async fn it_stands_the_loss_of_one() {
    let mut three = Three::new(&PORTS).await;
    let (first_id, first) = three.machine().await;
    let ended = three.init(&first).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let mut ids = vec![first_id.clone()];
    for _ in 0..2 {
        let (id, client) = three.machine().await;
        three.share(&client, &first).await;
        let ended = three.join(&client, true).await;
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains("A new etcd member was added"), "{}", ended.stdout);
        ids.push(id);
    }
    let (worker_id, worker) = three.machine().await;
    let ended = three.join(&worker, false).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let mock = three.site.mock().clone();
    assert_eq!(mock.nodes(&first_id).len(), 4);
    assert_eq!(mock.nodes(&ids[2]), mock.nodes(&first_id));
    tokio::time::sleep(seconds(80)).await;
    assert_eq!(three.ready(&worker).await, "ok 200");
    // A machine reaches itself through the load balancer.
    assert_eq!(three.ready(&first).await, "ok 200");

    three.end(&first_id).await;
    assert_eq!(three.ready(&worker).await, "ok 200");
    assert!(mock.nodes(&ids[1]).contains_key(&worker_id));
    three.end(&ids[1]).await;
    let told = three.ready(&worker).await;
    assert!(told.contains("500"), "{told}");
    three.end(&ids[2]).await;
    let told = three.ready(&worker).await;
    assert!(!told.contains("200") && !told.contains("500"), "{told}");
}

// With the client's address kept, a machine that talks to itself is not answered.
#[tokio::test(start_paused = true)]
async fn it_does_not_reach_itself_by_its_own_address() {
    let mut three = Three::new(&PORTS).await;
    three.shows_clients("true");
    let (_, first) = three.machine().await;
    let ended = three.init(&first).await;
    assert_eq!(ended.status, Some(1));
    assert!(ended.stderr.contains("upload-config") && ended.stderr.contains("i/o timeout"));
}

// What a further machine lacks is told.
#[tokio::test(start_paused = true)]
async fn what_a_further_one_lacks_is_told() {
    let mut three = Three::new(&["6443"]).await;
    let (_, first) = three.machine().await;
    assert_eq!(three.init(&first).await.status, Some(0));
    let (_, second) = three.machine().await;
    let ended = three.join(&second, true).await;
    assert!(ended.stderr.contains("failure loading certificate for CA"), "{}", ended.stderr);
    three.share(&second, &first).await;
    let ended = three.join(&second, true).await;
    assert!(
        ended.stderr.contains("etcd-join") && ended.stderr.contains(":2379"),
        "{}",
        ended.stderr
    );
    second.printed("echo other | sudo tee /etc/kubernetes/pki/etcd/ca.crt").await;
    second.printed("sudo rm /etc/kubernetes/kubelet.conf").await;
    let ended = three.join(&second, true).await;
    assert!(ended.stderr.contains("etcd-ca"), "{}", ended.stderr);
}
