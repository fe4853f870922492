//! Everything in a VPC that keeps it.

use super::{interfaces::interfaces, named};
use crate::{Aws, call::read, mark::filter};
use aws_sdk_ec2::types::VpcPeeringConnectionStateReasonCode as Peering;
use hopper_core::{Cx, StepError};

/// Everything in a VPC that keeps it; what cannot be listed is left out, if anything can be.
pub(super) async fn contents(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let by_vpc = || filter("vpc-id", vpc);
    let (interfaces, subnets, tables, gateways, groups) = tokio::join!(
        interfaces(aws, cx, by_vpc(), false),
        subnets(aws, cx, vpc),
        route_tables(aws, cx, vpc),
        internet_gateways(aws, cx, vpc),
        groups(aws, cx, vpc),
    );
    let (acls, endpoints, peerings, egress, vpns) = tokio::join!(
        network_acls(aws, cx, vpc),
        endpoints(aws, cx, vpc),
        peerings(aws, cx, vpc),
        egress_only_gateways(aws, cx, vpc),
        vpn_gateways(aws, cx, vpc),
    );
    let all =
        [interfaces, subnets, tables, gateways, groups, acls, endpoints, peerings, egress, vpns];
    let (mut found, mut trouble) = (Vec::new(), None);
    for some in all {
        match some {
            Ok(some) => found.extend(some),
            Err(error) => trouble = Some(error),
        }
    }
    match trouble {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

async fn subnets(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_subnets().filters(filter("vpc-id", vpc));
    let found = read(aws, cx, "DescribeSubnets", || call.clone().send()).await?;
    let subnets = found.subnets().iter();
    Ok(subnets.map(|s| named("subnet", s.subnet_id(), s.tags()) + ": delete it").collect())
}

async fn route_tables(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_route_tables().filters(filter("vpc-id", vpc));
    let found = read(aws, cx, "DescribeRouteTables", || call.clone().send()).await?;
    let tables = found.route_tables().iter();
    let others = tables.filter(|t| !t.associations().iter().any(|a| a.main() == Some(true)));
    Ok(others.map(|t| named("route table", t.route_table_id(), t.tags()) + ": delete it").collect())
}

async fn internet_gateways(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_internet_gateways().filters(filter("attachment.vpc-id", vpc));
    let found = read(aws, cx, "DescribeInternetGateways", || call.clone().send()).await?;
    let gateways = found.internet_gateways().iter();
    Ok(gateways
        .map(|g| named("internet gateway", g.internet_gateway_id(), g.tags()) + ": detach it")
        .collect())
}

async fn groups(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_security_groups().filters(filter("vpc-id", vpc));
    let found = read(aws, cx, "DescribeSecurityGroups", || call.clone().send()).await?;
    let others = found.security_groups().iter().filter(|g| g.group_name() != Some("default"));
    Ok(others
        .map(|g| {
            let (id, name) = (g.group_id().unwrap_or_default(), g.group_name().unwrap_or_default());
            format!("security group {id} \"{name}\": delete it")
        })
        .collect())
}

async fn network_acls(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_network_acls().filters(filter("vpc-id", vpc));
    let found = read(aws, cx, "DescribeNetworkAcls", || call.clone().send()).await?;
    let others = found.network_acls().iter().filter(|acl| acl.is_default() != Some(true));
    Ok(others
        .map(|acl| named("network ACL", acl.network_acl_id(), acl.tags()) + ": delete it")
        .collect())
}

async fn endpoints(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_vpc_endpoints().filters(filter("vpc-id", vpc));
    let found = read(aws, cx, "DescribeVpcEndpoints", || call.clone().send()).await?;
    Ok(found
        .vpc_endpoints()
        .iter()
        .map(|endpoint| {
            let name = named("VPC endpoint", endpoint.vpc_endpoint_id(), endpoint.tags());
            format!("{name} to {}: delete it", endpoint.service_name().unwrap_or_default())
        })
        .collect())
}

async fn peerings(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let mut all = Vec::new();
    for side in ["requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"] {
        let call = aws.ec2().describe_vpc_peering_connections().filters(filter(side, vpc));
        let found = read(aws, cx, "DescribeVpcPeeringConnections", || call.clone().send()).await?;
        let alive = found.vpc_peering_connections().iter().filter(|peering| {
            let code = peering.status().and_then(|status| status.code());
            !matches!(
                code,
                Some(Peering::Deleted | Peering::Expired | Peering::Failed | Peering::Rejected)
            )
        });
        all.extend(alive.map(|p| {
            named("peering connection", p.vpc_peering_connection_id(), p.tags()) + ": delete it"
        }));
    }
    Ok(all)
}

async fn egress_only_gateways(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let call = aws.ec2().describe_egress_only_internet_gateways();
    let operation = "DescribeEgressOnlyInternetGateways";
    let found = read(aws, cx, operation, || call.clone().send()).await?;
    let ours = found
        .egress_only_internet_gateways()
        .iter()
        .filter(|gateway| gateway.attachments().iter().any(|a| a.vpc_id() == Some(vpc)));
    Ok(ours
        .map(|g| {
            let id = g.egress_only_internet_gateway_id();
            named("egress-only internet gateway", id, g.tags()) + ": delete it"
        })
        .collect())
}

async fn vpn_gateways(aws: &Aws, cx: &Cx, vpc: &str) -> Result<Vec<String>, StepError> {
    let by = filter("attachment.vpc-id", vpc);
    let call = aws.ec2().describe_vpn_gateways().filters(by);
    let found = read(aws, cx, "DescribeVpnGateways", || call.clone().send()).await?;
    let gateways = found.vpn_gateways().iter();
    Ok(gateways
        .map(|g| named("VPN gateway", g.vpn_gateway_id(), g.tags()) + ": detach it")
        .collect())
}
