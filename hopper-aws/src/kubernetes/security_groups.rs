//! The security groups of load balancers, and the rules that name them.

use super::cluster::{CONTROLLER, Cluster, LEGACY, tags};
use crate::{
    Aws,
    blockers::Blocked,
    claim::is_of_run,
    mark::filter,
    removal::{Removal, remove},
    resource::Resource as _,
};
use aws_sdk_ec2::types::{Filter, SecurityGroup, SecurityGroupRule};
use hopper_core::{Cx, StepError};
use std::collections::BTreeSet;

/// How the groups are called that the provider makes for load balancers
/// (`aws_loadbalancer.go`, `buildELBSecurityGroupList`).
const OF_PROVIDER: &str = "k8s-elb-";

/// The groups in a VPC that Kubernetes has made for the load balancers of a cluster.
pub(super) async fn find(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    vpc: &str,
) -> Result<Vec<SecurityGroup>, StepError> {
    let keys = [cluster.key(), CONTROLLER.to_owned(), LEGACY.to_owned()];
    let tagged = Filter::builder().name("tag-key").set_values(Some(keys.into())).build();
    let mut found = SecurityGroup::describe(aws, cx, vec![filter("vpc-id", vpc), tagged]).await?;
    found.retain(|group| {
        let tags = tags(group.tags());
        let is_named = group.group_name().is_some_and(|name| name.starts_with(OF_PROVIDER));
        cluster.has_made(&tags) && (is_named || tags.get(CONTROLLER).is_some())
    });
    Ok(found)
}

/// Deletes groups, with the rules that name them in groups of this run and of the cluster. A rule
/// of somebody else stays, and is named as what keeps the group.
pub(super) async fn clear(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    groups: &[SecurityGroup],
) -> Result<(), StepError> {
    if groups.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<&str> = groups.iter().map(SecurityGroup::id).collect();
    revoke(aws, cx, cluster, &ids).await?;
    for group in groups {
        let (id, name) = (group.id(), group.group_name().unwrap_or_default());
        cx.progress(format_args!("deleting {id} \"{name}\", which Kubernetes has made"));
        let call = aws.ec2().delete_security_group().group_id(id);
        let removal = Removal::new("DeleteSecurityGroup", id, Blocked::SecurityGroup(id));
        remove(aws, cx, removal, || call.clone().send()).await?;
    }
    Ok(())
}

/// Revokes the rules that name one of these groups.
async fn revoke(
    aws: &Aws,
    cx: &Cx,
    cluster: Cluster<'_>,
    ids: &BTreeSet<&str>,
) -> Result<(), StepError> {
    let named = || Some(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    let by = |name: &str| vec![Filter::builder().name(name).set_values(named()).build()];
    let (ingress, egress) = tokio::try_join!(
        SecurityGroup::describe(aws, cx, by("ip-permission.group-id")),
        SecurityGroup::describe(aws, cx, by("egress.ip-permission.group-id")),
    )?;
    let is_ours =
        |group: &SecurityGroup| is_of_run(cx, group.tags()) || cluster.uses(&tags(group.tags()));
    let users: BTreeSet<String> = (ingress.iter().chain(&egress))
        .filter(|group| is_ours(group))
        .map(|group| group.id().to_owned())
        .collect();
    for group in users {
        let rules = SecurityGroupRule::describe(aws, cx, vec![filter("group-id", &group)]).await?;
        let names = |rule: &&SecurityGroupRule| {
            let peer = rule.referenced_group_info().and_then(|peer| peer.group_id());
            peer.is_some_and(|peer| ids.contains(peer) && peer != group)
        };
        for rule in rules.iter().filter(names) {
            let id = rule.id();
            match rule.is_egress() {
                Some(true) => {
                    let call = aws.ec2().revoke_security_group_egress().group_id(&group);
                    let call = call.security_group_rule_ids(id);
                    let removal = Removal::new("RevokeSecurityGroupEgress", id, Blocked::Unknown);
                    remove(aws, cx, removal, || call.clone().send()).await?;
                }
                _ => {
                    let call = aws.ec2().revoke_security_group_ingress().group_id(&group);
                    let call = call.security_group_rule_ids(id);
                    let removal = Removal::new("RevokeSecurityGroupIngress", id, Blocked::Unknown);
                    remove(aws, cx, removal, || call.clone().send()).await?;
                }
            }
        }
    }
    Ok(())
}
