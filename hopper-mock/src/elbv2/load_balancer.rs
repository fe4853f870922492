//! [`LoadBalancer`]: the record, and `DescribeLoadBalancers`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arn;
use crate::Time;
use crate::ec2::network_interface::public_ip_of;
use crate::elb::call::{invalid, page};
use crate::wire::{Answer, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A network load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The name clients reach it by.
    pub dns_name: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// `provisioning`, then `active` or `failed`.
    pub state: String,
    /// Why it failed.
    pub state_reason: Option<String>,
    /// The VPC it is in.
    pub vpc_id: String,
    /// Where it is in each zone.
    pub zones: Vec<Zone>,
    /// The security groups its interfaces are in; there may be none.
    pub group_ids: Vec<String>,
    /// When it was made.
    pub created: Time,
    /// Its tags.
    pub tags: Tags,
}

/// What a load balancer has in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The zone.
    pub name: String,
    /// The subnet.
    pub subnet_id: String,
    /// The network interface.
    pub network_interface_id: String,
    /// The Elastic IP address it was given.
    pub allocation_id: Option<String>,
}

/// The hosted zone of the names of network load balancers in eu-west-1, from the general reference.
const HOSTED_ZONE: &str = "Z2IFOLAFXWLO4F";

impl LoadBalancer {
    pub(super) fn show(&self, world: &World) -> Xml {
        let state = Xml::new().text("Code", &self.state).opt("Reason", self.state_reason.as_ref());
        Xml::new()
            .text("LoadBalancerArn", &self.arn)
            .text("DNSName", &self.dns_name)
            .text("CanonicalHostedZoneId", HOSTED_ZONE)
            .text("CreatedTime", self.created)
            .text("LoadBalancerName", &self.name)
            .text("Scheme", &self.scheme)
            .text("VpcId", &self.vpc_id)
            .node("State", state)
            .text("Type", "network")
            .list("AvailabilityZones", self.zones.iter().map(|zone| zone.show(world)))
            .texts("SecurityGroups", &self.group_ids)
            .text("IpAddressType", "ipv4")
    }
}

impl Zone {
    fn show(&self, world: &World) -> Xml {
        // Amazon's own addresses are not told, an Elastic IP address is.
        let address = self.allocation_id.as_ref().map(|id| {
            let interface = world.ec2.network_interfaces.get(&self.network_interface_id);
            let public = interface
                .and_then(|interface| public_ip_of(world, interface, interface.private_ip()?));
            Xml::new().opt("IpAddress", public.map(|ip| ip.address)).text("AllocationId", id)
        });
        Xml::new()
            .text("ZoneName", &self.name)
            .text("SubnetId", &self.subnet_id)
            .list("LoadBalancerAddresses", address)
    }
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
        &world.elbv2.load_balancers
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.elbv2.load_balancers
    }

    fn id(&self) -> &str {
        &self.arn
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

/// The load balancer is ready, or failed with this code.
pub(crate) fn ended(world: &mut World, arn: &str, failure: Option<String>) {
    if let Some(balancer) = world.elbv2.load_balancers.get_mut(arn)
        && balancer.state == "provisioning"
    {
        let state = if failure.is_none() { "active" } else { "failed" };
        state.clone_into(&mut balancer.state);
        balancer.state_reason = failure;
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeLoadBalancers {
    #[serde(default)]
    load_balancer_arns: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    marker: Option<String>,
    page_size: Option<usize>,
}

/// Lists load balancers: those named by ARN or by name, which must exist, or all.
pub(crate) fn describe(world: &mut World, input: &DescribeLoadBalancers) -> Answer {
    let all = || world.elbv2.load_balancers.values().filter(|balancer| world.sees(&balancer.arn));
    let found = match (input.load_balancer_arns.as_slice(), input.names.as_slice()) {
        ([], []) => all().collect(),
        (arns, []) => arns.iter().map(|one| arn::find(world, one)).collect::<Result<_, _>>()?,
        ([], names) => names
            .iter()
            .map(|name| {
                let found = all().find(|balancer| balancer.name == *name);
                found.ok_or_else(|| LoadBalancer::KIND.not_found(name))
            })
            .collect::<Result<Vec<_>, _>>()?,
        _ => return Err(invalid("Load balancers are named by ARNs or by names, not by both")),
    };
    let (found, next) = page(found, |one| &one.arn, input.page_size, input.marker.as_deref())?;
    let shown = found.into_iter().map(|balancer| balancer.show(world));
    Ok(Xml::new().list("LoadBalancers", shown).opt("NextMarker", next))
}
