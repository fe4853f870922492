//! [`Access`]: how a step gets to a cluster's API.

use super::tunnel::Tunnel;
use crate::{Hosts, Way, printed::printed};
use hopper_core::{Cx, StepError};
use hyper_util::{client::legacy, rt::TokioExecutor};
use kube::{
    Client, Config,
    client::{ClientBuilder, ConfigExt as _},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Where kubeadm leaves the administrators' kubeconfig.
const ADMIN: &str = "/etc/kubernetes/admin.conf";

/// How a step gets to a cluster's API: through SSH to a machine of the control plane, as the
/// administrator whose kubeconfig is on that machine. So whoever may log in there needs no other
/// secret, also in order to undo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Access {
    /// The machine.
    pub way: Way,
}

impl Access {
    /// The administrators' kubeconfig: a secret.
    pub(crate) async fn kubeconfig(&self, hosts: &Hosts, cx: &Cx) -> Result<String, StepError> {
        let place = self.way.place(cx)?;
        // What sudo has to say, e.g. that the host's name is not in /etc/hosts, is on its standard
        // error.
        let bytes = printed(hosts, &place, &format!("sudo cat {ADMIN}")).await;
        let hint = "the machine has to be one of the control plane, and its user may sudo";
        let bytes = bytes.map_err(|error| error.with_hint(hint))?;
        String::from_utf8(bytes).map_err(|_| self.wrong(&"no text"))
    }

    fn wrong(&self, why: &dyn Display) -> StepError {
        StepError::permanent(format_args!("{ADMIN} on {}: {why}", self.way.name))
    }

    /// A client of the API.
    pub(crate) async fn client(&self, hosts: &Hosts, cx: &Cx) -> Result<Client, StepError> {
        let text = self.kubeconfig(hosts, cx).await?;
        let machine = hosts.machine(&self.way.place(cx)?);
        // Why it is none is not told: the text would be quoted, and it is a secret.
        let kubeconfig = Kubeconfig::from_yaml(&text).map_err(|_| self.wrong(&"no kubeconfig"))?;
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let config = config.map_err(|error| self.wrong(&error))?;
        let connector = config.rustls_https_connector_with_connector(Tunnel(machine));
        let connector = connector.map_err(|error| self.wrong(&error))?;
        let http = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let layer = config.base_uri_layer();
        Ok(ClientBuilder::new(http, config.default_namespace).with_layer(&layer).build())
    }
}
