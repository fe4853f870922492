//! The Kubernetes API of a cluster, asked by the `kube` crate.

use std::io::ErrorKind;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Pod, Secret, Service};
use kube::Api;
use kube::api::{DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::client::key;
use super::kubernetes_site::{ALLOWED, Cluster, ECR, cloud_controller, demo, network};
use super::site::operator;
use crate::support::{accepted, seconds};

fn code<T>(result: Result<T, kube::Error>) -> u16 {
    match result {
        Err(kube::Error::Api(status)) => status.code,
        Err(error) => panic!("{error}"),
        Ok(_) => 200,
    }
}

async fn node(cluster: &Cluster, name: &str) -> Value {
    let api: Api<Node> = cluster.all();
    serde_json::to_value(api.get(name).await.unwrap()).unwrap()
}

fn ready(object: &Value) -> (String, String) {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    let one = conditions.iter().find(|one| one["type"] == "Ready").unwrap();
    let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("message"))
}

fn taints(node: &Value) -> Vec<&str> {
    let taints = node["spec"]["taints"].as_array().map(Vec::as_slice).unwrap_or_default();
    taints.iter().map(|taint| taint["key"].as_str().unwrap()).collect()
}

// [D] The whole way: network, cloud controller, worker, demo, its load balancer, and back.
#[tokio::test(start_paused = true)]
async fn a_cluster_comes_up_and_serves() {
    let cluster = Cluster::new().await;
    assert_eq!(cluster.client.apiserver_version().await.unwrap().git_version, "v1.36.3");
    let master = node(&cluster, "master").await;
    let (status, why) = ready(&master);
    assert_eq!(status, "False");
    assert!(why.contains("cni plugin not initialized"), "{why}");
    assert_eq!(taints(&master).len(), 3);
    assert_eq!(master["status"]["capacity"]["pods"], "17");

    cluster.add_ons().await;
    tokio::time::sleep(seconds(24)).await;
    assert_eq!(ready(&node(&cluster, "master").await).0, "False");
    tokio::time::sleep(seconds(2)).await;
    let master = node(&cluster, "master").await;
    assert_eq!(ready(&master).0, "True");
    assert_eq!(taints(&master), ["node-role.kubernetes.io/control-plane"]);
    assert_eq!(master["metadata"]["labels"]["topology.kubernetes.io/region"], "eu-west-1");
    tokio::time::sleep(seconds(3)).await;
    let dns: Api<Deployment> = cluster.api("kube-system");
    let status = dns.get("coredns").await.unwrap().status.unwrap();
    assert_eq!(status.ready_replicas, Some(2));

    let worker = cluster.worker(true).await;
    tokio::time::sleep(seconds(60)).await;
    let nodes = cluster.all::<Node>().list(&ListParams::default()).await.unwrap();
    assert_eq!(nodes.items.len(), 2, "{}", super::reach::console(&cluster.site, &worker));
    let name = nodes.items.iter().find_map(|it| it.metadata.name.clone().filter(|n| n != "master"));
    let name = name.unwrap();
    assert_eq!(ready(&node(&cluster, &name).await).0, "True");

    for object in demo() {
        cluster.apply(&object).await.unwrap();
    }
    let mock = cluster.site.mock();
    tokio::time::sleep(seconds(15)).await;
    let pods: Api<Pod> = cluster.api("default");
    let running = pods.list(&ListParams::default().labels("app=demo")).await.unwrap();
    let names: Vec<_> = running.iter().map(|pod| pod.metadata.name.clone().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert!(pods.logs(&names[0], &LogParams::default()).await.unwrap().contains("ready on"));
    let services: Api<Service> = cluster.api("default");
    let service = serde_json::to_value(services.get("demo").await.unwrap()).unwrap();
    let hostname = service["status"]["loadBalancer"]["ingress"][0]["hostname"].as_str().unwrap();
    let early = mock.http(&operator(), hostname).await.unwrap_err();
    assert_eq!(early.kind(), ErrorKind::ConnectionRefused);
    tokio::time::sleep(seconds(80)).await;
    let (status, body) = mock.http(&operator(), hostname).await.unwrap();
    assert_eq!((status, body.starts_with("<h1>served by demo-")), (200, true), "{body}");

    services.delete("demo", &DeleteParams::default()).await.unwrap();
    assert!(services.get("demo").await.unwrap().metadata.deletion_timestamp.is_some());
    tokio::time::sleep(seconds(95)).await;
    assert_eq!(code(services.get("demo").await), 404);
    assert!(mock.world().elb.load_balancers.is_empty());

    accepted(mock, "TerminateInstances", &[("InstanceId.1", &worker)]);
    tokio::time::sleep(seconds(52)).await;
    assert_eq!(ready(&node(&cluster, &name).await).0, "Unknown");
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(code(cluster.all::<Node>().get(&name).await), 404);
    let left = pods.list(&ListParams::default()).await.unwrap();
    assert!(left.iter().all(|pod| pod.spec.as_ref().unwrap().node_name.is_none()));
}

// [D] What is applied again changes nothing; what others own and what cannot change is refused.
#[tokio::test(start_paused = true)]
async fn objects_are_kept_as_a_server_keeps_them() {
    let cluster = Cluster::new().await;
    let map = |data: Value| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "m", "namespace": "default"}, "data": data,
        })
    };
    let first = cluster.apply(&map(json!({"a": "1", "b": "2"}))).await.unwrap();
    let again = cluster.apply(&map(json!({"a": "1", "b": "2"}))).await.unwrap();
    assert_eq!(first.metadata.resource_version, again.metadata.resource_version);
    let less = cluster.apply(&map(json!({"a": "1"}))).await.unwrap();
    assert_ne!(first.metadata.resource_version, less.metadata.resource_version);
    assert_eq!(less.data["data"], json!({"a": "1"}));
    let other = PatchParams::apply("other");
    assert_eq!(code(cluster.apply_as(&map(json!({"a": "9"})), &other).await), 409);
    let forced = cluster.apply_as(&map(json!({"a": "9"})), &other.force()).await.unwrap();
    assert_eq!(forced.data["data"], json!({"a": "9"}));

    let maps: Api<ConfigMap> = cluster.api("default");
    let mut stale = maps.get("m").await.unwrap();
    let patch = Patch::Merge(json!({"data": {"c": "3"}}));
    maps.patch("m", &PatchParams::default(), &patch).await.unwrap();
    stale.data = None;
    assert_eq!(code(maps.replace("m", &PostParams::default(), &stale).await), 409);
    assert_eq!(code(maps.create(&PostParams::default(), &stale).await), 409);
    assert_eq!(code(maps.get("none").await), 404);
    let elsewhere: Api<ConfigMap> = cluster.api("nowhere");
    let mut new = ConfigMap::default();
    new.metadata.name = Some("x".to_owned());
    assert_eq!(code(elsewhere.create(&PostParams::default(), &new).await), 404);

    let [mut deployment, service] = demo();
    cluster.apply(&deployment).await.unwrap();
    deployment["spec"]["selector"]["matchLabels"]["app"] = json!("b");
    deployment["spec"]["template"]["metadata"]["labels"]["app"] = json!("b");
    assert_eq!(code(cluster.apply(&deployment).await), 422);
    cluster.apply(&service).await.unwrap();
    let services: Api<Service> = cluster.api("default");
    let patch = Patch::Merge(json!({"spec": {"clusterIP": "10.96.0.99"}}));
    assert_eq!(code(services.patch("demo", &PatchParams::default(), &patch).await), 422);
    let unknown = json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": {"name": "x", "namespace": "default"},
    });
    assert_eq!(code(cluster.apply(&unknown).await), 404);
    let deployments: Api<Deployment> = cluster.api("default");
    let scale = Patch::Merge(json!({"spec": {"replicas": 0}}));
    deployments.patch_scale("demo", &PatchParams::default(), &scale).await.unwrap();
    let pods: Api<Pod> = cluster.api("default");
    assert!(pods.list(&ListParams::default()).await.unwrap().items.is_empty());
}

// [D] Whom the authority does not know is not let in, and the host's own address is in the
// certificate.
#[tokio::test(start_paused = true)]
async fn only_administrators_are_let_in() {
    let cluster = Cluster::new().await;
    let host = cluster.site.client_of(&cluster.control_plane).await;
    let mut way = cluster.way.clone();
    way.from = hopper_mock::host::Origin::Instance(cluster.control_plane.clone());
    way.address = "127.0.0.1:6443".to_owned();
    let nodes: Api<Node> = Api::all(way.client());
    assert_eq!(nodes.list(&ListParams::default()).await.unwrap().items.len(), 1);
    let reset = host.printed("sudo cat /etc/kubernetes/super-admin.conf").await;
    assert!(reset.contains("client-certificate-data: LS0"), "{reset}");
    let ca = rcgen::KeyPair::generate().unwrap();
    let stranger = rcgen::CertificateParams::default().self_signed(&ca).unwrap();
    let data = |text: String| {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD.encode(text)
    };
    let authority = host.printed("cat /etc/kubernetes/pki/ca.crt").await;
    let config = format!(
        "certificate-authority-data: {}\nclient-certificate-data: {}\nclient-key-data: {}\n",
        data(authority),
        data(stranger.pem()),
        data(ca.serialize_pem())
    );
    way.config = super::kubernetes_client::tls(&config);
    let nodes: Api<Node> = Api::all(way.client());
    assert_eq!(code(nodes.list(&ListParams::default()).await), 401);

    let id = [("InstanceId.1", cluster.control_plane.as_str())];
    accepted(cluster.site.mock(), "StopInstances", &id);
    tokio::time::sleep(seconds(26)).await;
    let from = &cluster.way.from;
    let address = cluster.way.address.parse().unwrap();
    let refused = cluster.site.mock().dial(from, address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TimedOut);
    accepted(cluster.site.mock(), "StartInstances", &id);
    tokio::time::sleep(seconds(60)).await;
    cluster.site.client_of(&cluster.control_plane).await;
    assert_eq!(cluster.all::<Node>().list(&ListParams::default()).await.unwrap().items.len(), 1);
    assert_eq!(key(1).algorithm().as_str(), "ssh-ed25519");
}

async fn messages(cluster: &Cluster) -> String {
    let events = cluster.all::<Event>().list(&ListParams::default()).await.unwrap();
    let texts: Vec<_> = events.iter().filter_map(|event| event.message.clone()).collect();
    texts.join("\n")
}

// [D] Without credentials for the registry the pod network does not come, and says why.
#[tokio::test(start_paused = true)]
async fn images_of_the_network_need_credentials() {
    let statements = r#"{"Effect":"Allow","Action":["ec2:*"],"Resource":"*"}"#;
    let cluster = Cluster::allowed(statements).await;
    cluster.add_ons().await;
    tokio::time::sleep(seconds(60)).await;
    let (status, _) = ready(&node(&cluster, "master").await);
    assert_eq!(status, "False");
    let pods: Api<Pod> = cluster.api("kube-system");
    let found = pods.list(&ListParams::default().labels("k8s-app=aws-node")).await.unwrap();
    let pod = serde_json::to_value(&found.items[0]).unwrap();
    let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"];
    assert_eq!(waiting["reason"], "ImagePullBackOff");
    let why = waiting["message"].as_str().unwrap();
    assert!(why.contains(ECR) && why.contains("ecr:GetAuthorizationToken"), "{why}");
    assert!(messages(&cluster).await.contains("0/1 nodes are available"));
}

// [D] What the role does not allow shows in the pod's log, and in the events of a Service.
#[tokio::test(start_paused = true)]
async fn roles_are_asked() {
    let statements = r#"{"Effect":"Allow","Action":["ec2:Describe*","ecr:*"],"Resource":"*"}"#;
    let cluster = Cluster::allowed(statements).await;
    cluster.apply(&network()).await.unwrap();
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(ready(&node(&cluster, "master").await).0, "False");
    let pods: Api<Pod> = cluster.api("kube-system");
    let found = pods.list(&ListParams::default().labels("k8s-app=aws-node")).await.unwrap();
    let name = found.items[0].metadata.name.clone().unwrap();
    let log = pods.logs(&name, &LogParams::default()).await.unwrap();
    assert!(log.contains("is not authorized to perform: ec2:AssignPrivateIpAddresses"), "{log}");

    let only = ALLOWED.replace("\"elasticloadbalancing:*\",", "");
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{only}]}}"#);
    let params =
        [("RoleName", "Node"), ("PolicyName", "node"), ("PolicyDocument", document.as_str())];
    accepted(cluster.site.mock(), "iam:PutRolePolicy", &params);
    cluster.apply(&cloud_controller()).await.unwrap();
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(ready(&node(&cluster, "master").await).0, "True");
    let [_, service] = demo();
    cluster.apply(&service).await.unwrap();
    tokio::time::sleep(seconds(5)).await;
    let shown = messages(&cluster).await;
    let why = "is not authorized to perform: elasticloadbalancing:ConfigureHealthCheck";
    assert!(shown.contains(why), "{shown}");
    let sets: Api<DaemonSet> = cluster.api("kube-system");
    let status = sets.get("kube-proxy").await.unwrap().status.unwrap();
    assert_eq!((status.desired_number_scheduled, status.number_ready), (1, 1));
}

// [D] The host and the API agree on tokens, and one that is deleted lets nobody join.
#[tokio::test(start_paused = true)]
async fn tokens_are_secrets() {
    let cluster = Cluster::new().await;
    let host = cluster.site.client_of(&cluster.control_plane).await;
    let secrets: Api<Secret> = cluster.api("kube-system");
    let made = host.printed("sudo kubeadm token create cccccc.0123456789abcdef --ttl 1m").await;
    assert_eq!(made, "cccccc.0123456789abcdef\n");
    assert!(secrets.get("bootstrap-token-cccccc").await.is_ok());
    tokio::time::sleep(seconds(61)).await;
    assert_eq!(code(secrets.get("bootstrap-token-cccccc").await), 404);
    secrets.delete("bootstrap-token-abcdef", &DeleteParams::default()).await.unwrap();
    assert!(!host.printed("sudo kubeadm token list").await.contains("abcdef."));
    let worker = cluster.worker(true).await;
    tokio::time::sleep(seconds(30)).await;
    assert_eq!(cluster.site.mock().nodes(&cluster.control_plane).len(), 1);
    let shown = super::reach::console(&cluster.site, &worker);
    assert!(shown.contains("JWS signature"), "{shown}");
}
