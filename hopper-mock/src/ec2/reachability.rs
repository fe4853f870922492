//! Who can reach what over the network: addresses, routes and security groups.
//!
//! Source: "Security groups" and "Route tables" in the VPC user guide. Network ACLs are the default
//! ones, which let everything through.

use std::net::Ipv4Addr;

use super::dns_name;
use super::network_interface::{primary_of, public_ip_of};
use super::{InstanceState, NetworkInterface, Peer, RouteTarget};
use crate::elbv2;
use crate::world::World;

/// Where packets come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A machine on the internet with this address.
    Internet(Ipv4Addr),
    /// An instance with this id.
    Instance(String),
}

/// The running instance that gets what is sent to an address and TCP port, unless it is dropped on
/// the way.
pub(crate) fn receiver(
    world: &World,
    from: &Origin,
    address: Ipv4Addr,
    port: u16,
) -> Option<String> {
    match from {
        Origin::Internet(source) => from_internet(world, *source, address, port),
        Origin::Instance(id) if address.is_loopback() => Some(id.clone()),
        Origin::Instance(id) => {
            let source = primary_of(world, id)?;
            let source_ip = source.private_ip()?;
            if address == source_ip {
                return Some(id.clone()); // it never leaves the machine
            }
            match with_private_ip(world, &source.vpc_id, address) {
                Some(front) if front.interface_type == BALANCER => {
                    let target = behind(world, source, front, port)?;
                    running_instance(world, target)
                }
                Some(target) => {
                    let leaves = lets(world, source, true, port, address, Some(target));
                    let enters = lets(world, target, false, port, source_ip, Some(source));
                    (leaves && enters).then(|| running_instance(world, target)).flatten()
                }
                None => {
                    let public_ip = internet_address(world, id)?;
                    let leaves = lets(world, source, true, port, address, None);
                    let there = from_internet(world, public_ip, address, port);
                    if leaves { there } else { None }
                }
            }
        }
    }
}

/// What the interfaces of network load balancers are.
const BALANCER: &str = "network_load_balancer";

/// The interface that gets what a client sends to a network load balancer's interface.
///
/// Ports are not changed on the way here: a target has the listener's port, or gets nothing. Zones
/// make no difference, as with `load_balancing.cross_zone.enabled`.
fn behind<'a>(
    world: &'a World,
    client: &NetworkInterface,
    front: &NetworkInterface,
    port: u16,
) -> Option<&'a NetworkInterface> {
    let (client_ip, front_ip) = (client.private_ip()?, front.private_ip()?);
    let enters =
        front.group_ids.is_empty() || lets(world, front, false, port, client_ip, Some(client));
    let leaves = lets(world, client, true, port, front_ip, Some(front));
    let group = elbv2::passes_on_to(world, &front.id, port)?;
    let targets = group.instances(world, port).into_iter().filter_map(|id| primary_of(world, id));
    let mut reached = targets.filter(|target| {
        let (ip, seen) = match group.shows_clients() {
            true => (client_ip, client),
            false => (front_ip, front),
        };
        let Some(target_ip) = target.private_ip() else { return false };
        // Who is answered by itself does not know the connection.
        seen.id != target.id
            && (front.group_ids.is_empty()
                || lets(world, front, true, port, target_ip, Some(target)))
            && lets(world, target, false, port, ip, Some(seen))
    });
    let found = reached.next()?;
    (enters && leaves).then_some(found)
}

/// The private address a private name stands for, in the VPC's own name server, or that of a load
/// balancer inside.
pub(crate) fn with_dns_name(world: &World, vpc_id: &str, name: &str) -> Option<Ipv4Addr> {
    if let Some(interface_id) = elbv2::inside(world, vpc_id, name) {
        return world.ec2.network_interfaces.get(interface_id)?.private_ip();
    }
    let interfaces = world.ec2.network_interfaces.values().filter(|one| one.vpc_id == vpc_id);
    let mut addresses = interfaces.flat_map(|interface| &interface.addresses);
    let found = addresses.find(|address| {
        let full = dns_name::private(world, address.private_ip);
        full == name || full.split('.').next() == Some(name)
    })?;
    Some(found.private_ip)
}

/// Whether an instance reaches machines on the internet on a TCP port.
pub(crate) fn reaches_internet(world: &World, instance_id: &str, port: u16) -> bool {
    let Some(interface) = primary_of(world, instance_id) else { return false };
    internet_address(world, instance_id).is_some()
        && lets(world, interface, true, port, SOMEWHERE, None)
}

/// The public address of an instance.
pub(crate) fn public_ip_of_instance(world: &World, instance_id: &str) -> Option<Ipv4Addr> {
    let interface = primary_of(world, instance_id)?;
    Some(public_ip_of(world, interface, interface.private_ip()?)?.address)
}

impl super::Instance {
    /// Its primary private address.
    pub(crate) fn private_ip(&self, world: &World) -> Option<Ipv4Addr> {
        primary_of(world, &self.id)?.private_ip()
    }
}

/// An address on the internet that is nobody's here: one of those for documentation (RFC 5737).
const SOMEWHERE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

/// The address under which the internet sees an instance: its own, or that of a NAT gateway.
fn internet_address(world: &World, instance_id: &str) -> Option<Ipv4Addr> {
    let interface = primary_of(world, instance_id)?;
    match route(world, interface, SOMEWHERE)? {
        RouteTarget::InternetGateway(_) => {
            Some(public_ip_of(world, interface, interface.private_ip()?)?.address)
        }
        RouteTarget::NatGateway(id) => {
            let gateway = world.ec2.nat_gateways.get(id)?;
            let outside = gateway.interface(world).filter(|_| gateway.state == "available")?;
            let goes_on = route(world, outside, SOMEWHERE)?;
            matches!(goes_on, RouteTarget::InternetGateway(_)).then_some(())?;
            Some(public_ip_of(world, outside, outside.private_ip()?)?.address)
        }
        RouteTarget::Local | RouteTarget::Instance(_) | RouteTarget::NetworkInterface(_) => None,
    }
}

fn from_internet(world: &World, source: Ipv4Addr, to: Ipv4Addr, port: u16) -> Option<String> {
    running_instance(world, entered(world, source, to, port)?)
}

/// The interface with a public address that lets TCP to a port in from the internet.
fn entered(world: &World, source: Ipv4Addr, to: Ipv4Addr, port: u16) -> Option<&NetworkInterface> {
    let mut interfaces = world.ec2.network_interfaces.values();
    let target = interfaces.find(|interface| {
        interface.addresses.iter().any(|address| {
            let public = public_ip_of(world, interface, address.private_ip);
            public.is_some_and(|public| public.address == to)
        })
    })?;
    let back = route(world, target, source)?;
    let is_let = matches!(back, RouteTarget::InternetGateway(_))
        && (target.group_ids.is_empty() || lets(world, target, false, port, source, None));
    is_let.then_some(target)
}

/// The id of the interface that gets what is sent to a public address and TCP port.
#[cfg(feature = "hosts")]
pub(crate) fn accepts(world: &World, source: Ipv4Addr, to: Ipv4Addr, port: u16) -> Option<String> {
    entered(world, source, to, port).map(|interface| interface.id.clone())
}

/// The public address of an interface.
#[cfg(feature = "hosts")]
pub(crate) fn public_ip_of_interface(world: &World, one: &NetworkInterface) -> Option<Ipv4Addr> {
    Some(public_ip_of(world, one, one.private_ip()?)?.address)
}

/// Where packets to an address go from an interface: the longest prefix decides, and a route whose
/// target is gone drops them.
fn route<'a>(
    world: &'a World,
    interface: &NetworkInterface,
    to: Ipv4Addr,
) -> Option<&'a RouteTarget> {
    let tables = || world.ec2.route_tables.values().filter(|t| t.vpc_id == interface.vpc_id);
    let of_subnet = tables().find(|table| {
        let mut uses = table.associations.iter();
        uses.any(|used| used.subnet_id.as_deref() == Some(interface.subnet_id.as_str()))
    });
    let table = of_subnet.or_else(|| tables().find(|table| table.is_main()))?;
    let routes = table.routes.iter().filter(|route| route.destination_cidr_block.contains(&to));
    let best = routes.max_by_key(|route| route.destination_cidr_block.prefix_len())?;
    (best.state == "active").then_some(&best.target)
}

fn with_private_ip<'a>(
    world: &'a World,
    vpc_id: &str,
    address: Ipv4Addr,
) -> Option<&'a NetworkInterface> {
    let mut interfaces = world.ec2.network_interfaces.values();
    interfaces.find(|interface| interface.vpc_id == vpc_id && interface.has_address(address))
}

fn running_instance(world: &World, interface: &NetworkInterface) -> Option<String> {
    let id = interface.attachment.as_ref()?.instance_id.as_ref()?;
    let instance = world.ec2.instances.get(id)?;
    (instance.state == InstanceState::Running).then(|| id.clone())
}

/// Whether the security groups of an interface let TCP to a port through, one way, with a peer.
fn lets(
    world: &World,
    interface: &NetworkInterface,
    is_egress: bool,
    port: u16,
    peer_ip: Ipv4Addr,
    peer: Option<&NetworkInterface>,
) -> bool {
    world.ec2.security_group_rules.values().any(|rule| {
        let port = i32::from(port);
        let is_port = match rule.protocol.as_str() {
            "-1" => true,
            "tcp" | "6" => {
                rule.from_port.is_none_or(|from| from <= port)
                    && rule.to_port.is_none_or(|to| port <= to)
            }
            _ => false,
        };
        let is_peer = match &rule.peer {
            Peer::Ipv4(net) => net.contains(&peer_ip),
            Peer::Ipv6(_) => false,
            Peer::Group(id) => peer.is_some_and(|peer| peer.group_ids.contains(id)),
        };
        rule.is_egress == is_egress
            && is_port
            && is_peer
            && interface.group_ids.contains(&rule.group_id)
    })
}
