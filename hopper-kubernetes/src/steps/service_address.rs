//! [`ServiceAddress`]: the load balancer that a cluster makes for a Service.

use crate::{
    Hosts,
    api::{Access, Look, api, until},
};
use hopper_core::{Cx, Found, Made, OnUnknown, Step, StepError, outputs};
use k8s_openapi::api::core::v1::{Event, LoadBalancerIngress, Service};
use kube::{Api, api::ListParams};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Waits until a Service of type LoadBalancer has its load balancer. If it gets none, the error
/// says why, as the cloud provider says it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServiceAddress {
    /// The cluster.
    pub access: Access,
    /// The Service's namespace.
    pub namespace: String,
    /// The Service's name.
    pub name: String,
    /// How long it may take.
    pub within: Duration,
}

outputs! {
    /// A load balancer.
    pub struct ServiceAddressOut -> ServiceAddressRefs {
        /// Its DNS name, or its address.
        hostname: String,
    }
}

impl Step for ServiceAddress {
    const KIND: &'static str = "kubernetes.service_address";
    const ATOMIC: bool = true;
    const READS: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Hosts;
    type Output = ServiceAddressOut;

    async fn run(&self, hosts: &Hosts, cx: &Cx) -> Result<ServiceAddressOut, StepError> {
        let client = self.access.client(hosts, cx).await?;
        let services: Api<Service> = Api::namespaced(client.clone(), &self.namespace);
        let events: Api<Event> = Api::namespaced(client, &self.namespace);
        let name = &self.name;
        let of_it = ListParams::default().fields(&format!("involvedObject.name={name}"));
        until(cx, &format!("the load balancer of {name}"), self.within, || async {
            let service = services.get(name).await.map_err(|error| api("get service", &error))?;
            if let Some(hostname) = hostname(service) {
                return Ok(Look::Ready(ServiceAddressOut { hostname }));
            }
            let events = events.list(&of_it).await.map_err(|error| api("list events", &error))?;
            let warnings =
                events.items.into_iter().filter(|e| e.type_.as_deref() == Some("Warning"));
            let last = warnings.filter_map(|event| event.message).next_back();
            Ok(Look::NotYet(last.unwrap_or_else(|| "not there".to_owned())))
        })
        .await
    }

    async fn find(&self, _: &Hosts, _: &Cx) -> Result<Found<ServiceAddressOut>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(
        &self,
        _: &Hosts,
        _: &Cx,
        _: Made<'_, ServiceAddressOut>,
    ) -> Result<(), StepError> {
        Ok(())
    }
}

/// The name or the address of a Service's load balancer.
fn hostname(service: Service) -> Option<String> {
    let ingress = service.status?.load_balancer?.ingress?;
    let LoadBalancerIngress { hostname, ip, .. } = ingress.into_iter().next()?;
    hostname.or(ip)
}
