//! [`Rollout`]: the pods of a Deployment or DaemonSet, running.

use crate::{
    Hosts,
    api::{Access, Look, api, until},
};
use hopper_core::{Cx, Found, Made, OnUnknown, Step, StepError};
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment},
    core::v1::{ContainerState, Pod},
};
use kube::{Api, Client, ResourceExt as _, api::ListParams};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Waits until all pods of a Deployment or DaemonSet run. If they do not, the error says of each
/// pod why.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rollout {
    /// The cluster.
    pub access: Access,
    /// Of what.
    pub of: Workload,
    /// Its namespace.
    pub namespace: String,
    /// How long it may take.
    pub within: Duration,
}

/// What makes pods.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    /// The Deployment of this name.
    Deployment(String),
    /// The DaemonSet of this name.
    DaemonSet(String),
}

impl Step for Rollout {
    const KIND: &'static str = "kubernetes.rollout";
    const ATOMIC: bool = true;
    const READS: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ();

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<(), StepError> {
        let client = self.access.client(hosts, cx).await?;
        let (Workload::Deployment(name) | Workload::DaemonSet(name)) = &self.of;
        until(cx, name, self.within, || async {
            let (ready, wanted) = self.count(&client).await?;
            if 0 < wanted && wanted <= ready {
                return Ok(Look::Ready(()));
            }
            let why = self.waiting(&client, name).await?;
            Ok(Look::NotYet(format!("{ready} of {wanted} pods ready{why}")))
        })
        .await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<()>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, ()>) -> Result<(), StepError> {
        Ok(())
    }
}

impl Rollout {
    /// How many pods are ready, and how many there should be: none before the controller has seen
    /// the latest change.
    async fn count(&self, client: &Client) -> Result<(i32, i32), StepError> {
        let namespace = &self.namespace;
        match &self.of {
            Workload::Deployment(name) => {
                let of: Api<Deployment> = Api::namespaced(client.clone(), namespace);
                let it = of.get(name).await.map_err(|error| api("get deployment", &error))?;
                let wanted = it.spec.and_then(|spec| spec.replicas).unwrap_or(1);
                let status = it.status.unwrap_or_default();
                Ok(match status.observed_generation == it.metadata.generation {
                    true => (status.ready_replicas.unwrap_or(0), wanted),
                    false => (0, wanted),
                })
            }
            Workload::DaemonSet(name) => {
                let of: Api<DaemonSet> = Api::namespaced(client.clone(), namespace);
                let it = of.get(name).await.map_err(|error| api("get daemonset", &error))?;
                let status = it.status.unwrap_or_default();
                Ok(match status.observed_generation == it.metadata.generation {
                    true => (status.number_ready, status.desired_number_scheduled),
                    false => (0, status.desired_number_scheduled),
                })
            }
        }
    }

    /// What its pods wait for.
    async fn waiting(&self, client: &Client, name: &str) -> Result<String, StepError> {
        let pods: Api<Pod> = Api::namespaced(client.clone(), &self.namespace);
        let pods = pods.list(&ListParams::default()).await;
        let pods = pods.map_err(|error| api("list pods", &error))?;
        let own = pods.iter().filter(|pod| pod.name_any().starts_with(&format!("{name}-")));
        Ok(own
            .filter_map(|pod| Some(format!("; {}: {}", pod.name_any(), waits_for(pod)?)))
            .collect())
    }
}

/// What a pod waits for.
fn waits_for(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let containers = status.container_statuses.iter().flatten();
    let waiting = containers
        .chain(status.init_container_statuses.iter().flatten())
        .filter_map(|container| container.state.as_ref())
        .find_map(|state| match state {
            ContainerState { waiting: Some(waiting), .. } => {
                let reason = waiting.reason.clone().unwrap_or_default();
                let why = waiting.message.as_ref().map(|why| format!(": {why}"));
                Some(format!("{reason}{}", why.unwrap_or_default()))
            }
            _ => None,
        });
    let conditions = status.conditions.iter().flatten();
    let unscheduled = conditions
        .filter(|condition| condition.type_ == "PodScheduled" && condition.status == "False")
        .find_map(|condition| condition.message.clone());
    unscheduled.or(waiting)
}
