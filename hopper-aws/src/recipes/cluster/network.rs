//! [`network()`]: the network of a cluster, made or given.

use crate::{
    Cidr, InternetGatewayId, SubnetId, Tags, VpcId,
    ec2::{
        Address, InternetGateway, InternetGatewayRefs, NatGateway, ResourceTags, Route, RouteTable,
        RouteTableAssociation, RouteTarget, Subnet, Vpc,
    },
    settings::{ClusterNetworkSettings, ExistingNetwork, Nat},
};
use hopper_core::{Input, Slot, Workflow, text};

/// The network of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// The VPC.
    pub(super) vpc: Input<VpcId>,
    /// The private subnets, one a zone, with or without their way out.
    pub(super) private: Vec<Input<SubnetId>>,
    /// The private subnets, once they have their way out.
    pub(super) private_ready: Vec<Input<SubnetId>>,
    /// The public subnets, once they have their way out.
    pub(super) public: Vec<Input<SubnetId>>,
    /// The way out of the public subnets, if it was made.
    gateway: Option<Input<InternetGatewayId>>,
}

impl Network {
    /// A step that is undone while there still are ways out.
    pub(super) fn needs_ways_out(&self, slot: Slot) -> Slot {
        let subnets = self.private_ready.iter().chain(&self.public);
        subnets.fold(self.has_public_address(slot), |slot, subnet| slot.undo_before(subnet))
    }

    /// A step that is undone before the subnets are.
    pub(super) fn is_in_subnets(&self, slot: Slot) -> Slot {
        self.private.iter().fold(slot, |slot, subnet| slot.undo_before(subnet))
    }

    /// A step that is undone before the internet gateway is detached, which a public address
    /// holds fast.
    pub(super) fn has_public_address(&self, slot: Slot) -> Slot {
        self.gateway.iter().fold(slot, |slot, gateway| slot.undo_before(gateway))
    }
}

/// The network of a cluster: that of the settings, or a new one.
pub(super) fn network(
    w: &Workflow,
    cluster: &str,
    settings: &ClusterNetworkSettings,
    tags: &Tags,
) -> Network {
    match &settings.existing {
        Some(existing) => given(w, cluster, settings, existing),
        None => made(w, cluster, settings, tags),
    }
}

/// `eu-west-1a` is `1a` in names.
fn short(zone: &str) -> &str {
    zone.rsplit('-').next().unwrap_or_default()
}

/// The roles by which the cloud controller finds subnets for load balancers ("Prerequisites",
/// cloud-provider-aws).
const PRIVATE: &str = "kubernetes.io/role/internal-elb";
const PUBLIC: &str = "kubernetes.io/role/elb";

/// A network that is there: its subnets are tagged for the cluster, and nothing else is changed.
fn given(
    w: &Workflow,
    cluster: &str,
    settings: &ClusterNetworkSettings,
    existing: &ExistingNetwork,
) -> Network {
    let tagged = |side: &str, zone: &str, subnet: &SubnetId, role: &str| {
        let tags =
            Tags::new().with(format!("kubernetes.io/cluster/{cluster}"), "shared").with(role, "1");
        let resource = subnet.as_str().into();
        let tagged =
            w.step(format!("{side}-subnet-{}", short(zone))).does(ResourceTags { resource, tags });
        Input::from(subnet.clone()).once(&tagged)
    };
    let zones = || settings.zones.iter();
    let private: Vec<_> = zones()
        .zip(&existing.private_subnets)
        .map(|(zone, subnet)| tagged("private", zone, subnet, PRIVATE))
        .collect();
    let public = zones()
        .zip(&existing.public_subnets)
        .map(|(zone, subnet)| tagged("public", zone, subnet, PUBLIC))
        .collect();
    Network {
        vpc: existing.vpc.clone().into(),
        private_ready: private.clone(),
        private,
        public,
        gateway: None,
    }
}

/// A VPC with a public and a private subnet in each zone.
fn made(w: &Workflow, cluster: &str, settings: &ClusterNetworkSettings, tags: &Tags) -> Network {
    let named = |suffix: &str| tags.clone().and(&Tags::named(format!("{cluster}{suffix}")));
    let mark = format!("kubernetes.io/cluster/{cluster}");
    let vpc = w.step("vpc").does(Vpc {
        cidr: settings.cidr.into(),
        dns_support: true,
        dns_hostnames: true,
        tags: named("").with(&mark, "owned"),
    });
    let vpc_id = vpc.id();
    let igw = w.step("internet-gateway").does(InternetGateway { vpc: vpc.id(), tags: named("") });
    let public_table =
        w.step("public-table").does(RouteTable { vpc: vpc.id(), tags: named("-public") });
    let public_out = w.step("public-route").does(Route {
        route_table: public_table.id(),
        destination: Cidr::ANYWHERE.into(),
        target: RouteTarget::InternetGateway(igw.id()),
    });
    // The private subnets use the VPC's own table unless each has a way out of its own.
    w.step("main-table").does(ResourceTags {
        resource: text!("{}", vpc.main_route_table()),
        tags: named("-private"),
    });
    let (private_blocks, public_blocks) = settings.blocks();
    let mut network = Network {
        vpc: vpc_id.clone(),
        private: Vec::new(),
        private_ready: Vec::new(),
        public: Vec::new(),
        gateway: Some(igw.id()),
    };
    let mut shared_out = None;
    for (n, zone) in settings.zones.iter().enumerate() {
        let at = short(zone);
        let subnet = |side: &str, cidr: Cidr, role: &str| {
            w.step(format!("{side}-subnet-{at}")).does(Subnet {
                vpc: vpc_id.clone(),
                zone: zone.as_str().into(),
                cidr: cidr.into(),
                tags: named(&format!("-{side}-{at}")).with(&mark, "owned").with(role, "1"),
            })
        };
        let private = subnet("private", private_blocks[n], PRIVATE);
        let public = subnet("public", public_blocks[n], PUBLIC);
        let used = w
            .step(format!("public-association-{at}"))
            .does(RouteTableAssociation { route_table: public_table.id(), subnet: public.id() });
        network.private.push(private.id());
        network.public.push(public.id().once(&used).once(&public_out));
        let out = match (settings.nat, &shared_out) {
            (Nat::One, Some(out)) => Input::clone(out),
            (Nat::One, None) => {
                let nat = nat_gateway(w, at, &igw, public.id(), &named);
                let out = w.step("private-route").does(Route {
                    route_table: vpc.main_route_table(),
                    destination: Cidr::ANYWHERE.into(),
                    target: RouteTarget::NatGateway(nat),
                });
                let out = private.id().once(&out);
                shared_out = Some(out.clone());
                out
            }
            (Nat::EachZone, _) => {
                let nat = nat_gateway(w, at, &igw, public.id(), &named);
                let table = w.step(format!("private-table-{at}")).does(RouteTable {
                    vpc: vpc_id.clone(),
                    tags: named(&format!("-private-{at}")),
                });
                let route = w.step(format!("private-route-{at}")).does(Route {
                    route_table: table.id(),
                    destination: Cidr::ANYWHERE.into(),
                    target: RouteTarget::NatGateway(nat),
                });
                let used = w
                    .step(format!("private-association-{at}"))
                    .does(RouteTableAssociation { route_table: table.id(), subnet: private.id() });
                private.id().once(&route).once(&used)
            }
        };
        network.private_ready.push(private.id().once(&out));
    }
    network
}

/// A NAT gateway in a public subnet.
fn nat_gateway(
    w: &Workflow,
    at: &str,
    igw: &InternetGatewayRefs,
    subnet: Input<SubnetId>,
    named: &dyn Fn(&str) -> Tags,
) -> Input<crate::NatGatewayId> {
    let address = w
        .step(format!("nat-address-{at}"))
        .undo_before(igw)
        .does(Address { tags: named(&format!("-nat-{at}")) });
    let nat = w.step(format!("nat-gateway-{at}")).after(igw).does(NatGateway {
        subnet,
        address: address.id(),
        tags: named(&format!("-{at}")),
    });
    nat.id()
}
