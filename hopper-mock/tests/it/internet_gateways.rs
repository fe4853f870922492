//! Rules of internet gateways.

use crate::support::{
    accepted, address, blockers, interface, internet_gateway, made, mock, refused, shown, subnet,
    vpc,
};

const UNKNOWN: &str = "igw-0123456789abcdef0";

// [D] A gateway is made detached, and shows its VPC when it is attached.
#[test]
fn a_gateway_shows_what_it_is_attached_to() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let tags = [
        ("TagSpecification.1.ResourceType", "internet-gateway"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "out"),
    ];
    let reply = accepted(&mock, "CreateInternetGateway", &tags);
    assert_eq!(reply.count("internetGateway/attachmentSet"), 0);
    assert_eq!(reply.text("internetGateway/tagSet/0/value"), Some("out"));
    let id = made(&reply, "internetGateway/internetGatewayId");
    let both = [("InternetGatewayId", id.as_str()), ("VpcId", vpc_id.as_str())];
    accepted(&mock, "AttachInternetGateway", &both);
    let filter = [("Filter.1.Name", "attachment.vpc-id"), ("Filter.1.Value.1", vpc_id.as_str())];
    let found = accepted(&mock, "DescribeInternetGateways", &filter);
    assert_eq!(found.text("internetGatewaySet/0/internetGatewayId"), Some(id.as_str()));
    let attachment = "internetGatewaySet/0/attachmentSet/0";
    assert_eq!(found.text(&format!("{attachment}/vpcId")), Some(vpc_id.as_str()));
    assert_eq!(found.text(&format!("{attachment}/state")), Some("available"));
    accepted(&mock, "DetachInternetGateway", &both);
    let found = accepted(&mock, "DescribeInternetGateways", &[("InternetGatewayId.1", &id)]);
    assert_eq!(found.count("internetGatewaySet/0/attachmentSet"), 0);
}

// [D] Resource.AlreadyAssociated; [O] a VPC has one gateway.
#[test]
fn one_gateway_a_vpc_and_one_vpc_a_gateway() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let id = internet_gateway(&mock, &one);
    for vpc_id in [&one, &other] {
        let again = [("InternetGatewayId", id.as_str()), ("VpcId", vpc_id)];
        refused(&mock, "AttachInternetGateway", &again, "Resource.AlreadyAssociated/400");
    }
    let reply = accepted(&mock, "CreateInternetGateway", &[]);
    let second = made(&reply, "internetGateway/internetGatewayId");
    let params = [("InternetGatewayId", second.as_str()), ("VpcId", one.as_str())];
    refused(&mock, "AttachInternetGateway", &params, "InvalidParameterValue/400");
    assert_eq!(blockers(&mock, "AttachInternetGateway", &params), [id.as_str()]);
}

// [D] Gateway.NotAttached, and the ids.
#[test]
fn what_is_not_attached_cannot_be_detached() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let id = internet_gateway(&mock, &one);
    let elsewhere = [("InternetGatewayId", id.as_str()), ("VpcId", other.as_str())];
    refused(&mock, "DetachInternetGateway", &elsewhere, "Gateway.NotAttached/400");
    let unknown = [("InternetGatewayId", UNKNOWN), ("VpcId", one.as_str())];
    for operation in ["AttachInternetGateway", "DetachInternetGateway"] {
        refused(&mock, operation, &unknown, "InvalidInternetGatewayID.NotFound/400");
    }
    let delete = |id, code| {
        refused(&mock, "DeleteInternetGateway", &[("InternetGatewayId", id)], code);
    };
    delete(UNKNOWN, "InvalidInternetGatewayID.NotFound/400");
    delete("igw-x", "InvalidInternetGatewayId.Malformed/400");
}

// [D] An attached gateway cannot be deleted, and keeps its VPC.
#[test]
fn an_attached_gateway_and_its_vpc_stay() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let id = internet_gateway(&mock, &vpc_id);
    let params = [("InternetGatewayId", id.as_str())];
    refused(&mock, "DeleteInternetGateway", &params, "DependencyViolation/400");
    refused(&mock, "DeleteVpc", &[("VpcId", &vpc_id)], "DependencyViolation/400");
    assert_eq!(blockers(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]), [id.as_str()]);
    accepted(&mock, "DetachInternetGateway", &[params[0], ("VpcId", &vpc_id)]);
    accepted(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]);
    accepted(&mock, "DeleteInternetGateway", &params);
}

// [O] Public addresses in the VPC keep the gateway attached.
#[test]
fn a_mapped_public_address_keeps_the_gateway() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let id = internet_gateway(&mock, &vpc_id);
    let eni = interface(&mock, &subnet_id);
    let allocation = address(&mock);
    let params = [("AllocationId", allocation.as_str()), ("NetworkInterfaceId", eni.as_str())];
    let association = made(&accepted(&mock, "AssociateAddress", &params), "associationId");
    let detach = [("InternetGatewayId", id.as_str()), ("VpcId", vpc_id.as_str())];
    let reply = mock.call("DetachInternetGateway", &detach);
    assert_eq!(reply.code(), Some("DependencyViolation"));
    let error = reply.error().unwrap();
    assert!(error.message.contains("mapped public address(es)"), "{error}");
    assert_eq!(error.blockers, [eni.as_str()]);

    accepted(&mock, "DisassociateAddress", &[("AssociationId", &association)]);
    let public = "198.18.0.9".parse().unwrap();
    let set = |ip| {
        mock.edit(|world| {
            world.ec2.network_interfaces.get_mut(&eni).unwrap().addresses[0].public_ip = ip;
        });
    };
    set(Some(public));
    refused(&mock, "DetachInternetGateway", &detach, "DependencyViolation/400");
    let path = "networkInterfaceSet/0/association/ipOwnerId";
    let id = ("NetworkInterfaceId.1", eni.as_str());
    assert_eq!(shown(&mock, "DescribeNetworkInterfaces", id, path), "amazon");
    set(None);
    accepted(&mock, "DetachInternetGateway", &detach);
}

// [D] 5 gateways in a region.
#[test]
fn the_sixth_gateway_is_refused() {
    let mock = mock();
    for _ in 0..5 {
        accepted(&mock, "CreateInternetGateway", &[]);
    }
    refused(&mock, "CreateInternetGateway", &[], "InternetGatewayLimitExceeded/400");
}
