//! The names AWS's name server gives to addresses.

use std::net::Ipv4Addr;

use super::Vpc;
use crate::world::World;

/// The private name of an address: `ip-10-0-0-10.eu-west-1.compute.internal`.
pub(crate) fn private(world: &World, address: Ipv4Addr) -> String {
    let domain = match world.region.as_str() {
        "us-east-1" => "ec2.internal".to_owned(),
        region => format!("{region}.compute.internal"),
    };
    format!("ip-{}.{domain}", hyphened(address))
}

/// The private name of an instance by its id: `i-0123456789abcdef0.eu-west-1.compute.internal`.
/// In every region, us-east-1 too ("EC2 instance hostnames", EC2 user guide).
pub(crate) fn of_resource(world: &World, id: &str) -> String {
    format!("{id}.{}.compute.internal", world.region)
}

/// The public name of an address, which it has in a VPC with DNS support and DNS hostnames:
/// `ec2-3-248-1-2.eu-west-1.compute.amazonaws.com`.
pub(crate) fn public(world: &World, vpc_id: &str, address: Ipv4Addr) -> Option<String> {
    let vpc = world.ec2.vpcs.get(vpc_id)?;
    has_hostnames(vpc).then(|| {
        let domain = match world.region.as_str() {
            "us-east-1" => "compute-1".to_owned(),
            region => format!("{region}.compute"),
        };
        format!("ec2-{}.{domain}.amazonaws.com", hyphened(address))
    })
}

/// Whether the interfaces of a VPC show names.
pub(crate) fn has_hostnames(vpc: &Vpc) -> bool {
    vpc.enable_dns_support && vpc.enable_dns_hostnames
}

fn hyphened(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}
