//! `CreateLoadBalancer`, for network load balancers.

use serde::Deserialize;

use super::arn;
use super::load_balancer::{LoadBalancer, Zone};
use crate::ec2::{Address, address_association};
use crate::elb::call::invalid;
use crate::elb::interfaces::{self, Frontage};
use crate::elb::name;
use crate::elb::place::{Place, configuration, ensure_role};
use crate::elb::tags::{self, Tag};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Transition, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateLoadBalancer {
    name: String,
    #[serde(default)]
    subnets: Vec<String>,
    #[serde(default)]
    subnet_mappings: Vec<SubnetMapping>,
    #[serde(default)]
    security_groups: Vec<String>,
    scheme: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(rename = "Type")]
    balancer_type: Option<String>,
    ip_address_type: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SubnetMapping {
    subnet_id: String,
    allocation_id: Option<String>,
}

impl CreateLoadBalancer {
    /// The subnets in the order of their ids, each with the address for it.
    fn mappings(&self) -> Result<Vec<SubnetMapping>, AwsError> {
        let plain = |id: &String| SubnetMapping { subnet_id: id.clone(), allocation_id: None };
        let mut mappings = match (self.subnets.is_empty(), self.subnet_mappings.is_empty()) {
            (false, true) => self.subnets.iter().map(plain).collect(),
            (true, false) => self.subnet_mappings.clone(),
            _ => return Err(invalid("Either Subnets or SubnetMappings must be specified")),
        };
        mappings.sort_by(|one, other| one.subnet_id.cmp(&other.subnet_id));
        mappings.dedup_by(|one, other| one.subnet_id == other.subnet_id);
        Ok(mappings)
    }
}

/// Makes a load balancer, which is `provisioning` first. The same request again changes nothing.
pub(crate) fn create(world: &mut World, input: &CreateLoadBalancer) -> Answer {
    let name = input.name.as_str();
    name::check("load balancer", name)?;
    if name.starts_with("internal-") {
        return Err(invalid("A load balancer name must not begin with 'internal-'"));
    }
    if input.balancer_type.as_deref() != Some("network") {
        return Err(invalid("The simulator has load balancers of the Type network only"));
    }
    if input.ip_address_type.as_deref().is_some_and(|given| given != "ipv4") {
        return Err(invalid("The simulator has load balancers of the IpAddressType ipv4 only"));
    }
    let scheme = match input.scheme.as_deref() {
        None | Some("internet-facing") => "internet-facing",
        Some("internal") => "internal",
        Some(other) => return Err(invalid(format!("The Scheme '{other}' is not valid"))),
    };
    let is_public = scheme == "internet-facing";
    let tags = tags::read(world, &input.tags)?;
    let mappings = input.mappings()?;
    let subnet_ids: Vec<_> = mappings.iter().map(|one| one.subnet_id.clone()).collect();
    let old = world.elbv2.load_balancers.values().find(|old| old.name == name);
    if let Some(old) = old {
        let is_same = old.scheme == scheme
            && old.zones.iter().map(|zone| &zone.subnet_id).eq(&subnet_ids)
            && old.group_ids == input.security_groups
            && old.tags == tags;
        if is_same {
            return Ok(shown(world, old));
        }
        let why = format!("A load balancer named {name} exists with other settings");
        let blocker = [old.arn.clone()];
        return Err(AwsError::new("DuplicateLoadBalancerName", why).blocked_by(blocker));
    }
    let bad_request = |error: AwsError| error.with_status(400);
    let place = Place::find(world, &subnet_ids, is_public).map_err(bad_request)?;
    let group_ids = match input.security_groups.as_slice() {
        [] => Vec::new(),
        groups => place.groups(world, groups).map_err(bad_request)?,
    };
    check_addresses(world, &mappings, is_public)?;
    if world.settings().quotas.network_load_balancers <= world.elbv2.load_balancers.len() {
        let why = "The account has as many load balancers as it may have";
        return Err(AwsError::new("TooManyLoadBalancers", why));
    }
    let (arn, path) = arn::of_load_balancer(world, name);
    let frontage = Frontage {
        description: format!("ELB {path}"),
        interface_type: "network_load_balancer",
        group_ids: &group_ids,
        is_public,
    };
    let interface_ids = interfaces::make(world, &place, &frontage)?;
    ensure_role(world);
    let zones = place.subnets.iter().zip(interface_ids).zip(mappings);
    let zones: Vec<_> = zones
        .map(|((subnet, network_interface_id), mapping)| Zone {
            name: subnet.availability_zone.clone(),
            subnet_id: subnet.id.clone(),
            network_interface_id,
            allocation_id: mapping.allocation_id,
        })
        .collect();
    for zone in &zones {
        let interface = world.ec2.network_interfaces.get(&zone.network_interface_id);
        let private_ip = interface.and_then(crate::ec2::NetworkInterface::private_ip);
        if let (Some(id), Some(private_ip)) = (&zone.allocation_id, private_ip) {
            address_association::associate(world, id, &zone.network_interface_id, private_ip);
        }
    }
    let number = path.rsplit('/').next().unwrap_or_default();
    let balancer = LoadBalancer {
        dns_name: format!("{name}-{number}.elb.{}.amazonaws.com", world.region),
        arn: arn.clone(),
        name: name.to_owned(),
        scheme: scheme.to_owned(),
        state: "provisioning".to_owned(),
        state_reason: None,
        vpc_id: place.vpc_id,
        zones,
        group_ids,
        created: world.now,
        tags,
    };
    let answer = shown(world, &balancer);
    world.add(balancer);
    let failure = world.doom("CreateLoadBalancer");
    let after = world.settings().latencies.network_load_balancer_active;
    world.schedule(after, Transition::NetworkLoadBalancerEnded(arn, failure));
    Ok(answer)
}

/// Refuses addresses that do not exist, stand for something else, or are of no use.
fn check_addresses(
    world: &World,
    mappings: &[SubnetMapping],
    is_public: bool,
) -> Result<(), AwsError> {
    for id in mappings.iter().filter_map(|mapping| mapping.allocation_id.as_ref()) {
        let why = format!("The allocation ID '{id}' does not exist");
        let address: &Address =
            world.find(id).map_err(|_| AwsError::new("AllocationIdNotFound", why))?;
        if let Some(association) = &address.association {
            let why = format!("The allocation ID '{id}' is in use");
            let blocker = [association.network_interface_id.clone()];
            return Err(AwsError::new("ResourceInUse", why).blocked_by(blocker));
        }
        if !is_public {
            let why = "An internal load balancer takes no Elastic IP address";
            return Err(configuration(why).with_status(400));
        }
    }
    Ok(())
}

fn shown(world: &World, balancer: &LoadBalancer) -> Xml {
    Xml::new().list("LoadBalancers", [balancer.show(world)])
}
