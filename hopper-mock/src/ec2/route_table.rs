//! Route tables.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::Vpc;
use super::describe::Describe;
use super::filter::{Attribute, one};
use super::network_interface::primary_of;
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its id.
    pub id: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// Its routes; the local one comes first.
    pub routes: Vec<Route>,
    /// What it is used by.
    pub associations: Vec<Association>,
    /// Its tags.
    pub tags: Tags,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where packets go to.
    pub destination_cidr_block: Ipv4Net,
    /// What takes them there.
    pub target: RouteTarget,
    /// `active`, or `blackhole` when the target is gone.
    pub state: String,
    /// The operation that made it: `CreateRouteTable` or `CreateRoute`.
    pub origin: String,
}

/// What takes packets on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteTarget {
    /// The VPC itself.
    Local,
    /// An internet gateway.
    InternetGateway(String),
    /// A NAT gateway.
    NatGateway(String),
    /// An instance's only interface.
    Instance(String),
    /// A network interface.
    NetworkInterface(String),
}

impl RouteTarget {
    /// The id under the element name an answer uses for this kind of target.
    fn show(&self) -> (&'static str, &str) {
        match self {
            Self::Local => ("gatewayId", "local"),
            Self::InternetGateway(id) => ("gatewayId", id),
            Self::NatGateway(id) => ("natGatewayId", id),
            Self::Instance(id) => ("instanceId", id),
            Self::NetworkInterface(id) => ("networkInterfaceId", id),
        }
    }
}

/// The use of a route table, by a subnet or as the main one of its VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// Its id.
    pub id: String,
    /// The subnet, or `None` for the main association.
    pub subnet_id: Option<String>,
}

impl RouteTable {
    /// Whether it is the main table of its VPC.
    pub fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet_id.is_none())
    }

    fn of_routes(&self, value: impl Fn(&Route) -> Option<String>) -> Vec<String> {
        self.routes.iter().filter_map(value).collect()
    }

    fn targets(&self, element: &str) -> Vec<String> {
        self.of_routes(|route| {
            let (name, id) = route.target.show();
            (name == element).then(|| id.to_owned())
        })
    }
}

impl Resource for RouteTable {
    const KIND: Kind = Kind {
        name: "route-table",
        prefix: "rtb",
        noun: "routeTable ID",
        malformed: "InvalidRouteTableId.Malformed",
        missing: "InvalidRouteTableID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.route_tables
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.route_tables
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn holds(&self) -> Vec<&str> {
        if self.is_main() { Vec::new() } else { vec![&self.vpc_id] }
    }

    fn is_leftover(&self) -> bool {
        !self.is_main()
    }
}

impl Describe for RouteTable {
    const IDS: &'static str = "RouteTableId";
    const SET: &'static str = "routeTableSet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("association.gateway-id", |_, _| Vec::new()),
        ("association.main", |table, _| {
            table.associations.iter().map(|used| used.subnet_id.is_none().to_string()).collect()
        }),
        ("association.route-table-association-id", |table, _| {
            table.associations.iter().map(|used| used.id.clone()).collect()
        }),
        ("association.route-table-id", |table, _| {
            table.associations.iter().map(|_| table.id.clone()).collect()
        }),
        ("association.subnet-id", |table, _| {
            table.associations.iter().filter_map(|used| used.subnet_id.clone()).collect()
        }),
        ("owner-id", |_, world| one(&world.account)),
        ("route-table-id", |table, _| one(&table.id)),
        ("route.destination-cidr-block", |table, _| {
            table.of_routes(|route| Some(route.destination_cidr_block.to_string()))
        }),
        ("route.destination-ipv6-cidr-block", |_, _| Vec::new()),
        ("route.destination-prefix-list-id", |_, _| Vec::new()),
        ("route.egress-only-internet-gateway-id", |_, _| Vec::new()),
        ("route.gateway-id", |table, _| table.targets("gatewayId")),
        ("route.instance-id", |table, _| table.targets("instanceId")),
        ("route.nat-gateway-id", |table, _| table.targets("natGatewayId")),
        ("route.origin", |table, _| table.of_routes(|route| Some(route.origin.clone()))),
        ("route.state", |table, _| table.of_routes(|route| Some(route.state.clone()))),
        ("route.transit-gateway-id", |_, _| Vec::new()),
        ("route.vpc-peering-connection-id", |_, _| Vec::new()),
        ("vpc-id", |table, _| one(&table.vpc_id)),
    ];
    const PAGE: std::ops::RangeInclusive<usize> = 5..=100;

    fn show(&self, world: &World) -> Xml {
        let routes = self.routes.iter().map(|route| {
            let (name, id) = route.target.show();
            let interface = match &route.target {
                RouteTarget::Instance(id) => primary_of(world, id),
                _ => None,
            };
            Xml::new()
                .text("destinationCidrBlock", route.destination_cidr_block)
                .text(name, id)
                .opt("instanceOwnerId", interface.map(|_| &world.account))
                .opt("networkInterfaceId", interface.map(|interface| &interface.id))
                .text("state", &route.state)
                .text("origin", &route.origin)
        });
        let associations = self.associations.iter().map(|association| {
            Xml::new()
                .text("routeTableAssociationId", &association.id)
                .text("routeTableId", &self.id)
                .opt("subnetId", association.subnet_id.as_ref())
                .text("main", association.subnet_id.is_none())
                .node("associationState", Xml::new().text("state", "associated"))
        });
        Xml::new()
            .text("routeTableId", &self.id)
            .text("vpcId", &self.vpc_id)
            .text("ownerId", &world.account)
            .list("routeSet", routes)
            .list("associationSet", associations)
            .list("propagatingVgwSet", [])
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateRouteTable {
    vpc_id: String,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a table with the local route.
pub(crate) fn create(world: &mut World, input: &CreateRouteTable) -> Result<String, AwsError> {
    let kind = &RouteTable::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let vpc = world.find::<Vpc>(&input.vpc_id)?.clone();
    let n_tables = world.ec2.route_tables.values().filter(|table| table.vpc_id == vpc.id).count();
    if world.settings().quotas.route_tables_per_vpc <= n_tables {
        return Err(AwsError::new(
            "RouteTableLimitExceeded",
            "The maximum number of route tables has been reached.",
        ));
    }
    let table = new(world, &vpc, tags);
    let id = table.id.clone();
    world.add(table);
    Ok(id)
}

/// Answers with a table that was made.
pub(crate) fn created(world: &World, id: &str) -> Answer {
    let table = world.ec2.route_tables.get(id).ok_or_else(|| RouteTable::KIND.not_found(id))?;
    Ok(Xml::new().node("routeTable", table.show(world)))
}

/// A table for a VPC with the local route every table has.
pub(super) fn new(world: &mut World, vpc: &Vpc, tags: Tags) -> RouteTable {
    let local = Route {
        destination_cidr_block: vpc.cidr_block,
        target: RouteTarget::Local,
        state: "active".to_owned(),
        origin: "CreateRouteTable".to_owned(),
    };
    RouteTable {
        id: world.new_id::<RouteTable>(),
        vpc_id: vpc.id.clone(),
        routes: vec![local],
        associations: Vec::new(),
        tags,
    }
}

/// Makes the main table of a new VPC.
pub(super) fn furnish(world: &mut World, vpc: &Vpc) {
    let mut table = new(world, vpc, Tags::new());
    table.associations.push(Association { id: world.new_part_id("rtbassoc"), subnet_id: None });
    world.ec2.route_tables.insert(table.id.clone(), table);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteRouteTable {
    route_table_id: String,
}

/// Deletes a table that nothing uses; the main table goes with its VPC alone.
pub(crate) fn delete(world: &mut World, input: &DeleteRouteTable) -> Answer {
    let table: &RouteTable = world.find(&input.route_table_id)?;
    let id = table.id.clone();
    if !table.associations.is_empty() {
        let users = table.associations.iter();
        let users = users.map(|used| used.subnet_id.as_ref().unwrap_or(&table.vpc_id).clone());
        return Err(AwsError::dependency(&format!("routeTable '{id}'"), users));
    }
    world.ec2.route_tables.remove(&id);
    Ok(Xml::done())
}
