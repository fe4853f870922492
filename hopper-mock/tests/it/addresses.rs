//! Rules of Elastic IP addresses.

use hopper_mock::Mock;

use crate::support::{
    accepted, address, blockers, interface, internet_gateway, made, mock, refused, shown, subnet,
    vpc,
};

const UNKNOWN: &str = "eipalloc-0123456789abcdef0";

/// A subnet of a VPC that is on the internet.
fn public_subnet(mock: &Mock) -> String {
    let vpc_id = vpc(mock, "10.0.0.0/16");
    internet_gateway(mock, &vpc_id);
    subnet(mock, &vpc_id, "10.0.0.0/24")
}

fn associate(mock: &Mock, allocation: &str, eni: &str) -> String {
    let params = [("AllocationId", allocation), ("NetworkInterfaceId", eni)];
    made(&accepted(mock, "AssociateAddress", &params), "associationId")
}

fn shown_of(mock: &Mock, allocation: &str, path: &str) -> Option<String> {
    let reply = accepted(mock, "DescribeAddresses", &[("AllocationId.1", allocation)]);
    reply.text(&format!("addressesSet/0/{path}")).map(str::to_owned)
}

// [D] An address reads back as it was allocated, by id, by itself and by filter.
#[test]
fn an_address_reads_back() {
    let mock = mock();
    let params = [
        ("Domain", "vpc"),
        ("TagSpecification.1.ResourceType", "elastic-ip"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "nat"),
    ];
    let reply = accepted(&mock, "AllocateAddress", &params);
    let (id, public_ip) = (made(&reply, "allocationId"), made(&reply, "publicIp"));
    address(&mock);
    for (name, value) in [("AllocationId.1", id.as_str()), ("PublicIp.1", &public_ip)] {
        let found = accepted(&mock, "DescribeAddresses", &[(name, value)]);
        assert_eq!(found.texts("addressesSet/*/allocationId"), [id.as_str()], "{name}");
        assert_eq!(found.text("addressesSet/0/publicIp"), Some(public_ip.as_str()));
        assert_eq!(found.text("addressesSet/0/domain"), Some("vpc"));
        assert_eq!(found.text("addressesSet/0/associationId"), None);
    }
    for (name, value) in
        [("allocation-id", id.as_str()), ("public-ip", &public_ip), ("tag:Name", "nat")]
    {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&mock, "DescribeAddresses", &filter);
        assert_eq!(found.texts("addressesSet/*/allocationId"), [id.as_str()], "{name}");
    }
    assert_eq!(accepted(&mock, "DescribeAddresses", &[]).count("addressesSet"), 2);
}

// [D] Codes of ids; [U] the malformed one.
#[test]
fn what_is_not_there_is_refused() {
    let mock = mock();
    for (operation, param) in
        [("DescribeAddresses", "AllocationId.1"), ("ReleaseAddress", "AllocationId")]
    {
        refused(&mock, operation, &[(param, UNKNOWN)], "InvalidAllocationID.NotFound/400");
        refused(&mock, operation, &[(param, "eip")], "InvalidAllocationID.Malformed/400");
    }
    let elsewhere = [("PublicIp.1", "192.0.2.1")];
    refused(&mock, "DescribeAddresses", &elsewhere, "InvalidAddress.NotFound/400");
    let unknown = [("AssociationId", "eipassoc-0123456789abcdef0")];
    refused(&mock, "DisassociateAddress", &unknown, "InvalidAssociationID.NotFound/400");
    refused(&mock, "DisassociateAddress", &[], "MissingParameter/400");
    refused(&mock, "ReleaseAddress", &[], "MissingParameter/400");
}

// [D] 5 addresses in a region.
#[test]
fn the_sixth_address_is_refused() {
    let mock = mock();
    let first = address(&mock);
    for _ in 1..5 {
        address(&mock);
    }
    refused(&mock, "AllocateAddress", &[], "AddressLimitExceeded/400");
    accepted(&mock, "ReleaseAddress", &[("AllocationId", &first)]);
    address(&mock);
}

// [D] An association shows on both sides; a public name only with DNS hostnames.
#[test]
fn an_association_shows_on_both_sides() {
    let mock = mock();
    let subnet_id = public_subnet(&mock);
    let eni = interface(&mock, &subnet_id);
    let id = address(&mock);
    let association = associate(&mock, &id, &eni);
    assert_eq!(shown_of(&mock, &id, "associationId"), Some(association.clone()));
    assert_eq!(shown_of(&mock, &id, "networkInterfaceId"), Some(eni.clone()));
    let public_ip = shown_of(&mock, &id, "publicIp").unwrap();

    let filter = [("Filter.1.Name", "association.public-ip"), ("Filter.1.Value.1", &public_ip)];
    let found = accepted(&mock, "DescribeNetworkInterfaces", &filter);
    let text = |path: &str| found.text(&format!("networkInterfaceSet/0/association/{path}"));
    assert_eq!(text("publicIp"), Some(public_ip.as_str()));
    assert_eq!(text("allocationId"), Some(id.as_str()));
    assert_eq!(text("associationId"), Some(association.as_str()));
    assert_eq!(text("ipOwnerId"), Some("123456789012"));
    assert_eq!(text("publicDnsName"), Some(""));
    let vpc_id = found.text("networkInterfaceSet/0/vpcId").unwrap();
    let names = [("VpcId", vpc_id), ("EnableDnsHostnames.Value", "true")];
    accepted(&mock, "ModifyVpcAttribute", &names);
    let path = "networkInterfaceSet/0/association/publicDnsName";
    let name = shown(&mock, "DescribeNetworkInterfaces", ("NetworkInterfaceId.1", &eni), path);
    let hyphened = public_ip.replace('.', "-");
    assert_eq!(name, format!("ec2-{hyphened}.eu-west-1.compute.amazonaws.com"));
}

// [D] An address moves to another interface unless reassociation is forbidden.
#[test]
fn an_address_moves_unless_it_must_not() {
    let mock = mock();
    let subnet_id = public_subnet(&mock);
    let (one, other) = (interface(&mock, &subnet_id), interface(&mock, &subnet_id));
    let id = address(&mock);
    let first = associate(&mock, &id, &one);
    assert_eq!(associate(&mock, &id, &one), first);
    let forbidden = [
        ("AllocationId", id.as_str()),
        ("NetworkInterfaceId", other.as_str()),
        ("AllowReassociation", "false"),
    ];
    refused(&mock, "AssociateAddress", &forbidden, "Resource.AlreadyAssociated/400");
    let second = associate(&mock, &id, &other);
    assert_ne!(second, first);
    assert_eq!(shown_of(&mock, &id, "networkInterfaceId"), Some(other.clone()));

    let newer = address(&mock);
    associate(&mock, &newer, &other);
    assert_eq!(shown_of(&mock, &id, "associationId"), None, "the older address is free");
}

// [D] Gateway.NotAttached without an internet gateway.
#[test]
fn an_association_needs_the_internet() {
    let mock = mock();
    let subnet_id = subnet(&mock, &vpc(&mock, "10.0.0.0/16"), "10.0.0.0/24");
    let (eni, id) = (interface(&mock, &subnet_id), address(&mock));
    let params = [("AllocationId", id.as_str()), ("NetworkInterfaceId", eni.as_str())];
    refused(&mock, "AssociateAddress", &params, "Gateway.NotAttached/400");
}

// [D] What to associate with must be given, and exist.
#[test]
fn an_association_needs_an_interface() {
    let mock = mock();
    let eni = interface(&mock, &public_subnet(&mock));
    let id = address(&mock);
    let with = |more: &[(&'static str, &str)], code| {
        let mut params = vec![("AllocationId", id.as_str())];
        params.extend(more);
        refused(&mock, "AssociateAddress", &params, code);
    };
    with(&[], "InvalidParameterCombination/400");
    with(&[("InstanceId", "i-0123456789abcdef0")], "InvalidInstanceID.NotFound/400");
    let unknown = "eni-0123456789abcdef0";
    with(&[("NetworkInterfaceId", unknown)], "InvalidNetworkInterfaceID.NotFound/400");
    let foreign = [("NetworkInterfaceId", eni.as_str()), ("PrivateIpAddress", "10.0.0.3")];
    with(&foreign, "InvalidParameterValue/400");
}

// [D] InvalidIPAddress.InUse while associated; [O] by public IP it is refused.
#[test]
fn an_associated_address_is_not_released() {
    let mock = mock();
    let eni = interface(&mock, &public_subnet(&mock));
    let id = address(&mock);
    let association = associate(&mock, &id, &eni);
    refused(&mock, "ReleaseAddress", &[("AllocationId", &id)], "InvalidIPAddress.InUse/400");
    assert_eq!(blockers(&mock, "ReleaseAddress", &[("AllocationId", &id)]), [eni.as_str()]);
    accepted(&mock, "DisassociateAddress", &[("AssociationId", &association)]);
    let public_ip = shown_of(&mock, &id, "publicIp").unwrap();
    refused(&mock, "ReleaseAddress", &[("PublicIp", &public_ip)], "InvalidParameterValue/400");
    accepted(&mock, "ReleaseAddress", &[("AllocationId", &id)]);
    assert_eq!(mock.world().ec2.addresses.len(), 0);
}

// [U] An interface may be deleted with its address, which stays allocated.
#[test]
fn an_address_outlives_its_interface() {
    let mock = mock();
    let eni = interface(&mock, &public_subnet(&mock));
    let id = address(&mock);
    associate(&mock, &id, &eni);
    accepted(&mock, "DeleteNetworkInterface", &[("NetworkInterfaceId", &eni)]);
    assert_eq!(shown_of(&mock, &id, "associationId"), None);
    accepted(&mock, "ReleaseAddress", &[("AllocationId", &id)]);
}
