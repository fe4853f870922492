//! [`KubeServiceLb`]: a Service of the type `LoadBalancer`.

use super::client::{all_or_nothing, is_of, tagged_subnets};
use super::{classic, network};
use crate::ec2::SecurityGroup;
use crate::wire::AwsError;
use crate::world::World;

/// A Service of the type `LoadBalancer`, for which Kubernetes makes a load balancer on its own.
///
/// # Default
/// A classic load balancer that faces the internet, with port 80 in front of node port 30080, in
/// the subnets that have the cluster's tag and the tag of their role.
///
/// ```
/// use std::time::Duration;
///
/// use hopper_mock::{AwsError, KubeServiceLb, Mock};
///
/// let mock = Mock::builder().build();
/// let made = |operation, params: &[(&str, &str)], path: &str| -> Result<String, AwsError> {
///     let answer = mock.call(operation, params).ok()?;
///     Ok(answer.get(path).unwrap_or_default().to_owned())
/// };
/// let vpc = made("CreateVpc", &[("CidrBlock", "10.0.0.0/16")], "vpc/vpcId")?;
/// let params = [("VpcId", vpc.as_str()), ("CidrBlock", "10.0.0.0/20")];
/// let subnet = made("CreateSubnet", &params, "subnet/subnetId")?;
/// let params = [("VpcId", vpc.as_str()), ("GroupName", "nodes"), ("GroupDescription", "nodes")];
/// let nodes = made("CreateSecurityGroup", &params, "groupId")?;
///
/// let demo = KubeServiceLb::new("hopper", "default/demo", &nodes).internal().subnets([&*subnet]);
/// let balancer = mock.kube_service_lb(&demo)?;
/// let listed = mock.call("elb:DescribeLoadBalancers", &[]);
/// assert_eq!(listed.text("LoadBalancerDescriptions/0/LoadBalancerName"), Some(&*balancer.name));
///
/// // Its interface and its group are in the way of whoever deletes the network …
/// assert_eq!(mock.call("DeleteSubnet", &[("SubnetId", &subnet)]).code(), Some("DependencyViolation"));
/// // … until the Service is deleted, and some time after.
/// mock.kube_service_lb_deleted("hopper", "default/demo")?;
/// mock.advance(Duration::from_secs(90));
/// assert_eq!(mock.call("DeleteSubnet", &[("SubnetId", &subnet)]).code(), None);
/// # Ok::<(), AwsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeServiceLb {
    pub(super) cluster: String,
    pub(super) service: String,
    pub(super) nodes_group: String,
    pub(super) is_network: bool,
    pub(super) is_internal: bool,
    pub(super) subnets: Vec<String>,
    pub(super) port: u16,
    pub(super) node_port: u16,
}

/// The load balancer of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeLoadBalancer {
    /// Its name: `a` and what the uid of the Service leaves room for.
    pub name: String,
    /// The name clients reach it by, as `kubectl get service` shows it.
    pub hostname: String,
}

impl KubeServiceLb {
    /// A Service, named `namespace/name`, of a cluster whose nodes are in a security group.
    pub fn new(cluster: &str, service: &str, nodes_group: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            service: service.to_owned(),
            nodes_group: nodes_group.to_owned(),
            is_network: false,
            is_internal: false,
            subnets: Vec::new(),
            port: 80,
            node_port: 30_080,
        }
    }

    /// A network load balancer, as the annotation `aws-load-balancer-type: nlb` asks for. It has
    /// no security group of its own; the nodes' group lets clients in.
    #[must_use]
    pub fn network(mut self) -> Self {
        self.is_network = true;
        self
    }

    /// Not for the internet, as the annotation `aws-load-balancer-internal` asks for.
    #[must_use]
    pub fn internal(mut self) -> Self {
        self.is_internal = true;
        self
    }

    /// In these subnets.
    #[must_use]
    pub fn subnets<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.subnets = ids.into_iter().map(Into::into).collect();
        self
    }

    /// The port of the load balancer, and that of the nodes behind it.
    #[must_use]
    pub fn ports(mut self, port: u16, node_port: u16) -> Self {
        (self.port, self.node_port) = (port, node_port);
        self
    }
}

impl World {
    /// Does what the cloud provider does for a new Service. One that has a load balancer already
    /// keeps it.
    ///
    /// # Errors
    /// What AWS refuses the provider; nothing is made then.
    pub fn kube_service_lb(
        &mut self,
        wanted: &KubeServiceLb,
    ) -> Result<KubeLoadBalancer, AwsError> {
        if let Some(old) = existing(self, wanted) {
            return Ok(old);
        }
        all_or_nothing(self, |world| {
            let vpc_id = world.find::<SecurityGroup>(&wanted.nodes_group)?.vpc_id.clone();
            let mut wanted = wanted.clone();
            if wanted.subnets.is_empty() {
                let KubeServiceLb { cluster, is_internal, .. } = &wanted;
                wanted.subnets = tagged_subnets(world, &vpc_id, cluster, *is_internal);
            }
            let name = name(world);
            let hostname = if wanted.is_network {
                network::make(world, &wanted, &vpc_id, &name)?
            } else {
                classic::make(world, &wanted, &vpc_id, &name)?
            };
            Ok(KubeLoadBalancer { name, hostname })
        })
    }
}

fn existing(world: &World, wanted: &KubeServiceLb) -> Option<KubeLoadBalancer> {
    let KubeServiceLb { cluster, service, .. } = wanted;
    let classic = world.elb.load_balancers.values();
    let classic = classic.map(|one| (&one.name, &one.dns_name, &one.tags));
    let newer = world.elbv2.load_balancers.values();
    let newer = newer.map(|one| (&one.name, &one.dns_name, &one.tags));
    let mut all = classic.chain(newer);
    let (name, hostname, _) = all.find(|(_, _, tags)| is_of(tags, cluster, service))?;
    Some(KubeLoadBalancer { name: name.clone(), hostname: hostname.clone() })
}

/// The name of the load balancer of a new Service: `a` and its uid without hyphens, cut to the 32
/// characters a name may have.
fn name(world: &mut World) -> String {
    let ids = &mut world.machinery.ids;
    let (high, low) = (ids.draw("kube-service"), ids.draw("kube-service"));
    let mut name = format!("a{high:016x}{low:016x}");
    name.truncate(32);
    name
}
