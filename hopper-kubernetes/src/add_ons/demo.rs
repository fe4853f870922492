//! [`demo()`]: a page that shows that a cluster works.

use super::manifest;
use k8s_openapi::{
    api::{
        apps::v1::{Deployment, DeploymentSpec},
        core::v1::{
            Container, ContainerPort, PodSpec, PodTemplateSpec, Service, ServicePort, ServiceSpec,
        },
    },
    apimachinery::pkg::{
        apis::meta::v1::{LabelSelector, ObjectMeta},
        util::intstr::IntOrString,
    },
};
use std::collections::BTreeMap;

/// The port that is served.
const PORT: i32 = 80;

/// A Deployment of three pods of an image that serves on port 80, and a Service of type
/// LoadBalancer before them, both called `demo`, in the namespace `default`.
///
/// # Errors
///
/// When an object cannot be written, which is a mistake of this crate's.
pub fn demo(image: &str) -> Result<String, serde_json::Error> {
    let labels = BTreeMap::from([("app".to_owned(), "demo".to_owned())]);
    let meta = ObjectMeta {
        name: Some("demo".to_owned()),
        namespace: Some("default".to_owned()),
        ..ObjectMeta::default()
    };
    let container = Container {
        name: "demo".to_owned(),
        image: Some(image.to_owned()),
        ports: Some(vec![ContainerPort { container_port: PORT, ..ContainerPort::default() }]),
        ..Container::default()
    };
    let deployment = Deployment {
        metadata: meta.clone(),
        spec: Some(DeploymentSpec {
            replicas: Some(3),
            selector: LabelSelector {
                match_labels: Some(labels.clone()),
                ..LabelSelector::default()
            },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels.clone()),
                    ..ObjectMeta::default()
                }),
                spec: Some(PodSpec { containers: vec![container], ..PodSpec::default() }),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    };
    let service = Service {
        metadata: meta,
        spec: Some(ServiceSpec {
            type_: Some("LoadBalancer".to_owned()),
            selector: Some(labels),
            ports: Some(vec![ServicePort {
                port: PORT,
                target_port: Some(IntOrString::Int(PORT)),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    manifest([serde_json::to_value(deployment)?, serde_json::to_value(service)?])
}
