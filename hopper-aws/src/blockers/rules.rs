//! The security groups whose rules name another.

use crate::{Aws, call::read, mark::filter};
use aws_sdk_ec2::types::{IpPermission, SecurityGroup};
use hopper_core::{Cx, StepError};

/// The other groups whose rules name a group, with what the rules let through.
pub(super) async fn groups_naming(aws: &Aws, cx: &Cx, id: &str) -> Result<Vec<String>, StepError> {
    let of = |name| aws.ec2().describe_security_groups().filters(filter(name, id));
    let (into, out_of) = (of("ip-permission.group-id"), of("egress.ip-permission.group-id"));
    let (into, out_of) = tokio::try_join!(
        read(aws, cx, "DescribeSecurityGroups", || into.clone().send()),
        read(aws, cx, "DescribeSecurityGroups", || out_of.clone().send()),
    )?;
    let into = into.security_groups().iter().map(|group| (group, true));
    let out_of = out_of.security_groups().iter().map(|group| (group, false));
    let others = into.chain(out_of).filter(|(group, _)| group.group_id() != Some(id));
    Ok(others.flat_map(|(group, is_ingress)| rules(group, is_ingress, id)).collect())
}

fn rules(group: &SecurityGroup, is_ingress: bool, id: &str) -> Vec<String> {
    let (permissions, way) = match is_ingress {
        true => (group.ip_permissions(), "in from"),
        false => (group.ip_permissions_egress(), "out to"),
    };
    let names = |permission: &&IpPermission| {
        permission.user_id_group_pairs().iter().any(|pair| pair.group_id() == Some(id))
    };
    let (other, name) =
        (group.group_id().unwrap_or_default(), group.group_name().unwrap_or_default());
    let rule = |permission| {
        let traffic = traffic(permission);
        format!(
            "the rule of security group {other} \"{name}\" that lets {traffic} {way} {id}: revoke it"
        )
    };
    permissions.iter().filter(names).map(rule).collect()
}

/// What a rule lets through: `tcp 22`, `udp 1-9`, `all traffic`.
fn traffic(permission: &IpPermission) -> String {
    let protocol = permission.ip_protocol().unwrap_or("-1");
    match (protocol, permission.from_port(), permission.to_port()) {
        ("-1", ..) => "all traffic".to_owned(),
        (_, Some(from), Some(to)) if from == to => format!("{protocol} {from}"),
        (_, Some(from), Some(to)) => format!("{protocol} {from}-{to}"),
        _ => protocol.to_owned(),
    }
}
