//! Rules of subnets.

use hopper_mock::{Mock, Quotas};

use crate::support::{
    accepted, blockers, interface, made, mock, refused, seconds, shown, subnet, vpc,
};

const UNKNOWN: &str = "subnet-0123456789abcdef0";

fn free(mock: &Mock, id: &str) -> u32 {
    let path = "subnetSet/0/availableIpAddressCount";
    shown(mock, "DescribeSubnets", ("SubnetId.1", id), path).parse().unwrap()
}

// [D] Pending first, then available; what is described is what was made.
#[test]
fn a_subnet_reads_back_as_it_was_made() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let params = [
        ("VpcId", vpc_id.as_str()),
        ("CidrBlock", "10.0.16.9/20"),
        ("AvailabilityZone", "eu-west-1b"),
        ("TagSpecification.1.ResourceType", "subnet"),
        ("TagSpecification.1.Tag.1.Key", "kubernetes.io/role/elb"),
        ("TagSpecification.1.Tag.1.Value", "1"),
    ];
    let reply = accepted(&mock, "CreateSubnet", &params);
    assert_eq!(reply.text("subnet/state"), Some("pending"));
    let id = made(&reply, "subnet/subnetId");
    mock.advance(seconds(1));
    let reply = accepted(&mock, "DescribeSubnets", &[("SubnetId.1", &id)]);
    for (path, expected) in [
        ("state", "available"),
        ("vpcId", vpc_id.as_str()),
        ("cidrBlock", "10.0.16.0/20"),
        ("availabilityZone", "eu-west-1b"),
        ("availabilityZoneId", "euw1-az2"),
        ("availableIpAddressCount", "4091"),
        ("mapPublicIpOnLaunch", "false"),
        ("defaultForAz", "false"),
        ("ownerId", "123456789012"),
        ("tagSet/0/key", "kubernetes.io/role/elb"),
        ("tagSet/0/value", "1"),
    ] {
        assert_eq!(reply.text(&format!("subnetSet/0/{path}")), Some(expected), "{path}");
    }
    let arn = format!("arn:aws:ec2:eu-west-1:123456789012:subnet/{id}");
    assert_eq!(reply.text("subnetSet/0/subnetArn"), Some(arn.as_str()));
}

// [D] Inside the VPC and between /16 and /28: InvalidSubnet.Range; overlap: InvalidSubnet.Conflict.
#[test]
fn the_block_must_fit_into_the_vpc() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let create = |cidr, expected| {
        refused(&mock, "CreateSubnet", &[("VpcId", &vpc_id), ("CidrBlock", cidr)], expected);
    };
    create("10.1.0.0/20", "InvalidSubnet.Range/400");
    create("10.0.0.0/15", "InvalidSubnet.Range/400");
    create("10.0.0.0/29", "InvalidSubnet.Range/400");
    create("10.0.0.0/33", "InvalidParameterValue/400");
    let id = subnet(&mock, &vpc_id, "10.0.0.0/20");
    for cidr in ["10.0.0.0/20", "10.0.4.0/24", "10.0.0.0/16"] {
        create(cidr, "InvalidSubnet.Conflict/400");
        let params = [("VpcId", vpc_id.as_str()), ("CidrBlock", cidr)];
        assert_eq!(blockers(&mock, "CreateSubnet", &params), [id.as_str()]);
    }
    subnet(&mock, &vpc_id, "10.0.16.0/28");
}

// [D] Zones by name or id, those of the region.
#[test]
fn the_zone_must_exist() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let with =
        |name, zone| [("VpcId", vpc_id.as_str()), ("CidrBlock", "10.0.0.0/24"), (name, zone)];
    for (name, zone) in [
        ("AvailabilityZone", "eu-west-1z"),
        ("AvailabilityZone", "us-east-1a"),
        ("AvailabilityZoneId", "euw1-az9"),
    ] {
        refused(&mock, "CreateSubnet", &with(name, zone), "InvalidParameterValue/400");
    }
    let reply = accepted(&mock, "CreateSubnet", &with("AvailabilityZoneId", "euw1-az3"));
    assert_eq!(reply.text("subnet/availabilityZone"), Some("eu-west-1c"));
}

// [D] Ids and parameters.
#[test]
fn malformed_missing_and_absent_differ() {
    let mock = mock();
    for (operation, param) in [("DescribeSubnets", "SubnetId.1"), ("DeleteSubnet", "SubnetId")] {
        refused(&mock, operation, &[(param, "vpc-1")], "InvalidSubnetID.Malformed/400");
        refused(&mock, operation, &[(param, UNKNOWN)], "InvalidSubnetID.NotFound/400");
    }
    refused(&mock, "CreateSubnet", &[("CidrBlock", "10.0.0.0/24")], "MissingParameter/400");
    let nowhere = [("VpcId", "vpc-0123456789abcdef0"), ("CidrBlock", "10.0.0.0/24")];
    refused(&mock, "CreateSubnet", &nowhere, "InvalidVpcID.NotFound/400");
}

// [D] A subnet loses one free address for each interface, and AWS keeps five.
#[test]
fn free_addresses_fall_by_one_for_each_interface() {
    let mock = mock();
    let id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/28");
    assert_eq!(free(&mock, &id), 11);
    let eni = interface(&mock, &id);
    assert_eq!(free(&mock, &id), 10);
    let more = [("NetworkInterfaceId", eni.as_str()), ("SecondaryPrivateIpAddressCount", "2")];
    accepted(&mock, "AssignPrivateIpAddresses", &more);
    assert_eq!(free(&mock, &id), 8);
    accepted(&mock, "DeleteNetworkInterface", &[("NetworkInterfaceId", &eni)]);
    assert_eq!(free(&mock, &id), 11);
}

// [D] Any network interface keeps its subnet; the subnet keeps its VPC.
#[test]
fn an_interface_keeps_the_subnet() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = subnet(&mock, &vpc_id, "10.0.0.0/20");
    let eni = interface(&mock, &id);
    refused(&mock, "DeleteSubnet", &[("SubnetId", &id)], "DependencyViolation/400");
    assert_eq!(blockers(&mock, "DeleteSubnet", &[("SubnetId", &id)]), [eni.as_str()]);
    accepted(&mock, "DeleteNetworkInterface", &[("NetworkInterfaceId", &eni)]);
    refused(&mock, "DeleteVpc", &[("VpcId", &vpc_id)], "DependencyViolation/400");
    assert_eq!(blockers(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]), [id.as_str()]);
    accepted(&mock, "DeleteSubnet", &[("SubnetId", &id)]);
    accepted(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]);
}

// [D] 200 subnets in a VPC.
#[test]
fn a_vpc_has_so_many_subnets() {
    let quotas = Quotas { subnets_per_vpc: 1, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    subnet(&mock, &one, "10.0.0.0/24");
    let params = [("VpcId", one.as_str()), ("CidrBlock", "10.0.1.0/24")];
    refused(&mock, "CreateSubnet", &params, "SubnetLimitExceeded/400");
    subnet(&mock, &other, "10.1.0.0/24");
    assert_eq!(Quotas::default().subnets_per_vpc, 200);
}

// [D] The default network ACL guards every new subnet, as long as the subnet is there.
#[test]
fn the_default_acl_guards_a_subnet() {
    let mock = mock();
    let id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let of_subnet = [("Filter.1.Name", "association.subnet-id"), ("Filter.1.Value.1", id.as_str())];
    assert_eq!(accepted(&mock, "DescribeNetworkAcls", &of_subnet).count("networkAclSet"), 1);
    accepted(&mock, "DeleteSubnet", &[("SubnetId", &id)]);
    assert_eq!(accepted(&mock, "DescribeNetworkAcls", &of_subnet).count("networkAclSet"), 0);
}

// [D] One attribute a call.
#[test]
fn attributes_are_changed_one_by_one() {
    let mock = mock();
    let id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    for (name, value, path) in [
        ("MapPublicIpOnLaunch.Value", "true", "mapPublicIpOnLaunch"),
        ("EnableDns64.Value", "true", "enableDns64"),
        (
            "PrivateDnsHostnameTypeOnLaunch",
            "resource-name",
            "privateDnsNameOptionsOnLaunch/hostnameType",
        ),
        (
            "EnableResourceNameDnsARecordOnLaunch.Value",
            "true",
            "privateDnsNameOptionsOnLaunch/enableResourceNameDnsARecord",
        ),
    ] {
        accepted(&mock, "ModifySubnetAttribute", &[("SubnetId", &id), (name, value)]);
        let path = format!("subnetSet/0/{path}");
        assert_eq!(shown(&mock, "DescribeSubnets", ("SubnetId.1", &id), &path), value);
    }
    let two = [
        ("SubnetId", id.as_str()),
        ("MapPublicIpOnLaunch.Value", "false"),
        ("EnableDns64.Value", "false"),
    ];
    refused(&mock, "ModifySubnetAttribute", &two, "InvalidParameterCombination/400");
    refused(&mock, "ModifySubnetAttribute", &two[..1], "MissingParameter/400");
    let bad = [("SubnetId", id.as_str()), ("PrivateDnsHostnameTypeOnLaunch", "other")];
    refused(&mock, "ModifySubnetAttribute", &bad, "InvalidParameterValue/400");
}

// [D] The filters of the API reference, old spellings included.
#[test]
fn subnets_are_found_by_filter() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let other = [
        ("VpcId", vpc_id.as_str()),
        ("CidrBlock", "10.0.1.0/25"),
        ("AvailabilityZone", "eu-west-1c"),
    ];
    accepted(&mock, "CreateSubnet", &other);
    mock.advance(seconds(1));
    accepted(
        &mock,
        "ModifySubnetAttribute",
        &[("SubnetId", &id), ("MapPublicIpOnLaunch.Value", "true")],
    );
    for (name, value) in [
        ("availability-zone", "eu-west-1a"),
        ("availabilityZone", "eu-west-1a"),
        ("availability-zone-id", "euw1-az1"),
        ("available-ip-address-count", "251"),
        ("cidr-block", "10.0.0.0/24"),
        ("cidr", "10.0.0.*"),
        ("map-public-ip-on-launch", "true"),
        ("subnet-id", id.as_str()),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&mock, "DescribeSubnets", &filter);
        assert_eq!(found.texts("subnetSet/*/subnetId"), [id.as_str()], "{name}");
    }
    for (name, value) in
        [("vpc-id", vpc_id.as_str()), ("state", "available"), ("default-for-az", "false")]
    {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        assert_eq!(accepted(&mock, "DescribeSubnets", &filter).count("subnetSet"), 2, "{name}");
    }
}
