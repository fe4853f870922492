//! [`WorkerBoot`]: what a worker runs when it first starts.

use super::render;
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// What a worker runs when it first starts: it reads from Parameter Store how to join, with the
/// role of its machine, and joins. There is no secret in it.
///
/// Its node is named by the machine's private DNS name, and carries labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerBoot {
    /// The cluster's name.
    pub cluster: String,
    /// The name of the parameter: JSON with `token`, `endpoint` and `caCertHash`.
    pub parameter: String,
    /// How many pods fit on it: see [`max_pods`](super::max_pods).
    pub max_pods: u32,
    /// Its labels: none of `kubernetes.io` but those that a kubelet may set ("NodeRestriction",
    /// Kubernetes documentation).
    pub labels: BTreeMap<String, String>,
    /// How long it waits for the parameter and the control plane.
    pub patience: Duration,
}

#[derive(Serialize)]
struct Values<'a> {
    cluster: &'a str,
    parameter: &'a str,
    max_pods: u32,
    labels: String,
    patience: u64,
}

impl WorkerBoot {
    /// The script, for user data.
    ///
    /// # Errors
    ///
    /// When the template cannot be filled in, which is a mistake of this crate's.
    pub fn script(&self) -> Result<String, minijinja::Error> {
        let labels = self.labels.iter().map(|(key, value)| format!("{key}={value}"));
        let values = Values {
            cluster: &self.cluster,
            parameter: &self.parameter,
            max_pods: self.max_pods,
            labels: labels.collect::<Vec<_>>().join(","),
            patience: self.patience.as_secs(),
        };
        render("worker.sh", include_str!("worker.sh.j2"), values)
    }
}
