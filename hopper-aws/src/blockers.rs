//! [`blockers`]: what keeps a thing from being deleted, by name.
//!
//! AWS says `DependencyViolation` and not whose: that is for the caller to find out.

mod interfaces;
mod rules;
mod vpc;

use crate::{Aws, call::read, mark::filter, resource::Resource as _};
use aws_sdk_ec2::types::{Address, Image, Tag, Volume};
use futures_util::future::BoxFuture;
use hopper_core::{Cx, StepError};
use interfaces::interfaces;
use rules::groups_naming;

/// Where to look for what keeps a thing.
#[derive(Clone, Copy, Debug)]
pub enum Blocked<'a> {
    /// Nothing can be said.
    Unknown,
    /// What this address is associated with.
    Address(&'a str),
    /// What this network interface is attached to.
    NetworkInterface(&'a str),
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

/// Not one future of them all: that would be as large as all of them together.
fn look<'a>(
    aws: &'a Aws,
    cx: &'a Cx,
    blocked: Blocked<'a>,
) -> BoxFuture<'a, Result<Vec<String>, StepError>> {
    match blocked {
        Blocked::Unknown => Box::pin(async { Ok(Vec::new()) }),
        Blocked::Subnet(id) => Box::pin(interfaces(aws, cx, filter("subnet-id", id), false)),
        Blocked::PublicAddresses(vpc) => Box::pin(interfaces(aws, cx, filter("vpc-id", vpc), true)),
        Blocked::SecurityGroup(id) => Box::pin(users_of(aws, cx, id)),
        Blocked::RouteTable(id) => Box::pin(subnets_on(aws, cx, id)),
        #[cfg(feature = "iam")]
        Blocked::Role(name) => Box::pin(profiles_with(aws, cx, name)),
        Blocked::Volume(id) => Box::pin(holders(aws, cx, id)),
        Blocked::Snapshot(id) => Box::pin(images_on(aws, cx, id)),
        Blocked::Vpc(id) => Box::pin(vpc::contents(aws, cx, id)),
        Blocked::Address(id) => Box::pin(holder(aws, cx, id)),
        Blocked::NetworkInterface(id) => {
            Box::pin(interfaces(aws, cx, filter("network-interface-id", id), false))
        }
    }
}

/// What is in a security group, and the groups whose rules name it.
async fn users_of(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let mut found = interfaces(aws, cx, filter("group-id", id), false).await?;
    found.extend(groups_naming(aws, cx, id).await?);
    Ok(found)
}

/// What an address is associated with.
async fn holder(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let addresses = Address::describe(aws, cx, vec![filter("allocation-id", id)]).await?;
    match addresses.iter().find_map(Address::network_interface_id) {
        Some(id) => interfaces(aws, cx, filter("network-interface-id", id), true).await,
        None => Ok(Vec::new()),
    }
}

/// The subnets that use a route table.
async fn subnets_on(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_route_tables().filters(filter("route-table-id", id));
    let found = read(aws, cx, "DescribeRouteTables", || call.clone().send()).await?;
    let associations = found.route_tables().iter().flat_map(|t| t.associations());
    Ok(associations
        .filter_map(|a| Some(format!("association of {}: disassociate it", a.subnet_id()?)))
        .collect())
}

/// The instance profiles that hold a role.
#[cfg(feature = "iam")]
async fn profiles_with(aws: &Aws, cx: &Cx, role: &str) -> Result<Vec<String>, StepError> {
    let call = aws.iam().list_instance_profiles_for_role().role_name(role);
    let found = read(aws, cx, "ListInstanceProfilesForRole", || call.clone().send()).await?;
    let profiles = found.instance_profiles().iter();
    Ok(profiles
        .map(|p| format!("instance profile {}: take the role out of it", p.instance_profile_name()))
        .collect())
}

/// The instances that a volume is attached to.
async fn holders(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let volumes = Volume::describe(aws, cx, vec![filter("volume-id", id)]).await?;
    let attachments = volumes.iter().flat_map(|volume| volume.attachments());
    Ok(attachments
        .filter_map(|a| Some(format!("attachment to {}: detach it", a.instance_id()?)))
        .collect())
}

/// The account's images that rest on a snapshot.
async fn images_on(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let by = filter("block-device-mapping.snapshot-id", id);
    let images = Image::describe(aws, cx, vec![by]).await?;
    Ok(images
        .iter()
        .map(|image| {
            format!("image {} \"{}\": deregister it", image.id(), image.name().unwrap_or_default())
        })
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
