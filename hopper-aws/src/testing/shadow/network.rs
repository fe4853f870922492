//! The network of another AWS, in which everything reaches everything.

use super::follow::{Wrong, done};
use crate::Aws;
use aws_sdk_ec2::types::Tag;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_mock::Mock;

/// A text as parameters have it.
pub(super) fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

fn is_here(mock: &Mock, operation: &str, name: &str, id: &str) -> bool {
    mock.call(operation, &[(name, id)]).code().is_none()
}

/// The subnet with its VPC and a way to the internet, both ways.
pub(super) async fn subnet(aws: &Aws, mock: &Mock, id: &str) -> Result<(), Wrong> {
    if is_here(mock, "DescribeSubnets", "SubnetId.1", id) {
        return Ok(());
    }
    let told = aws.ec2().describe_subnets().subnet_ids(id).send().await?;
    let vpc_id = told.subnets().first().and_then(|subnet| subnet.vpc_id()).unwrap_or_default();
    vpc(aws, mock, vpc_id).await?;
    // All of the VPC's: load balancers are put into those that have their tags.
    let of_vpc = aws_sdk_ec2::types::Filter::builder().name("vpc-id").values(vpc_id).build();
    let all = aws.ec2().describe_subnets().filters(of_vpc).send().await?;
    for subnet in all.subnets() {
        let id = subnet.subnet_id().unwrap_or_default();
        if is_here(mock, "DescribeSubnets", "SubnetId.1", id) {
            continue;
        }
        let asked = [
            ("VpcId", vpc_id),
            ("CidrBlock", subnet.cidr_block().unwrap_or_default()),
            ("AvailabilityZone", subnet.availability_zone().unwrap_or_default()),
        ];
        done(mock.call_giving(&[id], "CreateSubnet", &asked))?;
        let public = [("SubnetId", id), ("MapPublicIpOnLaunch.Value", "true")];
        done(mock.call("ModifySubnetAttribute", &public))?;
        tags(mock, id, subnet.tags())?;
    }
    Ok(())
}

async fn vpc(aws: &Aws, mock: &Mock, id: &str) -> Result<(), Wrong> {
    if is_here(mock, "DescribeVpcs", "VpcId.1", id) {
        return Ok(());
    }
    let told = aws.ec2().describe_vpcs().vpc_ids(id).send().await?;
    let block = told.vpcs().first().and_then(|vpc| vpc.cidr_block()).unwrap_or_default();
    done(mock.call_giving(&[id], "CreateVpc", &[("CidrBlock", block)]))?;
    let made = mock.call("CreateInternetGateway", &[]);
    let gateway = made.text("internetGateway/internetGatewayId").unwrap_or_default();
    done(mock.call("AttachInternetGateway", &[("InternetGatewayId", gateway), ("VpcId", id)]))?;
    let asked = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", id)];
    let tables = mock.call("DescribeRouteTables", &asked);
    let table = tables.text("routeTableSet/0/routeTableId").unwrap_or_default();
    let route =
        [("RouteTableId", table), ("DestinationCidrBlock", "0.0.0.0/0"), ("GatewayId", gateway)];
    done(mock.call("CreateRoute", &route))
}

/// The security group, which lets everything in.
pub(super) async fn group(aws: &Aws, mock: &Mock, id: &str) -> Result<(), Wrong> {
    if is_here(mock, "DescribeSecurityGroups", "GroupId.1", id) {
        return Ok(());
    }
    let told = aws.ec2().describe_security_groups().group_ids(id).send().await?;
    let Some(group) = told.security_groups().first() else { return Ok(()) };
    let name = group.group_name().unwrap_or_default();
    // The default group of a VPC is made with it, under an id of its own.
    let name = if name == "default" { "the default one" } else { name };
    let asked = [
        ("GroupName", name),
        ("GroupDescription", "as it is out there"),
        ("VpcId", group.vpc_id().unwrap_or_default()),
    ];
    done(mock.call_giving(&[id], "CreateSecurityGroup", &asked))?;
    let all = [
        ("GroupId", id),
        ("IpPermissions.1.IpProtocol", "-1"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    done(mock.call("AuthorizeSecurityGroupIngress", &all))?;
    tags(mock, id, group.tags())
}

fn tags(mock: &Mock, id: &str, tags: &[Tag]) -> Result<(), Wrong> {
    for tag in tags {
        let (key, value) = (tag.key().unwrap_or_default(), tag.value().unwrap_or_default());
        let asked = [("ResourceId.1", id), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        done(mock.call("CreateTags", &asked))?;
    }
    Ok(())
}
