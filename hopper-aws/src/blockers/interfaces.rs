//! Network interfaces: what each is, and whose.

use super::name;
use crate::{Aws, call::read, sdk_tag};
use aws_sdk_ec2::types::{Filter, NetworkInterface};
use hopper_core::{Cx, StepError};
use std::collections::BTreeMap;

/// How the group that an instance belongs to is told.
const OF_GROUP: &str = " of Auto Scaling group ";

/// Network interfaces, with their description, what they belong to, and who asked for them.
pub(super) async fn interfaces(
    aws: &Aws,
    cx: &Cx,
    filter: Filter,
    only_public: bool,
) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_network_interfaces().filters(filter);
    let found = read(aws, cx, "DescribeNetworkInterfaces", || call.clone().send()).await?;
    let interfaces: Vec<_> = found
        .network_interfaces
        .unwrap_or_default()
        .into_iter()
        .filter(|i| !only_public || i.association().is_some_and(|a| a.public_ip().is_some()))
        .collect();
    let names = instance_names(aws, cx, &interfaces).await?;
    Ok(interfaces.iter().map(|interface| describe(interface, &names, only_public)).collect())
}

/// An interface: its id, its description, whose it is, and what to do about it.
fn describe(
    interface: &NetworkInterface,
    names: &BTreeMap<String, String>,
    only_public: bool,
) -> String {
    let address = interface.association().and_then(|a| a.public_ip());
    let address = address.map(|ip| format!(", public address {ip}")).unwrap_or_default();
    let id = interface.network_interface_id().unwrap_or_default();
    let (whose, what_to_do) = owner(interface, names, only_public);
    match interface.description() {
        None | Some("") => format!("{id} ({whose}{address}: {what_to_do})"),
        Some(text) => format!("{id} ({text}, {whose}{address}: {what_to_do})"),
    }
}

/// Whose an interface is, and how it is made to go: or only its public address.
///
/// The descriptions are those that AWS gives ("Requester-managed network interfaces", EC2 user
/// guide, and public logs).
fn owner(
    interface: &NetworkInterface,
    names: &BTreeMap<String, String>,
    only_public: bool,
) -> (String, &'static str) {
    let attachment = interface.attachment();
    let description = interface.description().unwrap_or_default();
    if let Some(id) = attachment.and_then(|a| a.instance_id()) {
        let known_by = names.get(id).map_or("", String::as_str);
        let what_to_do = match known_by.contains(OF_GROUP) {
            true => "delete the group, or take the subnet out of it",
            false => "terminate it",
        };
        return (format!("of instance {id}{known_by}"), what_to_do);
    }
    let is_managed = interface.requester_managed() == Some(true);
    let last = description.rsplit(' ').next().unwrap_or_default();
    // AWS writes `nat_gateway` where its own service model says `natGateway`.
    match interface.interface_type().map(|kind| kind.as_str()) {
        Some("nat_gateway" | "natGateway") => {
            return (format!("of NAT gateway {last}"), "delete the gateway");
        }
        Some("vpc_endpoint" | "gateway_load_balancer_endpoint") => {
            return (format!("of VPC endpoint {last}"), "delete the endpoint");
        }
        Some("lambda") => {
            return ("of a Lambda function".to_owned(), "take the function out of the subnet");
        }
        Some("transit_gateway") => {
            return ("of a transit gateway".to_owned(), "delete its attachment");
        }
        _ => (),
    }
    if let Some(balancer) = description.strip_prefix("ELB ").filter(|_| is_managed) {
        return (
            format!("of load balancer {balancer}"),
            "delete it, or wait up to ten minutes if it is deleted",
        );
    }
    match interface.requester_id() {
        Some(requester) if is_managed => {
            (format!("of {requester}"), "delete what has asked AWS for it")
        }
        _ if only_public => ("of nobody".to_owned(), "disassociate its address"),
        _ if attachment.is_some() => ("attached".to_owned(), "detach and delete it"),
        _ => ("of nobody".to_owned(), "delete it"),
    }
}

/// What the instances that interfaces belong to are known by: their names, and the groups that
/// launch others in their place.
async fn instance_names(
    aws: &Aws,
    cx: &Cx,
    interfaces: &[NetworkInterface],
) -> Result<BTreeMap<String, String>, StepError> {
    let ids: Vec<_> = interfaces
        .iter()
        .filter_map(|i| i.attachment()?.instance_id())
        .map(ToOwned::to_owned)
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = Filter::builder().name("instance-id").set_values(Some(ids)).build();
    let call = aws.ec2().describe_instances().filters(filter);
    let found = read(aws, cx, "DescribeInstances", || call.clone().send()).await?;
    let instances = found.reservations().iter().flat_map(|r| r.instances());
    Ok(instances
        .filter_map(|instance| {
            let name = name(instance.tags()).map(|name| format!(" \"{name}\""));
            let group = sdk_tag::value(instance.tags(), "aws:autoscaling:groupName");
            let group = group.map(|group| format!("{OF_GROUP}\"{group}\""));
            let known_by = name.unwrap_or_default() + &group.unwrap_or_default();
            Some((instance.instance_id()?.to_owned(), known_by))
        })
        .collect())
}
