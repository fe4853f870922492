//! [`TargetGroup`]: the record, and `DescribeTargetGroups`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Listener, LoadBalancer, arn};
use crate::Time;
use crate::elb::call::{invalid, page};
use crate::wire::{Answer, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// What a network load balancer passes connections on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `TCP`, `UDP` or `TCP_UDP`.
    pub protocol: String,
    /// The port of its targets, unless they have others.
    pub port: u32,
    /// The VPC its targets are in.
    pub vpc_id: String,
    /// `instance` or `ip`.
    pub target_type: String,
    /// How its targets are checked.
    pub health_check: TargetHealthCheck,
    /// Its targets, by id and port.
    pub targets: BTreeMap<String, Target>,
    /// Its attributes that are not what they are at first.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Tags,
}

/// How targets are checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetHealthCheck {
    /// `TCP`, `HTTP` or `HTTPS`.
    pub protocol: String,
    /// A port, or `traffic-port`.
    pub port: String,
    /// What is asked for by HTTP.
    pub path: Option<String>,
    /// Seconds between two checks.
    pub interval: u32,
    /// Seconds after which an answer is missing.
    pub timeout: u32,
    /// After how many successes in a row a target is healthy.
    pub healthy_threshold: u32,
    /// After how many failures in a row a target is unhealthy.
    pub unhealthy_threshold: u32,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The instance, or the address.
    pub id: String,
    /// Its port.
    pub port: u32,
    /// Since when it is one.
    pub registered: Time,
}

impl TargetGroup {
    /// The listeners that pass connections on to it.
    pub(super) fn users<'a>(
        world: &'a World,
        arn: &'a str,
    ) -> impl Iterator<Item = &'a Listener> + 'a {
        let listeners = world.elbv2.listeners.values();
        listeners.filter(move |listener| listener.target_group_arn == arn)
    }

    /// The load balancer that uses it; there can be one.
    pub(super) fn load_balancer<'a>(&'a self, world: &'a World) -> Option<&'a str> {
        Self::users(world, &self.arn).map(|listener| listener.load_balancer_arn.as_str()).next()
    }

    pub(super) fn show(&self, world: &World) -> Xml {
        let check = &self.health_check;
        Xml::new()
            .text("TargetGroupArn", &self.arn)
            .text("TargetGroupName", &self.name)
            .text("Protocol", &self.protocol)
            .text("Port", self.port)
            .text("VpcId", &self.vpc_id)
            .text("HealthCheckProtocol", &check.protocol)
            .text("HealthCheckPort", &check.port)
            .text("HealthCheckEnabled", true)
            .text("HealthCheckIntervalSeconds", check.interval)
            .text("HealthCheckTimeoutSeconds", check.timeout)
            .text("HealthyThresholdCount", check.healthy_threshold)
            .text("UnhealthyThresholdCount", check.unhealthy_threshold)
            .opt("HealthCheckPath", check.path.as_ref())
            .texts("LoadBalancerArns", self.load_balancer(world))
            .text("TargetType", &self.target_type)
            .text("IpAddressType", "ipv4")
    }
}

impl Resource for TargetGroup {
    const KIND: Kind = Kind {
        name: "targetgroup",
        prefix: "",
        noun: "target group",
        malformed: "ValidationError",
        missing: "TargetGroupNotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.elbv2.target_groups
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.elbv2.target_groups
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTargetGroups {
    load_balancer_arn: Option<String>,
    #[serde(default)]
    target_group_arns: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    marker: Option<String>,
    page_size: Option<usize>,
}

/// Lists target groups: those of a load balancer, those named by ARN or by name, which must
/// exist, or all.
pub(crate) fn describe(world: &mut World, input: &DescribeTargetGroups) -> Answer {
    let all = || world.elbv2.target_groups.values().filter(|group| world.sees(&group.arn));
    let arns = input.target_group_arns.as_slice();
    let found = match (&input.load_balancer_arn, arns, input.names.as_slice()) {
        (None, [], []) => all().collect(),
        (Some(balancer), [], []) => {
            arn::find::<LoadBalancer>(world, balancer)?;
            all().filter(|group| group.load_balancer(world) == Some(balancer)).collect()
        }
        (None, arns, []) => {
            arns.iter().map(|one| arn::find(world, one)).collect::<Result<_, _>>()?
        }
        (None, [], names) => names
            .iter()
            .map(|name| {
                let found = all().find(|group| group.name == *name);
                found.ok_or_else(|| TargetGroup::KIND.not_found(name))
            })
            .collect::<Result<Vec<_>, _>>()?,
        _ => return Err(invalid("Target groups are named in one way at a time")),
    };
    let (found, next) = page(found, |one| &one.arn, input.page_size, input.marker.as_deref())?;
    let shown = found.into_iter().map(|group| group.show(world));
    Ok(Xml::new().list("TargetGroups", shown).opt("NextMarker", next))
}
