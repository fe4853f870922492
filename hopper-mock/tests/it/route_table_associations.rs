//! Rules of the associations of route tables.

use hopper_mock::Mock;

use crate::support::{accepted, made, mock, refused, shown, subnet, vpc};

fn table(mock: &Mock, vpc_id: &str) -> String {
    let reply = accepted(mock, "CreateRouteTable", &[("VpcId", vpc_id)]);
    made(&reply, "routeTable/routeTableId")
}

fn associate(mock: &Mock, table: &str, subnet_id: &str) -> String {
    let params = [("RouteTableId", table), ("SubnetId", subnet_id)];
    made(&accepted(mock, "AssociateRouteTable", &params), "associationId")
}

fn main_association(mock: &Mock) -> String {
    let filter = [("Filter.1.Name", "association.main"), ("Filter.1.Value.1", "true")];
    let reply = accepted(mock, "DescribeRouteTables", &filter);
    made(&reply, "routeTableSet/0/associationSet/0/routeTableAssociationId")
}

// [D] The association is shown, and found by filter.
#[test]
fn an_association_reads_back() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, subnet_id) = (table(&mock, &vpc_id), subnet(&mock, &vpc_id, "10.0.0.0/24"));
    let association = associate(&mock, &table, &subnet_id);
    for (name, value) in [
        ("association.subnet-id", subnet_id.as_str()),
        ("association.route-table-association-id", &association),
    ] {
        let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
        let found = accepted(&mock, "DescribeRouteTables", &filter);
        assert_eq!(found.texts("routeTableSet/*/routeTableId"), [table.as_str()], "{name}");
        let text = |path: &str| found.text(&format!("routeTableSet/0/associationSet/0/{path}"));
        assert_eq!(text("routeTableAssociationId"), Some(association.as_str()));
        assert_eq!(text("subnetId"), Some(subnet_id.as_str()));
        assert_eq!(text("main"), Some("false"));
        assert_eq!(text("associationState/state"), Some("associated"));
    }
}

// [D] A subnet uses one table; [U] the same association once more is the same one.
#[test]
fn a_subnet_uses_one_table() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (one, other) = (table(&mock, &vpc_id), table(&mock, &vpc_id));
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let association = associate(&mock, &one, &subnet_id);
    assert_eq!(associate(&mock, &one, &subnet_id), association);
    let params = [("RouteTableId", other.as_str()), ("SubnetId", subnet_id.as_str())];
    refused(&mock, "AssociateRouteTable", &params, "Resource.AlreadyAssociated/400");
    let gone = [("AssociationId", association.as_str())];
    accepted(&mock, "DisassociateRouteTable", &gone);
    refused(&mock, "DisassociateRouteTable", &gone, "InvalidAssociationID.NotFound/400");
    associate(&mock, &other, &subnet_id);
}

// [U] Table and subnet are of one VPC.
#[test]
fn table_and_subnet_are_of_one_vpc() {
    let mock = mock();
    let (one, other) = (vpc(&mock, "10.0.0.0/16"), vpc(&mock, "10.1.0.0/16"));
    let (here, there) = (table(&mock, &one), table(&mock, &other));
    let subnet_id = subnet(&mock, &one, "10.0.0.0/24");
    let params = [("RouteTableId", there.as_str()), ("SubnetId", subnet_id.as_str())];
    refused(&mock, "AssociateRouteTable", &params, "InvalidParameterValue/400");
    let association = associate(&mock, &here, &subnet_id);
    let params = [("RouteTableId", there.as_str()), ("AssociationId", association.as_str())];
    refused(&mock, "ReplaceRouteTableAssociation", &params, "InvalidParameterValue/400");
}

// [O] The main association cannot be taken away, [D] only moved: that makes another main table.
#[test]
fn the_main_association_moves() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (main, new) = (main_association(&mock), table(&mock, &vpc_id));
    let gone = [("AssociationId", main.as_str())];
    refused(&mock, "DisassociateRouteTable", &gone, "InvalidParameterValue/400");
    let params = [("AssociationId", main.as_str()), ("RouteTableId", new.as_str())];
    let reply = accepted(&mock, "ReplaceRouteTableAssociation", &params);
    let moved = made(&reply, "newAssociationId");
    assert_ne!(moved, main);
    let path = "routeTableSet/0/associationSet/0/main";
    assert_eq!(shown(&mock, "DescribeRouteTables", ("RouteTableId.1", &new), path), "true");
    refused(&mock, "DeleteRouteTable", &[("RouteTableId", &new)], "DependencyViolation/400");
    let left: Vec<_> = mock.world().leftovers().iter().map(|left| left.kind).collect();
    assert_eq!(left, ["vpc", "route-table"], "the old main table is one to delete");
}

// [D] An association of a subnet moves as well, under a new id.
#[test]
fn an_association_moves_to_another_table() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (one, other) = (table(&mock, &vpc_id), table(&mock, &vpc_id));
    let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/24");
    let association = associate(&mock, &one, &subnet_id);
    let params = [("AssociationId", association.as_str()), ("RouteTableId", other.as_str())];
    accepted(&mock, "ReplaceRouteTableAssociation", &params);
    accepted(&mock, "DeleteRouteTable", &[("RouteTableId", &one)]);
    let path = "routeTableSet/0/associationSet/0/subnetId";
    assert_eq!(shown(&mock, "DescribeRouteTables", ("RouteTableId.1", &other), path), subnet_id);
    refused(&mock, "ReplaceRouteTableAssociation", &params, "InvalidAssociationID.NotFound/400");
}

// [D] A subnet without an association of its own uses the main table, and deletes with its own.
#[test]
fn a_deleted_subnet_leaves_no_association() {
    let mock = mock();
    let vpc_id = vpc(&mock, "10.0.0.0/16");
    let (table, subnet_id) = (table(&mock, &vpc_id), subnet(&mock, &vpc_id, "10.0.0.0/24"));
    associate(&mock, &table, &subnet_id);
    accepted(&mock, "DeleteSubnet", &[("SubnetId", &subnet_id)]);
    let reply = accepted(&mock, "DescribeRouteTables", &[("RouteTableId.1", &table)]);
    assert_eq!(reply.count("routeTableSet/0/associationSet"), 0);
    accepted(&mock, "DeleteRouteTable", &[("RouteTableId", &table)]);
}
