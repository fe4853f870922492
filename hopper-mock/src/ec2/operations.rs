//! Which handler answers which operation of EC2.

use super::call::Call;
use super::{
    DhcpOptions, NetworkAcl, RouteTable, SecurityGroup, SecurityGroupRule, Vpc, account_attribute,
    authorize, availability_zone, region, route_table, security_group, tags, vpc, vpc_attribute,
};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to EC2.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    let call = Call::new(world, request);
    match request.operation.as_str() {
        "DescribeAccountAttributes" => call.run(account_attribute::describe),
        "DescribeAvailabilityZones" => call.run(availability_zone::describe),
        "DescribeRegions" => call.run(region::describe),

        "CreateTags" => call.run(tags::create),
        "DeleteTags" => call.run(tags::delete),
        "DescribeTags" => call.run(tags::describe),

        "CreateVpc" => call.run(vpc::create),
        "DeleteVpc" => call.run(vpc::delete),
        "DescribeVpcs" => call.describe::<Vpc>(),
        "DescribeVpcAttribute" => call.run(vpc_attribute::describe),
        "ModifyVpcAttribute" => call.run_without_dry_run(vpc_attribute::modify),

        "DescribeDhcpOptions" => call.describe::<DhcpOptions>(),
        "DescribeNetworkAcls" => call.describe::<NetworkAcl>(),
        "CreateRouteTable" => call.run_once(route_table::create, route_table::created),
        "DescribeRouteTables" => call.describe::<RouteTable>(),
        "CreateSecurityGroup" => call.run(security_group::create),
        "DeleteSecurityGroup" => call.run(security_group::delete),
        "DescribeSecurityGroups" => call.describe::<SecurityGroup>(),
        "AuthorizeSecurityGroupEgress" => call.run(|w, i| authorize::authorize(w, i, true)),
        "AuthorizeSecurityGroupIngress" => call.run(|w, i| authorize::authorize(w, i, false)),
        "RevokeSecurityGroupEgress" => call.run(|w, i| authorize::revoke(w, i, true)),
        "RevokeSecurityGroupIngress" => call.run(|w, i| authorize::revoke(w, i, false)),
        "ModifySecurityGroupRules" => call.run(authorize::modify),
        "DescribeSecurityGroupRules" => call.describe::<SecurityGroupRule>(),

        _ => Err(unknown_operation(request)),
    }
}
