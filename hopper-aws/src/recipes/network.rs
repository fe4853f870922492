//! [`network()`]: a VPC with a public and a private subnet, each with its way out.

use crate::{
    Cidr, SubnetId, Tags, VpcId,
    ec2::{
        Address, InternetGateway, InternetGatewayRefs, NatGateway, ResourceTags, Route, RouteTable,
        RouteTableAssociation, RouteTarget, Subnet, SubnetRefs, Vpc,
    },
    settings::NetworkSettings,
};
use hopper_core::{Input, Workflow, text};

/// A network, ready to be used.
#[derive(Clone, Debug)]
pub struct Network {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// The private subnet, once it has its way out through the NAT gateway.
    pub private_subnet: Input<SubnetId>,
    /// The public subnet, once it has its way out through the internet gateway.
    pub public_subnet: Input<SubnetId>,
    /// The private and the public subnet themselves, ready or not: what looks after network
    /// interfaces in them has to be undone before they are.
    pub subnets: [SubnetRefs; 2],
    /// The internet gateway: what has a public address has to be undone before it is
    /// ([`undo_before`](hopper_core::Slot::undo_before)).
    pub internet_gateway: InternetGatewayRefs,
}

/// A VPC with DNS, a public subnet behind an internet gateway and a private one behind a NAT
/// gateway.
///
/// The chapter's network, with its names, tags and addresses. What differs from its commands, and
/// why:
///
/// - Tags are part of the call that creates. The chapter tags afterwards, so an interruption in
///   between leaves things that nobody can tell whose they are. The main route table alone comes
///   with the VPC and is tagged afterwards.
/// - The internet gateway, the NAT gateway and its address have names too; the chapter's have
///   none.
/// - The main route table is found by its association and not as the first of a list, so a VPC
///   with more tables is no surprise.
/// - The NAT gateway waits until the internet gateway is attached, and the private route until
///   the NAT gateway is available: the chapter only says that one may have to wait.
/// - The id of the association of subnet and route table, which the chapter throws away, is kept:
///   it is what takes the association back.
/// - Undoing goes its own way: a detach of the internet gateway is refused while anything in the
///   VPC has a public address, so NAT gateway and address go before it, though the address never
///   needed it.
pub fn network(w: &Workflow, name: &str, settings: &NetworkSettings, tags: &Tags) -> Network {
    let named = |suffix: &str| tags.clone().and(&Tags::named(format!("{name}{suffix}")));
    let cluster = format!("kubernetes.io/cluster/{name}");
    // `eu-west-1a` is `1a` in names.
    let zone = settings.zone.rsplit('-').next().unwrap_or_default();

    let vpc = w.step("vpc").does(Vpc {
        cidr: settings.cidr.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: named("").with(&cluster, "shared"),
    });
    let subnet = |side: &str, cidr: Cidr, role: &str| {
        w.step(format!("{side}-subnet")).does(Subnet {
            vpc: vpc.id(),
            zone: settings.zone.as_str().into(),
            cidr: cidr.into(),
            tags: named(&format!("-{side}-{zone}")).with(&cluster, "owned").with(role, "1"),
        })
    };
    let private = subnet("private", settings.private_cidr, "kubernetes.io/role/internal-elb");
    let public = subnet("public", settings.public_cidr, "kubernetes.io/role/elb");

    let igw = w.step("internet-gateway").does(InternetGateway { vpc: vpc.id(), tags: named("") });
    let public_table =
        w.step("public-table").does(RouteTable { vpc: vpc.id(), tags: named("-public") });
    let public_used = w
        .step("public-association")
        .does(RouteTableAssociation { route_table: public_table.id(), subnet: public.id() });
    let public_out = w.step("public-route").does(Route {
        route_table: public_table.id(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::InternetGateway(igw.id()),
    });

    let address = w.step("nat-address").undo_before(&igw).does(Address { tags: named("-nat") });
    let nat = w.step("nat-gateway").after(&igw).does(NatGateway {
        subnet: public.id(),
        address: address.id(),
        tags: named(""),
    });
    // A subnet with no table of its own uses the VPC's main one.
    w.step("private-table").does(ResourceTags {
        resource: text!("{}", vpc.main_route_table()),
        tags: named("-private"),
    });
    let private_out = w.step("private-route").does(Route {
        route_table: vpc.main_route_table(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::NatGateway(nat.id()),
    });

    Network {
        vpc: vpc.id(),
        private_subnet: private.id().once(&private_out),
        public_subnet: public.id().once(&public_used).once(&public_out),
        subnets: [private, public],
        internet_gateway: igw,
    }
}
