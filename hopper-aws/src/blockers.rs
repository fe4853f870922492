//! [`blockers`]: what keeps a thing from being deleted, by name.
//!
//! AWS says `DependencyViolation` and not whose: that is for the caller to find out.

use crate::{Aws, call::read, mark::filter, resource::Resource as _, sdk_tag};
use aws_sdk_ec2::types::{Filter, Image, NetworkInterface, Tag, Volume};
use hopper_core::{Cx, StepError};
use std::collections::BTreeMap;

/// Where to look for what keeps a thing.
#[derive(Clone, Copy, Debug)]
pub enum Blocked<'a> {
    /// Nothing can be said.
    Unknown,
    /// Everything in this VPC.
    Vpc(&'a str),
    /// Interfaces in this subnet.
    Subnet(&'a str),
    /// Interfaces in this security group, and groups whose rules name it.
    SecurityGroup(&'a str),
    /// Interfaces with a public address in this VPC.
    PublicAddresses(&'a str),
    /// The subnets that use this route table.
    RouteTable(&'a str),
    /// The instance profiles that hold this role.
    #[cfg(feature = "iam")]
    Role(&'a str),
    /// The instances that this volume is attached to.
    Volume(&'a str),
    /// The images that rest on this snapshot.
    Snapshot(&'a str),
}

/// What keeps a thing from being deleted, each with what a person knows it by.
pub(crate) async fn blockers(aws: &Aws, cx: &Cx, blocked: Blocked<'_>) -> Vec<String> {
    look(aws, cx, blocked).await.unwrap_or_else(|e| vec![format!("unknown, cannot look: {e}")])
}

async fn look(aws: &Aws, cx: &Cx, blocked: Blocked<'_>) -> Result<Vec<String>, StepError> {
    Ok(match blocked {
        Blocked::Unknown => Vec::new(),
        Blocked::Subnet(id) => interfaces(aws, cx, filter("subnet-id", id), false).await?,
        Blocked::PublicAddresses(vpc) => interfaces(aws, cx, filter("vpc-id", vpc), true).await?,
        Blocked::SecurityGroup(id) => {
            let mut found = interfaces(aws, cx, filter("group-id", id), false).await?;
            for name in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
                found.extend(groups(aws, cx, filter(name, id), id).await?);
            }
            found
        }
        Blocked::RouteTable(id) => subnets_on(aws, cx, id).await?,
        #[cfg(feature = "iam")]
        Blocked::Role(name) => profiles_with(aws, cx, name).await?,
        Blocked::Volume(id) => holders(aws, cx, id).await?,
        Blocked::Snapshot(id) => images_on(aws, cx, id).await?,
        Blocked::Vpc(id) => {
            let mut found = interfaces(aws, cx, filter("vpc-id", id), false).await?;
            let subnets = aws.ec2().describe_subnets().filters(filter("vpc-id", id));
            let subnets = read(aws, cx, "DescribeSubnets", || subnets.clone().send()).await?;
            found
                .extend(subnets.subnets().iter().map(|s| named("subnet", s.subnet_id(), s.tags())));
            let tables = aws.ec2().describe_route_tables().filters(filter("vpc-id", id));
            let tables = read(aws, cx, "DescribeRouteTables", || tables.clone().send()).await?;
            found.extend(
                tables
                    .route_tables()
                    .iter()
                    .filter(|t| !t.associations().iter().any(|a| a.main() == Some(true)))
                    .map(|t| named("route table", t.route_table_id(), t.tags())),
            );
            let gateways =
                aws.ec2().describe_internet_gateways().filters(filter("attachment.vpc-id", id));
            let gateways =
                read(aws, cx, "DescribeInternetGateways", || gateways.clone().send()).await?;
            found.extend(gateways.internet_gateways().iter().map(|gateway| {
                named("internet gateway", gateway.internet_gateway_id(), gateway.tags())
            }));
            found.extend(groups(aws, cx, filter("vpc-id", id), id).await?);
            found
        }
    })
}

/// Network interfaces, with their description, what they belong to, and who asked for them.
async fn interfaces(
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
    Ok(interfaces.iter().map(|interface| describe(interface, &names)).collect())
}

fn describe(interface: &NetworkInterface, names: &BTreeMap<String, String>) -> String {
    let instance = interface.attachment().and_then(|a| a.instance_id());
    let owner = match instance {
        Some(id) => format!("instance {id}{}", names.get(id).map_or("", String::as_str)),
        None => interface.requester_id().unwrap_or("nobody").to_owned(),
    };
    let address = interface.association().and_then(|a| a.public_ip());
    let address = address.map(|ip| format!(", public address {ip}")).unwrap_or_default();
    let id = interface.network_interface_id().unwrap_or_default();
    match interface.description() {
        None | Some("") => format!("{id} (of {owner}{address})"),
        Some(text) => format!("{id} ({text}, of {owner}{address})"),
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
            let group = group.map(|group| format!(" of Auto Scaling group \"{group}\""));
            let known_by = name.unwrap_or_default() + &group.unwrap_or_default();
            Some((instance.instance_id()?.to_owned(), known_by))
        })
        .collect())
}

/// Security groups other than the default one and the one at hand.
async fn groups(aws: &Aws, cx: &Cx, filter: Filter, own: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_security_groups().filters(filter);
    let found = read(aws, cx, "DescribeSecurityGroups", || call.clone().send()).await?;
    Ok(found
        .security_groups()
        .iter()
        .filter(|g| g.group_name() != Some("default") && g.group_id() != Some(own))
        .map(|g| {
            let (id, name) = (g.group_id().unwrap_or_default(), g.group_name().unwrap_or_default());
            format!("security group {id} \"{name}\"")
        })
        .collect())
}

/// The subnets that use a route table.
async fn subnets_on(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_route_tables().filters(filter("route-table-id", id));
    let found = read(aws, cx, "DescribeRouteTables", || call.clone().send()).await?;
    let associations = found.route_tables().iter().flat_map(|t| t.associations());
    Ok(associations.filter_map(|a| Some(format!("association of {}", a.subnet_id()?))).collect())
}

/// The instance profiles that hold a role.
#[cfg(feature = "iam")]
async fn profiles_with(aws: &Aws, cx: &Cx, role: &str) -> Result<Vec<String>, StepError> {
    let call = aws.iam().list_instance_profiles_for_role().role_name(role);
    let found = read(aws, cx, "ListInstanceProfilesForRole", || call.clone().send()).await?;
    let profiles = found.instance_profiles().iter();
    Ok(profiles.map(|p| format!("instance profile {}", p.instance_profile_name())).collect())
}

/// The instances that a volume is attached to.
async fn holders(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let volumes = Volume::describe(aws, cx, vec![filter("volume-id", id)]).await?;
    let attachments = volumes.iter().flat_map(|volume| volume.attachments());
    Ok(attachments.filter_map(|a| Some(format!("attachment to {}", a.instance_id()?))).collect())
}

/// The account's images that rest on a snapshot.
async fn images_on(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let by = filter("block-device-mapping.snapshot-id", id);
    let images = Image::describe(aws, cx, vec![by]).await?;
    Ok(images
        .iter()
        .map(|image| format!("image {} \"{}\"", image.id(), image.name().unwrap_or_default()))
        .collect())
}

fn named(what: &str, id: Option<&str>, tags: &[Tag]) -> String {
    let id = id.unwrap_or_default();
    match name(tags) {
        Some(name) => format!("{what} {id} \"{name}\""),
        None => format!("{what} {id}"),
    }
}

fn name(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key() == Some("Name")).and_then(|tag| tag.value())
}
