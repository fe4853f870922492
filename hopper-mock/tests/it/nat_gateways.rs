//! Rules of NAT gateways.

use hopper_mock::{Mock, Quotas};

use crate::support::{
    accepted, address, blockers, internet_gateway, made, mock, refused, seconds, shown, subnet, vpc,
};

/// A place for a NAT gateway.
struct Place {
    mock: Mock,
    vpc_id: String,
    subnet_id: String,
    internet_gateway_id: String,
    allocation_id: String,
}

impl Place {
    fn new() -> Self {
        Self::on(mock())
    }

    fn on(mock: Mock) -> Self {
        let vpc_id = vpc(&mock, "10.0.0.0/16");
        let subnet_id = subnet(&mock, &vpc_id, "10.0.16.0/20");
        let internet_gateway_id = internet_gateway(&mock, &vpc_id);
        let allocation_id = address(&mock);
        Self { mock, vpc_id, subnet_id, internet_gateway_id, allocation_id }
    }

    fn params(&self) -> [(&'static str, &str); 2] {
        [("SubnetId", &self.subnet_id), ("AllocationId", &self.allocation_id)]
    }

    #[track_caller]
    fn create(&self) -> String {
        made(&accepted(&self.mock, "CreateNatGateway", &self.params()), "natGateway/natGatewayId")
    }

    fn shown(&self, id: &str, path: &str) -> Option<String> {
        let reply = accepted(&self.mock, "DescribeNatGateways", &[("NatGatewayId.1", id)]);
        reply.text(&format!("natGatewaySet/0/{path}")).map(str::to_owned)
    }

    fn state(&self, id: &str) -> String {
        self.shown(id, "state").unwrap()
    }
}

// [D] pending, then available, with the addresses it was given.
#[test]
fn a_gateway_is_pending_then_available() {
    let place = Place::new();
    let mut params = place.params().to_vec();
    params.extend([
        ("TagSpecification.1.ResourceType", "natgateway"),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", "out"),
    ]);
    let reply = accepted(&place.mock, "CreateNatGateway", &params);
    assert_eq!(reply.text("natGateway/state"), Some("pending"));
    let id = made(&reply, "natGateway/natGatewayId");
    place.mock.advance(seconds(104));
    assert_eq!(place.state(&id), "pending");
    place.mock.advance(seconds(1));
    assert_eq!(place.state(&id), "available");
    let public_ip = &place.mock.world().ec2.addresses[&place.allocation_id].public_ip.to_string();
    for (path, expected) in [
        ("vpcId", place.vpc_id.as_str()),
        ("subnetId", &place.subnet_id),
        ("connectivityType", "public"),
        ("createTime", "2026-01-01T00:00:00.000Z"),
        ("natGatewayAddressSet/0/allocationId", &place.allocation_id),
        ("natGatewayAddressSet/0/publicIp", public_ip),
        ("tagSet/0/value", "out"),
    ] {
        assert_eq!(place.shown(&id, path).as_deref(), Some(expected), "{path}");
    }
    for path in ["networkInterfaceId", "privateIp", "associationId"] {
        assert!(place.shown(&id, &format!("natGatewayAddressSet/0/{path}")).is_some(), "{path}");
    }
}

// [D] It makes an interface in the subnet, which only AWS may touch.
#[test]
fn a_gateway_makes_an_interface() {
    let place = Place::new();
    let mock = &place.mock;
    let id = place.create();
    let filter = [("Filter.1.Name", "subnet-id"), ("Filter.1.Value.1", place.subnet_id.as_str())];
    let found = accepted(mock, "DescribeNetworkInterfaces", &filter);
    assert_eq!(found.count("networkInterfaceSet"), 1);
    let text = |path: &str| found.text(&format!("networkInterfaceSet/0/{path}"));
    assert_eq!(text("interfaceType"), Some("nat_gateway"));
    assert_eq!(text("description"), Some(format!("Interface for NAT Gateway {id}").as_str()));
    assert_eq!(text("status"), Some("in-use"));
    assert_eq!(text("requesterManaged"), Some("true"));
    assert_eq!(text("sourceDestCheck"), Some("false"));
    assert_eq!(text("association/allocationId"), Some(place.allocation_id.as_str()));
    let eni = made(&found, "networkInterfaceSet/0/networkInterfaceId");
    assert_eq!(place.shown(&id, "natGatewayAddressSet/0/networkInterfaceId"), Some(eni.clone()));
    let one = [("NetworkInterfaceId", eni.as_str())];
    refused(mock, "DeleteNetworkInterface", &one, "InvalidParameterValue/400");
    let text = [one[0], ("Description.Value", "mine")];
    refused(mock, "ModifyNetworkInterfaceAttribute", &text, "AuthFailure/400");
    let attachment = made(&found, "networkInterfaceSet/0/attachment/attachmentId");
    let params = [("AttachmentId", attachment.as_str())];
    refused(mock, "DetachNetworkInterface", &params, "OperationNotPermitted/400");
    let kinds: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
    assert_eq!(kinds, ["vpc", "subnet", "internet-gateway", "elastic-ip", "natgateway"]);
}

// [D] While it is there, and until it is `deleted`, it keeps subnet, address and gateway.
#[test]
fn a_gateway_keeps_subnet_address_and_internet_gateway_until_deleted() {
    let place = Place::new();
    let mock = &place.mock;
    let id = place.create();
    mock.advance(seconds(105));
    let detach =
        [("InternetGatewayId", place.internet_gateway_id.as_str()), ("VpcId", &place.vpc_id)];
    let all_blocked = || {
        let release = [("AllocationId", place.allocation_id.as_str())];
        refused(mock, "ReleaseAddress", &release, "AuthFailure/400");
        let reply = accepted(mock, "DescribeAddresses", &[]);
        let association = made(&reply, "addressesSet/0/associationId");
        let end = [("AssociationId", association.as_str())];
        refused(mock, "DisassociateAddress", &end, "AuthFailure/400");
        refused(mock, "DetachInternetGateway", &detach, "DependencyViolation/400");
        let subnet = [("SubnetId", place.subnet_id.as_str())];
        refused(mock, "DeleteSubnet", &subnet, "DependencyViolation/400");
        assert_eq!(blockers(mock, "DeleteSubnet", &subnet).len(), 1);
    };
    all_blocked();
    let reply = accepted(mock, "DeleteNatGateway", &[("NatGatewayId", &id)]);
    assert_eq!(reply.text("natGatewayId"), Some(id.as_str()));
    assert_eq!(place.state(&id), "deleting");
    mock.advance(seconds(59));
    all_blocked();
    mock.advance(seconds(1));
    assert_eq!(place.state(&id), "deleted");
    assert_eq!(place.shown(&id, "deleteTime").as_deref(), Some("2026-01-01T00:01:45.000Z"));
    accepted(mock, "DetachInternetGateway", &detach);
    accepted(mock, "DeleteSubnet", &[("SubnetId", &place.subnet_id)]);
}

// [O] Its address stands for nothing any more, and cannot be released yet for some seconds: AWS
// says `AuthFailure`, which is not true.
#[test]
fn the_address_of_a_deleted_gateway_is_released_a_little_later() {
    let place = Place::new();
    let mock = &place.mock;
    let id = place.create();
    mock.advance(seconds(105));
    accepted(mock, "DeleteNatGateway", &[("NatGatewayId", &id)]);
    mock.advance(seconds(60));
    let addresses = accepted(mock, "DescribeAddresses", &[]);
    assert_eq!(addresses.text("addressesSet/0/associationId"), None);
    let release = [("AllocationId", place.allocation_id.as_str())];
    refused(mock, "ReleaseAddress", &release, "AuthFailure/400");
    mock.advance(seconds(1));
    refused(mock, "ReleaseAddress", &release, "AuthFailure/400");
    mock.advance(seconds(1));
    accepted(mock, "ReleaseAddress", &release);
}

// [D] A deleted gateway stays listed for about an hour, is no leftover, and then is not found.
#[test]
fn a_deleted_gateway_stays_listed_for_an_hour() {
    let place = Place::new();
    let id = place.create();
    let public_ip = place.shown(&id, "natGatewayAddressSet/0/publicIp");
    let params = [("NatGatewayId", id.as_str())];
    accepted(&place.mock, "DeleteNatGateway", &params);
    place.mock.advance(seconds(60));
    assert_eq!(place.state(&id), "deleted");
    assert_eq!(place.shown(&id, "natGatewayAddressSet/0/publicIp"), public_ip);
    assert!(!place.mock.world().leftovers().iter().any(|left| left.kind == "natgateway"));
    accepted(&place.mock, "DeleteNatGateway", &params);
    assert_eq!(place.state(&id), "deleted");
    place.mock.advance(seconds(3600));
    refused(&place.mock, "DeleteNatGateway", &params, "NatGatewayNotFound/400");
    let one = [("NatGatewayId.1", id.as_str())];
    refused(&place.mock, "DescribeNatGateways", &one, "NatGatewayNotFound/400");
}

// [D] The same token gives the same gateway; with other parameters it is refused.
#[test]
fn a_token_makes_one_gateway() {
    let place = Place::new();
    let [subnet_id, allocation] = place.params();
    let token = ("ClientToken", "once");
    let first = accepted(&place.mock, "CreateNatGateway", &[subnet_id, allocation, token]);
    let id = made(&first, "natGateway/natGatewayId");
    place.mock.advance(seconds(105));
    let again = accepted(&place.mock, "CreateNatGateway", &[token, allocation, subnet_id]);
    assert_eq!(made(&again, "natGateway/natGatewayId"), id);
    assert_eq!(again.text("natGateway/state"), Some("available"));
    assert_eq!(place.mock.world().ec2.nat_gateways.len(), 1);
    let other = subnet(&place.mock, &place.vpc_id, "10.0.0.0/20");
    let params = [("SubnetId", other.as_str()), allocation, token];
    refused(&place.mock, "CreateNatGateway", &params, "IdempotentParameterMismatch/400");
}

#[track_caller]
fn fails(place: &Place, code: &str) {
    let id = place.create();
    assert_eq!(place.state(&id), "pending");
    place.mock.advance(seconds(120));
    assert_eq!(place.state(&id), "failed");
    assert_eq!(place.shown(&id, "failureCode").as_deref(), Some(code));
    assert!(place.shown(&id, "failureMessage").is_some());
    let held = place.mock.world().ec2.network_interfaces.into_values();
    assert_eq!(held.filter(|eni| eni.description.contains(&id)).count(), 0);
    place.mock.advance(seconds(3600));
    let one = [("NatGatewayId.1", id.as_str())];
    refused(&place.mock, "DescribeNatGateways", &one, "NatGatewayNotFound/400");
}

// [D] The failure codes of the API reference: no internet gateway.
#[test]
fn without_an_internet_gateway_it_fails() {
    let place = Place::new();
    let detach =
        [("InternetGatewayId", place.internet_gateway_id.as_str()), ("VpcId", &place.vpc_id)];
    accepted(&place.mock, "DetachInternetGateway", &detach);
    fails(&place, "Gateway.NotAttached");
}

// [D] An address that stands for something else.
#[test]
fn with_a_used_address_it_fails() {
    let place = Place::new();
    let first = place.create();
    fails(&place, "Resource.AlreadyAssociated");
    assert_eq!(place.state(&first), "available");
}

// [D] A full subnet.
#[test]
fn in_a_full_subnet_it_fails() {
    let mut place = Place::new();
    place.subnet_id = subnet(&place.mock, &place.vpc_id, "10.0.0.0/28");
    let params = [("SubnetId", place.subnet_id.as_str()), ("SecondaryPrivateIpAddressCount", "10")];
    accepted(&place.mock, "CreateNetworkInterface", &params);
    let subnet_id = ("SubnetId.1", place.subnet_id.as_str());
    let path = "subnetSet/0/availableIpAddressCount";
    assert_eq!(shown(&place.mock, "DescribeSubnets", subnet_id, path), "0");
    fails(&place, "InsufficientFreeAddressesInSubnet");
}

// A doomed gateway is accepted, fails with the code, and its address is free again.
#[test]
fn a_doomed_gateway_fails_later() {
    let place = Place::new();
    place.mock.doom("CreateNatGateway").with("InternalError");
    fails(&place, "InternalError");
    accepted(&place.mock, "ReleaseAddress", &[("AllocationId", &place.allocation_id)]);
}

// [D] and [O] What is refused at once.
#[test]
fn what_does_not_exist_is_refused() {
    let place = Place::new();
    let mock = &place.mock;
    let [subnet_id, allocation] = place.params();
    refused(mock, "CreateNatGateway", &[subnet_id], "MissingParameter/400");
    refused(mock, "CreateNatGateway", &[allocation], "MissingParameter/400");
    let malformed = [("SubnetId", "subnet-x"), allocation];
    refused(mock, "CreateNatGateway", &malformed, "InvalidSubnet/400");
    let unknown = [("SubnetId", "subnet-0123456789abcdef0"), allocation];
    refused(mock, "CreateNatGateway", &unknown, "InvalidSubnetID.NotFound/400");
    let unknown = [subnet_id, ("AllocationId", "eipalloc-0123456789abcdef0")];
    refused(mock, "CreateNatGateway", &unknown, "InvalidAllocationID.NotFound/400");
    let private = [subnet_id, allocation, ("ConnectivityType", "private")];
    refused(mock, "CreateNatGateway", &private, "InvalidParameterCombination/400");
    for (operation, param) in
        [("DescribeNatGateways", "NatGatewayId.1"), ("DeleteNatGateway", "NatGatewayId")]
    {
        let unknown = [(param, "nat-0123456789abcdef0")];
        refused(mock, operation, &unknown, "NatGatewayNotFound/400");
        refused(mock, operation, &[(param, "nat-x")], "NatGatewayMalformed/400");
    }
}

// [D] 5 NAT gateways in a zone; those that are gone do not count.
#[test]
fn a_zone_has_so_many_gateways() {
    let quotas = Quotas { nat_gateways_per_zone: 1, ..Quotas::default() };
    let place = Place::on(Mock::builder().seed(7).quotas(quotas).build());
    let id = place.create();
    refused(&place.mock, "CreateNatGateway", &place.params(), "NatGatewayLimitExceeded/400");
    let other = [
        ("VpcId", place.vpc_id.as_str()),
        ("CidrBlock", "10.0.0.0/20"),
        ("AvailabilityZone", "eu-west-1b"),
    ];
    let elsewhere = made(&accepted(&place.mock, "CreateSubnet", &other), "subnet/subnetId");
    let params = [("SubnetId", elsewhere.as_str()), ("ConnectivityType", "private")];
    accepted(&place.mock, "CreateNatGateway", &params);
    accepted(&place.mock, "DeleteNatGateway", &[("NatGatewayId", &id)]);
    refused(&place.mock, "CreateNatGateway", &place.params(), "NatGatewayLimitExceeded/400");
    place.mock.advance(seconds(60));
    place.create();
}

// [D] Filters; a list by filter of what is not there is empty.
#[test]
fn gateways_are_found_by_filter() {
    let place = Place::new();
    let id = place.create();
    for (name, value) in [
        ("nat-gateway-id", id.as_str()),
        ("state", "pending"),
        ("subnet-id", &place.subnet_id),
        ("vpc-id", &place.vpc_id),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&place.mock, "DescribeNatGateways", &filter);
        assert_eq!(found.texts("natGatewaySet/*/natGatewayId"), [id.as_str()], "{name}");
        let none = [("Filter.1.Name", name), ("Filter.1.Value.1", "other")];
        assert_eq!(accepted(&place.mock, "DescribeNatGateways", &none).count("natGatewaySet"), 0);
    }
}
