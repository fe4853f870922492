//! `CreateRoute`, `ReplaceRoute`, `DeleteRoute`, and whether routes lead anywhere.

use ipnet::Ipv4Net;
use serde::Deserialize;

use super::network_interface::{of_instance, primary_of};
use super::{
    Instance, InternetGateway, NatGateway, NetworkInterface, Route, RouteTable, RouteTarget, cidr,
};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, World};

/// Sets the state of every route: `blackhole` where the target is gone, detached or hangs on
/// nothing. Whatever changes a target calls this.
pub(crate) fn refresh(world: &mut World) {
    let mut tables = std::mem::take(&mut world.ec2.route_tables);
    for table in tables.values_mut() {
        for route in &mut table.routes {
            let state = match is_reachable(world, &table.vpc_id, &route.target) {
                true => "active",
                false => "blackhole",
            };
            state.clone_into(&mut route.state);
        }
    }
    world.ec2.route_tables = tables;
}

fn is_reachable(world: &World, vpc_id: &str, target: &RouteTarget) -> bool {
    let ec2 = &world.ec2;
    match target {
        RouteTarget::Local => true,
        RouteTarget::InternetGateway(id) => {
            let gateway = ec2.internet_gateways.get(id);
            gateway.is_some_and(|gateway| gateway.vpc_id.as_deref() == Some(vpc_id))
        }
        RouteTarget::NatGateway(id) => ec2.nat_gateways.get(id).is_some_and(NatGateway::is_alive),
        RouteTarget::Instance(id) => primary_of(world, id).is_some(),
        RouteTarget::NetworkInterface(id) => {
            ec2.network_interfaces.get(id).is_some_and(|interface| interface.attachment.is_some())
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RouteRequest {
    route_table_id: String,
    destination_cidr_block: String,
    gateway_id: Option<String>,
    nat_gateway_id: Option<String>,
    instance_id: Option<String>,
    network_interface_id: Option<String>,
}

impl RouteRequest {
    /// The target, which must exist and be in the VPC of the table.
    fn target(&self, world: &World, table: &RouteTable) -> Result<RouteTarget, AwsError> {
        let targets = [
            self.gateway_id.as_ref(),
            self.nat_gateway_id.as_ref(),
            self.instance_id.as_ref(),
            self.network_interface_id.as_ref(),
        ];
        match targets {
            [Some(id), None, None, None] => internet_gateway(world, table, id),
            [None, Some(id), None, None] => nat_gateway(world, table, id),
            [None, None, Some(id), None] => instance(world, table, id),
            [None, None, None, Some(id)] => {
                let interface = world.find::<NetworkInterface>(id)?;
                same_network(table, "interface", id, &interface.vpc_id)?;
                Ok(RouteTarget::NetworkInterface(id.clone()))
            }
            [None, None, None, None] => {
                Err(AwsError::new("MissingParameter", "The request must name a target"))
            }
            _ => Err(AwsError::new(
                "InvalidParameterCombination",
                "Only one target can be specified for a route",
            )),
        }
    }
}

/// A gateway id that is not of an internet gateway is not found, whatever else has it: AWS words
/// it so for a NAT gateway.
fn internet_gateway(world: &World, table: &RouteTable, id: &str) -> Result<RouteTarget, AwsError> {
    if !id.starts_with("igw-") {
        let why = format!("The gateway ID '{id}' does not exist");
        return Err(AwsError::new("InvalidGatewayID.NotFound", why));
    }
    let gateway = world.find::<InternetGateway>(id)?;
    same_network(table, "network gateway", id, gateway.vpc_id.as_deref().unwrap_or_default())?;
    Ok(RouteTarget::InternetGateway(id.to_owned()))
}

/// A NAT gateway is not found as long as it is pending, unless the settings say otherwise.
fn nat_gateway(world: &World, table: &RouteTable, id: &str) -> Result<RouteTarget, AwsError> {
    let not_found = || {
        let why = format!("The natGateway ID '{id}' does not exist");
        AwsError::new("InvalidNatGatewayID.NotFound", why)
    };
    if !NatGateway::KIND.fits(id) {
        let why = format!("The natGateway ID '{id}' is malformed");
        return Err(AwsError::new("InvalidNatGatewayID.Malformed", why));
    }
    let gateway = world.find::<NatGateway>(id).map_err(|_| not_found())?;
    let takes_pending = world.settings().switches.route_to_pending_nat_gateway;
    match gateway.state.as_str() {
        "available" => {}
        "pending" if takes_pending => {}
        _ => return Err(not_found()),
    }
    same_network(table, "natGateway", id, &gateway.vpc_id)?;
    Ok(RouteTarget::NatGateway(id.to_owned()))
}

fn instance(world: &World, table: &RouteTable, id: &str) -> Result<RouteTarget, AwsError> {
    Instance::KIND.check(id)?;
    match of_instance(world, id).as_slice() {
        [] => {
            let why = format!("The instance ID '{id}' does not exist");
            Err(AwsError::new("InvalidInstanceID.NotFound", why))
        }
        [only] => {
            same_network(table, "instance", id, &only.vpc_id)?;
            Ok(RouteTarget::Instance(id.to_owned()))
        }
        _ => Err(AwsError::new(
            "InvalidInstanceID",
            format!("There are multiple interfaces attached to instance '{id}'."),
        )),
    }
}

fn same_network(table: &RouteTable, what: &str, id: &str, vpc_id: &str) -> Result<(), AwsError> {
    if table.vpc_id == vpc_id {
        return Ok(());
    }
    let why = format!("route table {} and {what} {id} belong to different networks", table.id);
    Err(AwsError::new("InvalidParameterValue", why))
}

/// Inside the VPC only the way to a machine can be another than the local one.
fn check_destination(
    world: &World,
    table: &RouteTable,
    destination: Ipv4Net,
    target: &RouteTarget,
) -> Result<(), AwsError> {
    let vpc = world.ec2.vpcs.get(&table.vpc_id);
    let is_inside = vpc.is_some_and(|vpc| vpc.cidr_block.contains(&destination));
    if is_inside && matches!(target, RouteTarget::InternetGateway(_)) {
        return Err(AwsError::new(
            "InvalidParameterValue",
            format!(
                "The destination CIDR block {destination} is equal to or more specific than one \
                 of this VPC's CIDR blocks. This route can target only an interface or an instance."
            ),
        ));
    }
    Ok(())
}

/// Adds a route.
pub(crate) fn create(world: &mut World, input: &RouteRequest) -> Answer {
    let destination = cidr::parse("destinationCidrBlock", &input.destination_cidr_block)?;
    let table: &RouteTable = world.find(&input.route_table_id)?;
    let target = input.target(world, table)?;
    if table.routes.iter().any(|route| route.destination_cidr_block == destination) {
        let why = format!("The route identified by {destination} already exists.");
        return Err(AwsError::new("RouteAlreadyExists", why).blocked_by([table.id.clone()]));
    }
    check_destination(world, table, destination, &target)?;
    let made = table.routes.iter().filter(|route| route.origin == "CreateRoute");
    if world.settings().quotas.routes_per_table <= made.count() {
        let why = "The maximum number of routes has been reached.";
        return Err(AwsError::new("RouteLimitExceeded", why));
    }
    let route = Route {
        destination_cidr_block: destination,
        target,
        state: "active".to_owned(),
        origin: "CreateRoute".to_owned(),
    };
    world.find_mut::<RouteTable>(&input.route_table_id)?.routes.push(route);
    refresh(world);
    Ok(Xml::done())
}

/// Gives a route another target.
pub(crate) fn replace(world: &mut World, input: &RouteRequest) -> Answer {
    let destination = cidr::parse("destinationCidrBlock", &input.destination_cidr_block)?;
    let table: &RouteTable = world.find(&input.route_table_id)?;
    let target = input.target(world, table)?;
    check_destination(world, table, destination, &target)?;
    let place = find(table, destination).ok_or_else(|| {
        AwsError::new(
            "InvalidParameterValue",
            format!(
                "There is no route defined for '{destination}' in the route table. Use \
                 CreateRoute instead."
            ),
        )
    })?;
    let table = world.find_mut::<RouteTable>(&input.route_table_id)?;
    if let Some(route) = table.routes.get_mut(place) {
        refuse_local(route, &input.route_table_id, "replace")?;
        route.target = target;
    }
    refresh(world);
    Ok(Xml::done())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteRoute {
    route_table_id: String,
    destination_cidr_block: String,
}

/// Removes a route; not the local one.
pub(crate) fn delete(world: &mut World, input: &DeleteRoute) -> Answer {
    let destination = cidr::parse("destinationCidrBlock", &input.destination_cidr_block)?;
    let table = world.find_mut::<RouteTable>(&input.route_table_id)?;
    let place = find(table, destination).ok_or_else(|| {
        AwsError::new(
            "InvalidRoute.NotFound",
            format!(
                "no route with destination-cidr-block {destination} in route table {}",
                table.id
            ),
        )
    })?;
    if let Some(route) = table.routes.get(place) {
        refuse_local(route, &table.id, "remove")?;
    }
    table.routes.remove(place);
    Ok(Xml::done())
}

fn find(table: &RouteTable, destination: Ipv4Net) -> Option<usize> {
    table.routes.iter().position(|route| route.destination_cidr_block == destination)
}

fn refuse_local(route: &Route, table_id: &str, verb: &str) -> Result<(), AwsError> {
    if route.target != RouteTarget::Local {
        return Ok(());
    }
    let destination = route.destination_cidr_block;
    let why = format!("cannot {verb} local route {destination} in route table {table_id}");
    Err(AwsError::new("InvalidParameterValue", why))
}
