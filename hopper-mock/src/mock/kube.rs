//! What Kubernetes does on its own, asked of a [`Mock`].

use super::Mock;
use crate::kubernetes::{KubeLoadBalancer, KubeServiceLb};
use crate::wire::AwsError;

impl Mock {
    /// Lets Kubernetes make the load balancer of a new Service: see [`KubeServiceLb`].
    ///
    /// No call is recorded, for no user made it; what it makes is among the
    /// [leftovers](crate::World::leftovers).
    ///
    /// # Errors
    /// What AWS refuses the cloud provider; nothing is made then.
    pub fn kube_service_lb(&self, wanted: &KubeServiceLb) -> Result<KubeLoadBalancer, AwsError> {
        self.edit(|world| world.kube_service_lb(wanted))
    }

    /// Lets Kubernetes delete the load balancer of a Service, named `namespace/name`, that is
    /// deleted: over some time, as the cloud provider does.
    ///
    /// # Errors
    /// `LoadBalancerNotFound`, if the Service has none.
    pub fn kube_service_lb_deleted(&self, cluster: &str, service: &str) -> Result<(), AwsError> {
        self.edit(|world| world.kube_service_lb_deleted(cluster, service))
    }
}
