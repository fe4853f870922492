//! Which subnets use a route table: `AssociateRouteTable`, `DisassociateRouteTable` and
//! `ReplaceRouteTableAssociation`.

use serde::Deserialize;

use super::{Association, RouteTable, Subnet};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, World};

/// What EC2 calls the ids of associations.
const ASSOCIATION: Kind = Kind {
    name: "route-table-association",
    prefix: "rtbassoc",
    noun: "association ID",
    malformed: "InvalidRouteTableAssociationId.Malformed",
    missing: "InvalidAssociationID.NotFound",
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AssociateRouteTable {
    route_table_id: String,
    subnet_id: String,
}

/// Lets a subnet use a table. The same once more gives the same association.
pub(crate) fn associate(world: &mut World, input: &AssociateRouteTable) -> Answer {
    let table: &RouteTable = world.find(&input.route_table_id)?;
    let subnet: &Subnet = world.find(&input.subnet_id)?;
    check_network(table, subnet)?;
    if let Some((other, association)) = of_subnet(world, &subnet.id) {
        if other.id == table.id {
            return Ok(answer("associationId", association.id.clone()));
        }
        let why = format!(
            "the specified association for route table {} conflicts with an existing association",
            table.id
        );
        return Err(
            AwsError::new("Resource.AlreadyAssociated", why).blocked_by([association.id.clone()])
        );
    }
    let id = world.new_part_id(ASSOCIATION.prefix);
    let association = Association { id: id.clone(), subnet_id: Some(input.subnet_id.clone()) };
    world.find_mut::<RouteTable>(&input.route_table_id)?.associations.push(association);
    Ok(answer("associationId", id))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DisassociateRouteTable {
    association_id: String,
}

/// Ends an association: the subnet uses the main table again. The main association stays.
pub(crate) fn disassociate(world: &mut World, input: &DisassociateRouteTable) -> Answer {
    let (table, association) = find(world, &input.association_id)?;
    if association.subnet_id.is_none() {
        let why = format!(
            "cannot disassociate the main route table association {}",
            input.association_id
        );
        return Err(AwsError::new("InvalidParameterValue", why));
    }
    let table_id = table.id.clone();
    remove(world, &table_id, &input.association_id);
    Ok(Xml::done())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ReplaceRouteTableAssociation {
    association_id: String,
    route_table_id: String,
}

/// Moves an association to another table, under a new id. Moving the main one makes the other
/// table the main one.
pub(crate) fn replace(world: &mut World, input: &ReplaceRouteTableAssociation) -> Answer {
    let (old, association) = find(world, &input.association_id)?;
    let table: &RouteTable = world.find(&input.route_table_id)?;
    if old.vpc_id != table.vpc_id {
        let why = format!("route tables {} and {} belong to different networks", old.id, table.id);
        return Err(AwsError::new("InvalidParameterValue", why));
    }
    let (old_id, subnet_id) = (old.id.clone(), association.subnet_id.clone());
    remove(world, &old_id, &input.association_id);
    let id = world.new_part_id(ASSOCIATION.prefix);
    let association = Association { id: id.clone(), subnet_id };
    world.find_mut::<RouteTable>(&input.route_table_id)?.associations.push(association);
    Ok(answer("newAssociationId", id))
}

fn answer(name: &'static str, id: String) -> Xml {
    Xml::new().text(name, id).node("associationState", Xml::new().text("state", "associated"))
}

fn check_network(table: &RouteTable, subnet: &Subnet) -> Result<(), AwsError> {
    if table.vpc_id == subnet.vpc_id {
        return Ok(());
    }
    let why =
        format!("route table {} and subnet {} belong to different networks", table.id, subnet.id);
    Err(AwsError::new("InvalidParameterValue", why))
}

fn all(world: &World) -> impl Iterator<Item = (&RouteTable, &Association)> {
    let tables = world.ec2.route_tables.values();
    tables.flat_map(|table| table.associations.iter().map(move |used| (table, used)))
}

fn of_subnet<'a>(world: &'a World, id: &str) -> Option<(&'a RouteTable, &'a Association)> {
    all(world).find(|(_, association)| association.subnet_id.as_deref() == Some(id))
}

fn find<'a>(world: &'a World, id: &str) -> Result<(&'a RouteTable, &'a Association), AwsError> {
    ASSOCIATION.check(id)?;
    all(world).find(|(_, used)| used.id == id).ok_or_else(|| ASSOCIATION.not_found(id))
}

fn remove(world: &mut World, table_id: &str, association_id: &str) {
    if let Some(table) = world.ec2.route_tables.get_mut(table_id) {
        table.associations.retain(|association| association.id != association_id);
    }
}
