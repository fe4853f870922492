//! Network interfaces of load balancers, and of the VPC CNI.

use super::cluster::{Cluster, tags};
use crate::{
    Aws,
    ec2::network_interface,
    elb::LoadBalancer,
    mark::filter,
    pace::Pace,
    poll::{Verdict, until},
    resource::Resource as _,
};
use aws_sdk_ec2::types::{AttachmentStatus, NetworkInterface, NetworkInterfaceStatus};
use futures_util::future::try_join_all;
use hopper_core::{Cx, StepError};
use std::time::Duration;

/// Usually a minute after the load balancer (public reports: one to ten).
const GONE: Pace = Pace::secs(20, 60, 720);
/// Detached within seconds (estimate).
const DETACHED: Pace = Pace::secs(1, 3, 300);

/// Set by the VPC CNI; the value is that of its `CLUSTER_NAME`, if it has any.
const CNI_CLUSTER: &str = "cluster.k8s.amazonaws.com/name";
/// Set by the VPC CNI; the value is the instance's id.
const CNI_INSTANCE: &str = "node.k8s.amazonaws.com/instance_id";
/// What the VPC CNI's interfaces are described by, and the instance's id.
const CNI_DESCRIPTION: &str = "aws-K8S-";

/// All interfaces in a VPC.
pub(super) async fn in_vpc(
    aws: &Aws,
    cx: &Cx,
    vpc: &str,
) -> Result<Vec<NetworkInterface>, StepError> {
    NetworkInterface::describe(aws, cx, vec![filter("vpc-id", vpc)]).await
}

/// Those of load balancers in a VPC.
pub(super) async fn of_load_balancers(
    aws: &Aws,
    cx: &Cx,
    vpc: &str,
) -> Result<Vec<NetworkInterface>, StepError> {
    let mut found = in_vpc(aws, cx, vpc).await?;
    found.retain(|interface| balancer(interface).is_some());
    Ok(found)
}

/// The load balancer that an interface belongs to, as [`LoadBalancer::described`].
pub(super) fn balancer(interface: &NetworkInterface) -> Option<&str> {
    let is_managed = interface.requester_managed() == Some(true);
    interface.description().filter(|_| is_managed)?.strip_prefix("ELB ")
}

/// Waits until the interfaces of load balancers that are deleted are gone; those of others stay.
pub(super) async fn until_gone(
    aws: &Aws,
    cx: &Cx,
    interfaces: &[NetworkInterface],
    others: &[LoadBalancer],
) -> Result<(), StepError> {
    let is_others = |name: &str| others.iter().any(|balancer| balancer.described() == name);
    let going = interfaces.iter().filter(|i| balancer(i).is_some_and(|name| !is_others(name)));
    let waits = going.map(|interface| {
        until(aws, cx, interface.id(), GONE, Duration::ZERO, |seen: Option<&NetworkInterface>| {
            match seen {
                None => Verdict::Ready(()),
                Some(interface) => {
                    let of = interface.description().unwrap_or_default();
                    Verdict::NotYet(format!("there, of {of}, which is deleted,"))
                }
            }
        })
    });
    try_join_all(waits).await.map(drop)
}

/// Deletes the interfaces that the CNI of a cluster has left: attached to nothing, or about to be.
/// What is attached to a machine goes with it.
pub(super) async fn clear_cni(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    interfaces: &[NetworkInterface],
) -> Result<(), StepError> {
    for interface in interfaces.iter().filter(|i| is_of_cni(cluster, i)) {
        let id = interface.id();
        if !is_loose(interface) {
            let to = interface.attachment().and_then(|a| a.instance_id()).unwrap_or("something");
            cx.progress(format_args!("{id} of the VPC CNI is left: it is attached to {to}"));
            continue;
        }
        let available =
            |seen: Option<&NetworkInterface>| match seen.and_then(NetworkInterface::status) {
                None | Some(NetworkInterfaceStatus::Available) => Verdict::Ready(()),
                Some(status) => Verdict::NotYet(status.to_string()),
            };
        if interface.status() != Some(&NetworkInterfaceStatus::Available) {
            until(aws, cx, id, DETACHED, Duration::ZERO, available).await?;
        }
        cx.progress(format_args!("deleting {id}, which the VPC CNI has left"));
        network_interface::delete(aws, cx, id).await?;
    }
    Ok(())
}

/// Whether the CNI of this cluster has made it, as far as it tells: it names the cluster only if
/// it was told the name.
fn is_of_cni(cluster: Cluster<'_>, interface: &NetworkInterface) -> bool {
    let tags = tags(interface.tag_set());
    let is_described = interface.description().is_some_and(|d| d.starts_with(CNI_DESCRIPTION));
    (is_described || tags.get(CNI_INSTANCE).is_some())
        && tags.get(CNI_CLUSTER).is_none_or(|name| name == cluster.0)
}

/// Whether it is attached to nothing, or about to be.
fn is_loose(interface: &NetworkInterface) -> bool {
    let attachment = interface.attachment().and_then(|attachment| attachment.status());
    matches!(attachment, None | Some(AttachmentStatus::Detaching | AttachmentStatus::Detached))
}
