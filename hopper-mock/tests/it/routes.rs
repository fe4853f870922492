//! Rules of routes, and of deleting route tables.

use hopper_mock::{Mock, Quotas, Switches};

use crate::support::{
    accepted, address, blockers, hang_on, interface, internet_gateway, made, mock, refused,
    seconds, shown, subnet, vpc,
};

fn table(mock: &Mock, vpc_id: &str) -> String {
    let reply = accepted(mock, "CreateRouteTable", &[("VpcId", vpc_id)]);
    made(&reply, "routeTable/routeTableId")
}

fn main_table(mock: &Mock, vpc_id: &str) -> String {
    let filters = [
        ("Filter.1.Name", "association.main"),
        ("Filter.1.Value.1", "true"),
        ("Filter.2.Name", "vpc-id"),
        ("Filter.2.Value.1", vpc_id),
    ];
    made(&accepted(mock, "DescribeRouteTables", &filters), "routeTableSet/0/routeTableId")
}

const ANYWHERE: (&str, &str) = ("DestinationCidrBlock", "0.0.0.0/0");

fn state(mock: &Mock, table: &str) -> String {
    let id = ("RouteTableId.1", table);
    shown(mock, "DescribeRouteTables", id, "routeTableSet/0/routeSet/1/state")
}

// [D] A route reads back, is replaced and deleted.
#[test]
fn a_route_reads_back_and_goes() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, igw) = (table(&mock, &vpc_id), internet_gateway(&mock, &vpc_id));
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("GatewayId", igw.as_str())];
    accepted(&mock, "CreateRoute", &route);
    let found = accepted(&mock, "DescribeRouteTables", &[("RouteTableId.1", &table)]);
    let text = |path: &str| found.text(&format!("routeTableSet/0/routeSet/1/{path}"));
    assert_eq!(text("destinationCidrBlock"), Some("0.0.0.0/0"));
    assert_eq!(text("gatewayId"), Some(igw.as_str()));
    assert_eq!(text("state"), Some("active"));
    assert_eq!(text("origin"), Some("CreateRoute"));

    refused(&mock, "CreateRoute", &route, "RouteAlreadyExists/400");
    accepted(&mock, "DeleteRoute", &route[..2]);
    refused(&mock, "DeleteRoute", &route[..2], "InvalidRoute.NotFound/400");
    refused(&mock, "ReplaceRoute", &route, "InvalidParameterValue/400");
}

// [D] The destination is made canonical, and must be a block.
#[test]
fn the_destination_is_a_block() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, igw) = (table(&mock, &vpc_id), internet_gateway(&mock, &vpc_id));
    let to = |cidr| {
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", cidr), ("GatewayId", &igw)]
    };
    refused(&mock, "CreateRoute", &to("0.0.0.0"), "InvalidParameterValue/400");
    accepted(&mock, "CreateRoute", &to("100.68.0.18/18"));
    refused(&mock, "CreateRoute", &to("100.68.0.0/18"), "RouteAlreadyExists/400");
    // [O] Inside the VPC a route leads to a machine alone.
    refused(&mock, "CreateRoute", &to("10.0.1.0/24"), "InvalidParameterValue/400");
    refused(&mock, "CreateRoute", &to("10.0.0.0/16"), "RouteAlreadyExists/400");
}

// [D] and [O] Targets that do not exist, by the kind they are given as.
#[test]
fn the_target_must_exist() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let table = table(&mock, &vpc_id);
    let to = |name, id, code| {
        let params = [("RouteTableId", table.as_str()), ANYWHERE, (name, id)];
        refused(&mock, "CreateRoute", &params, code);
    };
    to("GatewayId", "igw-0123456789abcdef0", "InvalidInternetGatewayID.NotFound/400");
    to("GatewayId", "nat-0123456789abcdef0", "InvalidGatewayID.NotFound/400");
    to("NatGatewayId", "nat-0123456789abcdef0", "InvalidNatGatewayID.NotFound/400");
    to("NatGatewayId", "nat-1", "InvalidNatGatewayID.Malformed/400");
    to("InstanceId", "i-0123456789abcdef0", "InvalidInstanceID.NotFound/400");
    let eni = "eni-0123456789abcdef0";
    to("NetworkInterfaceId", eni, "InvalidNetworkInterfaceID.NotFound/400");
    let none = [("RouteTableId", table.as_str()), ANYWHERE];
    refused(&mock, "CreateRoute", &none, "MissingParameter/400");
    let two = [none[0], none[1], ("GatewayId", "igw-1"), ("NatGatewayId", "nat-1")];
    refused(&mock, "CreateRoute", &two, "InvalidParameterCombination/400");
    let nowhere = [("RouteTableId", "rtb-0123456789abcdef0"), ANYWHERE, ("GatewayId", "igw-1")];
    refused(&mock, "CreateRoute", &nowhere, "InvalidRouteTableID.NotFound/400");
}

// [O] The gateway must be attached to the VPC of the table.
#[test]
fn the_target_must_be_in_the_network() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let table = table(&mock, &one);
    let igw = internet_gateway(&mock, &other);
    let eni = interface(&mock, &subnet(&mock, &other, "10.1.0.0/24"));
    for (name, id) in [("GatewayId", igw.as_str()), ("NetworkInterfaceId", eni.as_str())] {
        let params = [("RouteTableId", table.as_str()), ANYWHERE, (name, id)];
        refused(&mock, "CreateRoute", &params, "InvalidParameterValue/400");
    }
}

// [O] The local route stays ([U] text).
#[test]
fn the_local_route_stays() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, igw) = (table(&mock, &vpc_id), internet_gateway(&mock, &vpc_id));
    let params = [("RouteTableId", table.as_str()), ("DestinationCidrBlock", "10.0.0.0/16")];
    refused(&mock, "DeleteRoute", &params, "InvalidParameterValue/400");
    let replaced = [params[0], params[1], ("GatewayId", igw.as_str())];
    refused(&mock, "ReplaceRoute", &replaced, "InvalidParameterValue/400");
}

// [D] A route to a detached gateway is a black hole until it is attached again.
#[test]
fn a_detached_gateway_leaves_a_black_hole() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, igw) = (table(&mock, &vpc_id), internet_gateway(&mock, &vpc_id));
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("GatewayId", igw.as_str())];
    accepted(&mock, "CreateRoute", &route);
    let both = [("InternetGatewayId", igw.as_str()), ("VpcId", vpc_id.as_str())];
    accepted(&mock, "DetachInternetGateway", &both);
    assert_eq!(state(&mock, &table), "blackhole");
    accepted(&mock, "AttachInternetGateway", &both);
    assert_eq!(state(&mock, &table), "active");
    accepted(&mock, "DetachInternetGateway", &both);
    accepted(&mock, "DeleteInternetGateway", &both[..1]);
    assert_eq!(state(&mock, &table), "blackhole");
    let by_state = [("Filter.1.Name", "route.state"), ("Filter.1.Value.1", "blackhole")];
    assert_eq!(accepted(&mock, "DescribeRouteTables", &by_state).count("routeTableSet"), 1);
}

// [O] kops #944: a pending NAT gateway is not found yet; [D] a deleted one leaves a black hole.
#[test]
fn a_route_to_a_nat_gateway_waits_for_it_and_outlives_it() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (subnet_id, table) = (subnet(&mock, &vpc_id, "10.0.0.0/24"), main_table(&mock, &vpc_id));
    internet_gateway(&mock, &vpc_id);
    let allocation = address(&mock);
    let params = [("SubnetId", subnet_id.as_str()), ("AllocationId", allocation.as_str())];
    let nat = made(&accepted(&mock, "CreateNatGateway", &params), "natGateway/natGatewayId");
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("NatGatewayId", nat.as_str())];
    refused(&mock, "CreateRoute", &route, "InvalidNatGatewayID.NotFound/400");
    mock.advance(seconds(105));
    accepted(&mock, "CreateRoute", &route);
    assert_eq!(state(&mock, &table), "active");
    accepted(&mock, "DeleteNatGateway", &[("NatGatewayId", &nat)]);
    assert_eq!(state(&mock, &table), "blackhole");
    mock.advance(seconds(2 * 3600));
    assert_eq!(state(&mock, &table), "blackhole");
    let igw = mock.world().ec2.internet_gateways.keys().next().unwrap().clone();
    let replaced = [route[0], ANYWHERE, ("GatewayId", igw.as_str())];
    accepted(&mock, "ReplaceRoute", &replaced);
    assert_eq!(state(&mock, &table), "active");
}

// [U] The switch for accounts where the route is taken at once.
#[test]
fn a_route_to_a_pending_nat_gateway_may_be_switched_on() {
    let switches = Switches { route_to_pending_nat_gateway: true, ..Switches::default() };
    let mock = Mock::builder().switches(switches).build();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let params = [("SubnetId", subnet_id.as_str()), ("ConnectivityType", "private")];
    let nat = made(&accepted(&mock, "CreateNatGateway", &params), "natGateway/natGatewayId");
    let table = main_table(&mock, &vpc_id);
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("NatGatewayId", nat.as_str())];
    accepted(&mock, "CreateRoute", &route);
}

// [D] A route to an interface that hangs on nothing is a black hole.
#[test]
fn a_route_to_a_free_interface_is_a_black_hole() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let eni = interface(&mock, &subnet(&mock, &vpc_id, "10.0.0.0/24"));
    let table = table(&mock, &vpc_id);
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("NetworkInterfaceId", eni.as_str())];
    accepted(&mock, "CreateRoute", &route);
    assert_eq!(state(&mock, &table), "blackhole");
}

// [D] A route to an instance leads to its interface, and nowhere without it.
#[test]
fn a_route_to_an_instance_shows_its_interface() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let eni = interface(&mock, &subnet(&mock, &vpc_id, "10.0.0.0/24"));
    let instance = "i-0123456789abcdef0";
    hang_on(&mock, &eni, instance, 0);
    let table = table(&mock, &vpc_id);
    let route = [("RouteTableId", table.as_str()), ANYWHERE, ("InstanceId", instance)];
    accepted(&mock, "CreateRoute", &route);
    let found = accepted(&mock, "DescribeRouteTables", &[("RouteTableId.1", &table)]);
    let text = |path: &str| found.text(&format!("routeTableSet/0/routeSet/1/{path}"));
    assert_eq!(text("instanceId"), Some(instance));
    assert_eq!(text("instanceOwnerId"), Some("123456789012"));
    assert_eq!(text("networkInterfaceId"), Some(eni.as_str()));
    assert_eq!(text("state"), Some("active"));

    let second = interface(&mock, &subnet(&mock, &vpc_id, "10.0.1.0/24"));
    hang_on(&mock, &second, instance, 1);
    let other = [route[0], ("DestinationCidrBlock", "172.16.0.0/12"), route[2]];
    refused(&mock, "CreateRoute", &other, "InvalidInstanceID/400");
}

// [D] 500 routes in a table, the local one not counted.
#[test]
fn a_table_has_so_many_routes() {
    let quotas = Quotas { routes_per_table: 2, ..Quotas::default() };
    let mock = Mock::builder().quotas(quotas).build();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, igw) = (table(&mock, &vpc_id), internet_gateway(&mock, &vpc_id));
    let to = |cidr| {
        [("RouteTableId", table.as_str()), ("DestinationCidrBlock", cidr), ("GatewayId", &igw)]
    };
    accepted(&mock, "CreateRoute", &to("1.0.0.0/8"));
    accepted(&mock, "CreateRoute", &to("2.0.0.0/8"));
    refused(&mock, "CreateRoute", &to("3.0.0.0/8"), "RouteLimitExceeded/400");
}

// [D] A table in use cannot be deleted, the main one never; other tables keep their VPC.
#[test]
fn a_table_in_use_stays() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let main = main_table(&mock, &vpc_id);
    refused(&mock, "DeleteRouteTable", &[("RouteTableId", &main)], "DependencyViolation/400");
    let table = table(&mock, &vpc_id);
    let both = [("RouteTableId", table.as_str()), ("SubnetId", subnet_id.as_str())];
    accepted(&mock, "AssociateRouteTable", &both);
    refused(&mock, "DeleteRouteTable", &both[..1], "DependencyViolation/400");
    assert_eq!(blockers(&mock, "DeleteRouteTable", &both[..1]), [subnet_id.as_str()]);
    accepted(&mock, "DeleteSubnet", &both[1..]);
    assert_eq!(blockers(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]), [table.as_str()]);
    accepted(&mock, "DeleteRouteTable", &both[..1]);
    refused(&mock, "DeleteRouteTable", &both[..1], "InvalidRouteTableID.NotFound/400");
    accepted(&mock, "DeleteVpc", &[("VpcId", &vpc_id)]);
}
