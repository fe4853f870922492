//! [`NodesReady`]: nodes of a cluster, ready to run pods.

use crate::{
    Hosts,
    api::{Access, Look, api, within},
};
use hopper_core::{Cx, Found, Input, Made, OnUnknown, Step, StepError, outputs};
use k8s_openapi::api::core::v1::{Node, NodeCondition};
use kube::{Api, ResourceExt, api::ListParams};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Waits until so many nodes are ready, and none of them waits for the cloud provider any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodesReady {
    /// The cluster.
    pub access: Access,
    /// Which nodes, as a label selector, e.g. `!node-role.kubernetes.io/control-plane`.
    pub selector: String,
    /// How many at least.
    pub count: usize,
    /// Also those that the cloud provider has not looked at.
    pub uninitialized: bool,
    /// How long it may take.
    pub within: Duration,
    /// The group of their machines, whose consoles are quoted when they do not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Input<String>>,
}

outputs! {
    /// Nodes of a cluster.
    pub struct NodesReadyOut -> NodesReadyRefs {
        /// Their names, in order.
        names: Vec<String>,
    }
}

/// The taint of a node that the cloud provider has not looked at.
const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";

impl Step for NodesReady {
    const KIND: &'static str = "kubernetes.nodes_ready";
    const ATOMIC: bool = true;
    const READS: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = NodesReadyOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<NodesReadyOut, StepError> {
        let nodes: Api<Node> = Api::all(self.access.client(hosts, cx).await?);
        let params = ListParams::default().labels(&self.selector);
        let ready = within(cx, "nodes", self.within, || async {
            let nodes = nodes.list(&params).await.map_err(|error| api("list nodes", &error))?;
            let not_yet: Vec<_> = nodes.iter().filter_map(|node| self.lacks(node)).collect();
            let mut names: Vec<_> = nodes
                .iter()
                .filter(|node| self.lacks(node).is_none())
                .map(ResourceExt::name_any)
                .collect();
            names.sort();
            Ok(match self.count <= names.len() {
                true => Look::Ready(NodesReadyOut { names }),
                false => Look::NotYet(format!(
                    "{} of {} ready{}",
                    names.len(),
                    self.count,
                    not_yet.iter().map(|lacks| format!("; {lacks}")).collect::<String>()
                )),
            })
        });
        let last = match ready.await? {
            Ok(ready) => return Ok(ready),
            Err(last) => last,
        };
        let words = match &self.group {
            Some(group) => hosts.last_words(cx.get::<String>(group)).await,
            None => String::new(),
        };
        Err(StepError::permanent(format_args!("nodes: not ready {last}{words}")))
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<NodesReadyOut>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, _: &Hosts, _: &Cx, _: Made<'_, NodesReadyOut>) -> Result<(), StepError> {
        Ok(())
    }
}

impl NodesReady {
    /// What a node lacks.
    fn lacks(&self, node: &Node) -> Option<String> {
        let name = node.name_any();
        let status = node.status.as_ref().and_then(|status| status.conditions.as_ref());
        let ready = status.into_iter().flatten().find(|condition| condition.type_ == "Ready");
        let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_ref());
        let waits = taints.into_iter().flatten().any(|taint| taint.key == UNINITIALIZED);
        match ready {
            Some(NodeCondition { status, .. }) if status == "True" => {
                let waits = waits && !self.uninitialized;
                waits.then(|| format!("{name} waits for the cloud provider"))
            }
            Some(condition) => {
                let why = condition.message.as_deref().unwrap_or("it does not say why");
                Some(format!("{name} is not ready: {why}"))
            }
            None => Some(format!("{name} has not said how it is")),
        }
    }
}
