//! `CreateTargetGroup`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{TargetGroup, TargetHealthCheck, arn};
use crate::ec2::Vpc;
use crate::elb::call::{check_range, invalid};
use crate::elb::name;
use crate::elb::tags::{self, Tag};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateTargetGroup {
    name: String,
    protocol: Option<String>,
    port: Option<u32>,
    vpc_id: Option<String>,
    health_check_protocol: Option<String>,
    health_check_port: Option<String>,
    health_check_path: Option<String>,
    health_check_interval_seconds: Option<u32>,
    health_check_timeout_seconds: Option<u32>,
    healthy_threshold_count: Option<u32>,
    unhealthy_threshold_count: Option<u32>,
    target_type: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl CreateTargetGroup {
    /// The defaults are those of groups for network load balancers, from the guide.
    fn health_check(&self) -> Result<TargetHealthCheck, AwsError> {
        let protocol = self.health_check_protocol.as_deref().unwrap_or("TCP");
        if !matches!(protocol, "TCP" | "HTTP" | "HTTPS") {
            return Err(invalid(format!(
                "Health check protocol '{protocol}' must be one of 'TCP', 'HTTP', 'HTTPS'"
            )));
        }
        if protocol == "TCP" && self.health_check_path.is_some() {
            return Err(invalid("Health check path cannot be specified for a TCP health check"));
        }
        let port = self.health_check_port.as_deref().unwrap_or("traffic-port");
        if port != "traffic-port" && !port.parse::<u16>().is_ok_and(|port| port != 0) {
            return Err(invalid(format!("Health check port '{port}' is not valid")));
        }
        let is_http = protocol != "TCP";
        let path = || self.health_check_path.clone().unwrap_or_else(|| "/".to_owned());
        let check = TargetHealthCheck {
            protocol: protocol.to_owned(),
            port: port.to_owned(),
            path: is_http.then(path),
            interval: self.health_check_interval_seconds.unwrap_or(30),
            timeout: self.health_check_timeout_seconds.unwrap_or(if is_http { 6 } else { 10 }),
            healthy_threshold: self.healthy_threshold_count.unwrap_or(5),
            unhealthy_threshold: self.unhealthy_threshold_count.unwrap_or(2),
        };
        check_range("HealthCheckIntervalSeconds", check.interval, &(5..=300))?;
        check_range("HealthCheckTimeoutSeconds", check.timeout, &(2..=120))?;
        check_range("HealthyThresholdCount", check.healthy_threshold, &(2..=10))?;
        check_range("UnhealthyThresholdCount", check.unhealthy_threshold, &(2..=10))?;
        if check.interval < check.timeout {
            return Err(invalid("Health check timeout must not be greater than the interval"));
        }
        Ok(check)
    }
}

/// Makes a target group without targets. The same request again changes nothing.
pub(crate) fn create(world: &mut World, input: &CreateTargetGroup) -> Answer {
    name::check("target group", &input.name)?;
    let tags = tags::read(world, &input.tags)?;
    let protocol = input.protocol.as_deref().ok_or_else(|| invalid("A protocol is required"))?;
    if !matches!(protocol, "TCP" | "UDP" | "TCP_UDP") {
        let why =
            format!("The simulator has target groups for TCP, UDP and TCP_UDP, not {protocol}");
        return Err(invalid(why));
    }
    let port = input.port.ok_or_else(|| invalid("A port is required"))?;
    check_range("Port", port, &(1..=65_535))?;
    let target_type = input.target_type.as_deref().unwrap_or("instance");
    if !matches!(target_type, "instance" | "ip") {
        let why =
            format!("The simulator has targets of the types instance and ip, not {target_type}");
        return Err(invalid(why));
    }
    let vpc_id = input.vpc_id.as_deref().ok_or_else(|| invalid("A VPC ID is required"))?;
    let why = format!("The VPC ID '{vpc_id}' is not found");
    let vpc_id = world.find::<Vpc>(vpc_id).map_err(|_| invalid(why))?.id.clone();
    let new = TargetGroup {
        arn: String::new(),
        name: input.name.clone(),
        protocol: protocol.to_owned(),
        port,
        vpc_id,
        target_type: target_type.to_owned(),
        health_check: input.health_check()?,
        targets: BTreeMap::new(),
        attributes: BTreeMap::new(),
        tags,
    };
    let old = world.elbv2.target_groups.values().find(|old| old.name == new.name);
    if let Some(old) = old {
        let (arn, targets) = (old.arn.clone(), old.targets.clone());
        if *old == (TargetGroup { arn, targets, attributes: old.attributes.clone(), ..new }) {
            return Ok(shown(world, old));
        }
        let why = format!("A target group named '{}' exists with other settings", old.name);
        let blocker = [old.arn.clone()];
        return Err(AwsError::new("DuplicateTargetGroupName", why).blocked_by(blocker));
    }
    if world.settings().quotas.target_groups <= world.elbv2.target_groups.len() {
        let why = "The account has as many target groups as it may have";
        return Err(AwsError::new("TooManyTargetGroups", why));
    }
    let group = TargetGroup { arn: arn::of_target_group(world, &input.name), ..new };
    let answer = shown(world, &group);
    world.add(group);
    Ok(answer)
}

fn shown(world: &World, group: &TargetGroup) -> Xml {
    Xml::new().list("TargetGroups", [group.show(world)])
}
