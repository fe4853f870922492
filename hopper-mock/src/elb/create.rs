//! `CreateLoadBalancer`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::call::invalid;
use super::interfaces::{self, Frontage};
use super::listener::{self, GivenListener};
use super::place::{Place, configuration, ensure_role};
use super::tags::{self, Tag};
use super::{HealthCheck, LoadBalancer, name};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateLoadBalancer {
    load_balancer_name: String,
    listeners: Vec<GivenListener>,
    #[serde(default)]
    availability_zones: Vec<String>,
    #[serde(default)]
    subnets: Vec<String>,
    #[serde(default)]
    security_groups: Vec<String>,
    scheme: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Makes a load balancer with an interface in each subnet. The same request again changes nothing.
pub(crate) fn create(world: &mut World, input: &CreateLoadBalancer) -> Answer {
    let name = input.load_balancer_name.as_str();
    name::check("load balancer", name)?;
    let listeners = listener::read(&input.listeners)?;
    let tags = tags::read(world, &input.tags)?;
    let scheme = match input.scheme.as_deref() {
        None | Some("internet-facing") => "internet-facing",
        Some("internal") => "internal",
        Some(other) => {
            let why = format!("The scheme {other} is neither internet-facing nor internal");
            return Err(AwsError::new("InvalidScheme", why));
        }
    };
    let is_public = scheme == "internet-facing";
    match (input.availability_zones.is_empty(), input.subnets.is_empty()) {
        (true, false) => {}
        (false, true) => {
            let why = "Zones are for an account with a default VPC: name subnets";
            return Err(configuration(why));
        }
        _ => return Err(invalid("Either AvailabilityZones or Subnets must be specified")),
    }
    let old = world.elb.load_balancers.get(name);
    if let Some(old) = old {
        let mut subnet_ids = input.subnets.clone();
        subnet_ids.sort();
        let is_same = old.listeners == listeners
            && old.scheme == scheme
            && old.subnet_ids == subnet_ids
            && (input.security_groups.is_empty() || old.group_ids == input.security_groups)
            && old.tags == tags;
        if is_same {
            return Ok(Xml::new().text("DNSName", &old.dns_name));
        }
        let why = format!("A load balancer named {name} exists with other settings");
        let blocker = [name.to_owned()];
        return Err(AwsError::new("DuplicateLoadBalancerName", why).blocked_by(blocker));
    }
    let place = Place::find(world, &input.subnets, is_public)?;
    let group_ids = place.groups(world, &input.security_groups)?;
    if world.settings().quotas.classic_load_balancers <= world.elb.load_balancers.len() {
        let why = "The account has as many load balancers as it may have";
        return Err(AwsError::new("TooManyLoadBalancers", why));
    }
    let frontage = Frontage {
        description: format!("ELB {name}"),
        interface_type: "interface",
        group_ids: &group_ids,
        is_public,
    };
    let network_interface_ids = interfaces::make(world, &place, &frontage)?;
    ensure_role(world);
    let number = world.machinery.ids.draw("load-balancer") % 10_000_000_000;
    let label = if is_public { name.to_owned() } else { format!("internal-{name}") };
    let balancer = LoadBalancer {
        name: name.to_owned(),
        dns_name: format!("{label}-{number:010}.{}.elb.amazonaws.com", world.region),
        scheme: scheme.to_owned(),
        subnet_ids: place.subnet_ids(),
        vpc_id: place.vpc_id,
        group_ids,
        health_check: HealthCheck::of_new(&listeners),
        listeners,
        instances: BTreeMap::new(),
        network_interface_ids,
        created: world.now,
        tags,
    };
    let answer = Xml::new().text("DNSName", &balancer.dns_name);
    world.add(balancer);
    Ok(answer)
}
