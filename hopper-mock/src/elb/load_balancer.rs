//! [`LoadBalancer`]: the record, and `DescribeLoadBalancers`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::page;
use super::{HealthCheck, Listener};
use crate::Time;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A classic load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// The name clients reach it by.
    pub dns_name: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// The subnets it is in.
    pub subnet_ids: Vec<String>,
    /// The security groups its interfaces are in.
    pub group_ids: Vec<String>,
    /// What it listens to.
    pub listeners: Vec<Listener>,
    /// How it checks its instances.
    pub health_check: HealthCheck,
    /// The instances behind it, with the time since when each is.
    pub instances: BTreeMap<String, Time>,
    /// Its network interfaces.
    pub network_interface_ids: Vec<String>,
    /// When it was made.
    pub created: Time,
    /// Its tags.
    pub tags: Tags,
}

/// The hosted zone of the names of classic load balancers in eu-west-1, from the general reference.
const HOSTED_ZONE: &str = "Z32O12XQLNTSW2";

impl LoadBalancer {
    /// The one with this name.
    ///
    /// # Errors
    /// `LoadBalancerNotFound`.
    pub(super) fn find<'a>(world: &'a World, name: &str) -> Result<&'a Self, AwsError> {
        let found = world.elb.load_balancers.get(name).filter(|_| world.sees(name));
        found.ok_or_else(|| not_found(name))
    }

    /// The same, to change.
    pub(super) fn find_mut<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Self, AwsError> {
        Self::find(world, name)?;
        world.elb.load_balancers.get_mut(name).ok_or_else(|| not_found(name))
    }

    fn show(&self, world: &World) -> Xml {
        let text = |items: &[String]| items.to_vec();
        let zones = self.subnet_ids.iter().filter_map(|id| world.ec2.subnets.get(id));
        let first_group = self.group_ids.first().and_then(|id| world.ec2.security_groups.get(id));
        let source = first_group.map(|group| {
            Xml::new().text("OwnerAlias", &world.account).text("GroupName", &group.name)
        });
        let is_public = self.scheme == "internet-facing";
        let policies = Xml::new()
            .list("AppCookieStickinessPolicies", [])
            .list("LBCookieStickinessPolicies", [])
            .list("OtherPolicies", []);
        Xml::new()
            .text("LoadBalancerName", &self.name)
            .text("DNSName", &self.dns_name)
            .opt("CanonicalHostedZoneName", is_public.then_some(&self.dns_name))
            .text("CanonicalHostedZoneNameID", HOSTED_ZONE)
            .list("ListenerDescriptions", self.listeners.iter().map(Listener::show))
            .node("Policies", policies)
            .list("BackendServerDescriptions", [])
            .texts("AvailabilityZones", zones.map(|subnet| &subnet.availability_zone))
            .texts("Subnets", text(&self.subnet_ids))
            .text("VPCId", &self.vpc_id)
            .list("Instances", self.instances.keys().map(|id| Xml::new().text("InstanceId", id)))
            .and(self.health_check.show())
            .opt_node("SourceSecurityGroup", source)
            .texts("SecurityGroups", text(&self.group_ids))
            .text("CreatedTime", self.created)
            .text("Scheme", &self.scheme)
    }
}

fn not_found(name: &str) -> AwsError {
    let why = format!("There is no ACTIVE Load Balancer named '{name}'");
    AwsError::new(LoadBalancer::KIND.missing, why)
}

impl Resource for LoadBalancer {
    const KIND: Kind = Kind {
        name: "loadbalancer",
        prefix: "",
        noun: "load balancer",
        malformed: "ValidationError",
        missing: "LoadBalancerNotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.elb.load_balancers
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.elb.load_balancers
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeLoadBalancers {
    #[serde(default)]
    load_balancer_names: Vec<String>,
    marker: Option<String>,
    page_size: Option<usize>,
}

/// Lists load balancers: those named, which must exist, or all.
pub(crate) fn describe(world: &mut World, input: &DescribeLoadBalancers) -> Answer {
    let all = world.elb.load_balancers.values().filter(|balancer| world.sees(&balancer.name));
    let found = match input.load_balancer_names.as_slice() {
        [] => all.collect(),
        names => names
            .iter()
            .map(|name| LoadBalancer::find(world, name))
            .collect::<Result<Vec<_>, _>>()?,
    };
    let (found, next) = page(found, |one| &one.name, input.page_size, input.marker.as_deref())?;
    let shown = found.into_iter().map(|balancer| balancer.show(world));
    Ok(Xml::new().list("LoadBalancerDescriptions", shown).opt("NextMarker", next))
}
