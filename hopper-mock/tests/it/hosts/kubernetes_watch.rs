//! Watches, kinds that are defined, finalizers, and what keeps a load balancer from coming.

use hopper_mock::Mock;
use http_body_util::BodyExt as _;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Node, Service};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::client::Body;
use serde_json::{Value, json};
use tower_service::Service as _;

use super::kubernetes_site::{Cluster, demo};
use crate::support::{accepted, seconds};

fn map(name: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"}, "data": data,
    })
}

// [D] A watch tells what comes after the version it is asked from, and ends in time.
#[tokio::test(start_paused = true)]
async fn a_watch_tells_changes() {
    let cluster = Cluster::new().await;
    let maps: Api<ConfigMap> = cluster.api("default");
    let listed = maps.list(&ListParams::default()).await.unwrap();
    let from = listed.metadata.resource_version.unwrap();
    let mut way = cluster.way.clone();
    let uri = format!(
        "/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=20&resourceVersion={from}"
    );
    let request = hyper::Request::get(uri).body(Body::empty()).unwrap();
    let response = way.call(request).await.unwrap();
    cluster.apply(&map("m", &json!({"a": "1"}))).await.unwrap();
    cluster.apply(&map("m", &json!({"a": "1"}))).await.unwrap();
    cluster.apply(&map("m", &json!({"a": "2"}))).await.unwrap();
    maps.delete("m", &DeleteParams::default()).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let lines: Vec<Value> = body
        .split(|byte| *byte == b'\n')
        .filter_map(|it| serde_json::from_slice(it).ok())
        .collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]);
    assert_eq!(lines[1]["object"]["data"]["a"], "2");
}

// [D] A definition makes its kind known, and a finalizer keeps an object.
#[tokio::test(start_paused = true)]
async fn kinds_are_defined_and_finalizers_keep() {
    let cluster = Cluster::new().await;
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing"},
            "versions": [{"name": "v1", "served": true, "storage": true}],
        },
    });
    cluster.apply(&definition).await.unwrap();
    let thing = json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": {"name": "x", "namespace": "default"}, "spec": {"size": 1},
    });
    cluster.apply(&thing).await.unwrap();
    let groups = cluster.client.list_api_groups().await.unwrap();
    assert!(groups.groups.iter().any(|group| group.name == "example.com"));

    let mut kept = map("kept", &json!({}));
    kept["metadata"]["finalizers"] = json!(["example.com/wait"]);
    cluster.apply(&kept).await.unwrap();
    let maps: Api<ConfigMap> = cluster.api("default");
    maps.delete("kept", &DeleteParams::default()).await.unwrap();
    assert!(maps.get("kept").await.unwrap().metadata.deletion_timestamp.is_some());
    let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    maps.patch("kept", &PatchParams::default(), &patch).await.unwrap();
    assert!(maps.get("kept").await.is_err());
}

// [D] Two tagged groups on a node are one too many; the world with its cluster can be saved.
#[tokio::test(start_paused = true)]
async fn one_group_of_a_node_is_tagged() {
    let cluster = Cluster::new().await;
    cluster.add_ons().await;
    let worker = cluster.worker(true).await;
    tokio::time::sleep(seconds(60)).await;
    let mock = cluster.site.mock();
    let groups = [
        ("InstanceId", worker.as_str()),
        ("GroupId.1", &cluster.site.private_group),
        ("GroupId.2", &cluster.site.bastion_group),
    ];
    accepted(mock, "ModifyInstanceAttribute", &groups);
    let tag = [
        ("ResourceId.1", cluster.site.bastion_group.as_str()),
        ("Tag.1.Key", "kubernetes.io/cluster/hopper"),
        ("Tag.1.Value", "owned"),
    ];
    accepted(mock, "CreateTags", &tag);
    let [_, service] = demo();
    cluster.apply(&service).await.unwrap();
    tokio::time::sleep(seconds(10)).await;
    let events = cluster.api::<Event>("default").list(&ListParams::default()).await.unwrap();
    let texts: Vec<_> = events.iter().filter_map(|event| event.message.clone()).collect();
    let why = format!("Multiple tagged security groups found for instance {worker}");
    assert!(texts.iter().any(|text| text.contains(&why)), "{texts:?}");
    let services: Api<Service> = cluster.api("default");
    let ingress = services.get("demo").await.unwrap().status.unwrap().load_balancer;
    assert!(ingress.and_then(|it| it.ingress).unwrap_or_default().is_empty());

    let tag = &tag[..2];
    accepted(mock, "DeleteTags", tag);
    tokio::time::sleep(seconds(10)).await;
    let ingress = services.get("demo").await.unwrap().status.unwrap().load_balancer;
    let events = cluster.api::<Event>("default").list(&ListParams::default()).await.unwrap();
    let texts: Vec<_> = events.iter().filter_map(|event| event.message.clone()).collect();
    assert!(ingress.is_some(), "{texts:?}");
    let events = cluster.api::<Event>("default").list(&ListParams::default()).await.unwrap();
    let texts: Vec<_> = events.iter().filter_map(|event| event.message.clone()).collect();
    assert!(ingress.as_ref().is_some_and(|it| it.ingress.is_some()), "{texts:#?}");
    let hostname = ingress.unwrap().ingress.unwrap()[0].hostname.clone().unwrap();
    tokio::time::sleep(seconds(90)).await;
    let (status, _) = mock.http(&super::site::operator(), &hostname).await.unwrap();
    assert_eq!(status, 503);

    let saved = serde_json::to_string(&mock.world()).unwrap();
    let world: hopper_mock::World = serde_json::from_str(&saved).unwrap();
    assert_eq!(world, mock.world());
    let nodes = cluster.all::<Node>().list(&ListParams::default()).await.unwrap();
    assert_eq!(nodes.items.len(), 2, "{:?}", Mock::now(mock));
}
