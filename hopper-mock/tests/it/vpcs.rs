//! Rules of VPCs.

use crate::support::{accepted, made, mock, refused, seconds, vpc};

// [D] A VPC is pending first, and available soon after.
#[test]
fn a_new_vpc_is_pending_then_available() {
    let mock = mock();
    let reply = accepted(&mock, "CreateVpc", &[("CidrBlock", "10.0.0.0/16")]);
    assert_eq!(reply.text("vpc/state"), Some("pending"));
    mock.advance(seconds(1));
    let id = made(&reply, "vpc/vpcId");
    let reply = accepted(&mock, "DescribeVpcs", &[("VpcId.1", &id)]);
    assert_eq!(reply.text("vpcSet/0/state"), Some("available"));
}

// [D] What is described is what was made, with the defaults of the API reference.
#[test]
fn a_vpc_reads_back_as_it_was_made() {
    let mock = mock();
    let params = [
        ("CidrBlock", "10.3.7.9/24"),
        ("InstanceTenancy", "dedicated"),
        ("TagSpecification.1.ResourceType", "vpc"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "net <1>"),
    ];
    let id = made(&accepted(&mock, "CreateVpc", &params), "vpc/vpcId");
    let reply = accepted(&mock, "DescribeVpcs", &[("VpcId.1", &id)]);
    for (path, expected) in [
        ("cidrBlock", "10.3.7.0/24"),
        ("cidrBlockAssociationSet/0/cidrBlock", "10.3.7.0/24"),
        ("cidrBlockAssociationSet/0/cidrBlockState/state", "associated"),
        ("instanceTenancy", "dedicated"),
        ("isDefault", "false"),
        ("ownerId", "123456789012"),
        ("tagSet/0/key", "Name"),
        ("tagSet/0/value", "net <1>"),
    ] {
        assert_eq!(reply.text(&format!("vpcSet/0/{path}")), Some(expected), "{path}");
    }
    assert!(reply.body.contains("net &lt;1&gt;"));
}

// [O] The wire code is InvalidVpc.Range; the error page has another spelling.
#[test]
fn the_block_must_be_between_16_and_28() {
    let mock = mock();
    for block in ["10.0.0.0/8", "10.0.0.0/15", "10.0.0.0/29"] {
        refused(&mock, "CreateVpc", &[("CidrBlock", block)], "InvalidVpc.Range/400");
    }
    for block in ["10.0.0.0/16", "10.0.0.0/28"] {
        accepted(&mock, "CreateVpc", &[("CidrBlock", block)]);
    }
}

// [D] Malformed values.
#[test]
fn a_malformed_request_is_refused() {
    let mock = mock();
    let create = |params, code| refused(&mock, "CreateVpc", params, code);
    create(&[("CidrBlock", "300.0.0.0/16")], "InvalidParameterValue/400");
    create(&[], "MissingParameter/400");
    create(
        &[("CidrBlock", "10.0.0.0/16"), ("InstanceTenancy", "host")],
        "InvalidParameterValue/400",
    );
}

// [D] Malformed and missing ids have codes of their own.
#[test]
fn malformed_and_missing_ids_differ() {
    let mock = mock();
    let unknown = "vpc-0123456789abcdef0";
    for operation in ["DescribeVpcs", "DeleteVpc"] {
        let param = if operation == "DescribeVpcs" { "VpcId.1" } else { "VpcId" };
        for malformed in ["vpc-nothex", "subnet-0123456789abcdef0", "vpc-01234", ""] {
            refused(&mock, operation, &[(param, malformed)], "InvalidVpcID.Malformed/400");
        }
        refused(&mock, operation, &[(param, unknown)], "InvalidVpcID.NotFound/400");
    }
}

// [D] 5 VPCs in a region.
#[test]
fn the_sixth_vpc_is_refused() {
    let mock = mock();
    let ids: Vec<_> = (0..5).map(|n| vpc(&mock, &format!("10.{n}.0.0/16"))).collect();
    refused(&mock, "CreateVpc", &[("CidrBlock", "10.9.0.0/16")], "VpcLimitExceeded/400");
    accepted(&mock, "DeleteVpc", &[("VpcId", &ids[0])]);
    accepted(&mock, "CreateVpc", &[("CidrBlock", "10.9.0.0/16")]);
}

// [D] A VPC comes with a main route table, a default security group and a default network ACL.
#[test]
fn a_vpc_comes_furnished() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let of_vpc = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", id.as_str())];

    let tables = accepted(&mock, "DescribeRouteTables", &of_vpc);
    assert_eq!(tables.count("routeTableSet"), 1);
    let table = |path: &str| tables.text(&format!("routeTableSet/0/{path}")).unwrap().to_owned();
    assert_eq!(table("associationSet/0/main"), "true");
    assert_eq!(table("routeSet/0/destinationCidrBlock"), "10.0.0.0/16");
    assert_eq!(table("routeSet/0/gatewayId"), "local");
    assert_eq!(table("routeSet/0/state"), "active");

    let groups = accepted(&mock, "DescribeSecurityGroups", &of_vpc);
    assert_eq!(groups.count("securityGroupInfo"), 1);
    let group = |path: &str| groups.text(&format!("securityGroupInfo/0/{path}"));
    assert_eq!(group("groupName"), Some("default"));
    assert_eq!(group("ipPermissions/0/ipProtocol"), Some("-1"));
    assert_eq!(group("ipPermissions/0/groups/0/groupId"), group("groupId"));
    assert_eq!(group("ipPermissionsEgress/0/ipRanges/0/cidrIp"), Some("0.0.0.0/0"));

    let acls = accepted(&mock, "DescribeNetworkAcls", &of_vpc);
    assert_eq!(acls.texts("networkAclSet/*/default"), ["true"]);
    let actions = acls.texts("networkAclSet/0/entrySet/*/ruleAction");
    assert_eq!(actions, ["allow", "deny", "allow", "deny"]);

    let vpcs = accepted(&mock, "DescribeVpcs", &of_vpc);
    let options = vpcs.text("vpcSet/0/dhcpOptionsId").unwrap();
    let found = accepted(&mock, "DescribeDhcpOptions", &[("DhcpOptionsId.1", options)]);
    assert!(found.texts("dhcpOptionsSet/0/dhcpConfigurationSet/*/key").contains(&"domain-name"));
}

// [D] Main route table, default group and default ACL are deleted with the VPC.
#[test]
fn the_furniture_goes_with_the_vpc() {
    let mock = mock();
    let fresh = mock.world();
    let id = vpc(&mock, "10.0.0.0/16");
    accepted(&mock, "DeleteVpc", &[("VpcId", &id)]);
    assert_eq!(mock.world().diff(&fresh).to_string(), "");
    refused(&mock, "DeleteVpc", &[("VpcId", &id)], "InvalidVpcID.NotFound/400");
}

// [D] Anything else in the VPC keeps it, and the refusal knows what.
#[test]
fn another_route_table_keeps_the_vpc() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let table = accepted(&mock, "CreateRouteTable", &[("VpcId", &id)]);
    let table = made(&table, "routeTable/routeTableId");
    let reply = mock.call("DeleteVpc", &[("VpcId", &id)]);
    let error = reply.error().unwrap();
    assert_eq!(error.code, "DependencyViolation");
    assert_eq!(error.message, format!("The vpc '{id}' has dependencies and cannot be deleted."));
    assert_eq!(error.blockers, [table]);
}

// [D] Defaults of the attributes; one attribute a call.
#[test]
fn attributes_change_one_at_a_time() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let shown = |attribute| {
        let params = [("VpcId", id.as_str()), ("Attribute", attribute)];
        let reply = accepted(&mock, "DescribeVpcAttribute", &params);
        made(&reply, &format!("{attribute}/value"))
    };
    assert_eq!(shown("enableDnsSupport"), "true");
    assert_eq!(shown("enableDnsHostnames"), "false");
    let hostnames = [("VpcId", id.as_str()), ("EnableDnsHostnames.Value", "true")];
    accepted(&mock, "ModifyVpcAttribute", &hostnames);
    assert_eq!(shown("enableDnsHostnames"), "true");

    let modify = |params: &[(&str, &str)], code| {
        let params = [&[("VpcId", id.as_str())], params].concat();
        refused(&mock, "ModifyVpcAttribute", &params, code);
    };
    modify(
        &[("EnableDnsHostnames.Value", "true"), ("EnableDnsSupport.Value", "true")],
        "InvalidParameterCombination/400",
    );
    modify(&[], "MissingParameter/400");
    modify(&[("EnableDnsSupport.Value", "maybe")], "InvalidParameterValue/400");
    modify(&[("EnableDnsSupport", "true")], "InvalidParameterValue/400");
    modify(&[("DryRun", "true")], "UnknownParameter/400");
    refused(
        &mock,
        "DescribeVpcAttribute",
        &[("VpcId", &id), ("Attribute", "colour")],
        "InvalidParameterValue/400",
    );
}

// [U] DNS hostnames need DNS support.
#[test]
fn dns_hostnames_need_dns_support() {
    let mock = mock();
    let id = vpc(&mock, "10.0.0.0/16");
    let set = |name, value| [("VpcId", id.clone()), (name, String::from(value))];
    let call = |params: [(&str, String); 2]| {
        let params: Vec<_> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        mock.call("ModifyVpcAttribute", &params)
    };
    assert_eq!(call(set("EnableDnsSupport.Value", "false")).code(), None);
    let refused = call(set("EnableDnsHostnames.Value", "true"));
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
}
