//! [`Places`]: the zones and subnets of a group.

use std::collections::BTreeSet;

use super::AutoScalingGroup;
use crate::autoscaling::error::validation;
use crate::ec2::{Subnet, zone_names};
use crate::wire::AwsError;
use crate::world::World;

/// Where instances of a group may be.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) availability_zones: BTreeSet<String>,
    pub(super) subnet_ids: Vec<String>,
}

impl Places {
    /// The places a request names: subnets in a list with commas, and zones that fit them.
    ///
    /// # Errors
    /// Zones or subnets that do not exist, zones that are not those of the subnets, or no place at
    /// all. Zones alone stand for the subnets of the default VPC, and there is none.
    pub(super) fn read(
        world: &World,
        subnet_list: Option<&str>,
        zones: &[String],
    ) -> Result<Self, AwsError> {
        let known = zone_names(world);
        if let Some(zone) = zones.iter().find(|zone| !known.contains(zone)) {
            return Err(validation(format!("Invalid availability zones: [{zone}]")));
        }
        let ids = subnet_list.unwrap_or_default().split(',').map(str::trim);
        let mut subnet_ids: Vec<String> = Vec::new();
        for id in ids.filter(|id| !id.is_empty()) {
            if !subnet_ids.iter().any(|known| known == id) {
                subnet_ids.push(id.to_owned());
            }
        }
        if subnet_ids.is_empty() {
            return Err(validation(if zones.is_empty() {
                "At least one Availability Zone or VPC Subnet is required."
            } else {
                "No default VPC for this user: name the subnets in VPCZoneIdentifier"
            }));
        }
        let subnets: Vec<&Subnet> = subnet_ids
            .iter()
            .map(|id| {
                let found = world.find::<Subnet>(id);
                found.map_err(|_| validation(format!("The subnet ID '{id}' does not exist")))
            })
            .collect::<Result<_, _>>()?;
        let vpcs: BTreeSet<_> = subnets.iter().map(|subnet| &subnet.vpc_id).collect();
        if 1 < vpcs.len() {
            return Err(validation("All subnets of the Auto Scaling group must be in one VPC"));
        }
        let availability_zones: BTreeSet<_> =
            subnets.iter().map(|subnet| subnet.availability_zone.clone()).collect();
        if !zones.is_empty() && availability_zones != zones.iter().cloned().collect() {
            return Err(validation(
                "The availability zones of the specified subnets and the Auto Scaling group do \
                 not match",
            ));
        }
        Ok(Self { availability_zones, subnet_ids })
    }

    /// One of the subnets, to try something in.
    pub(super) fn any_subnet<'a>(&self, world: &'a World) -> Option<&'a Subnet> {
        self.subnet_ids.first().and_then(|id| world.ec2.subnets.get(id))
    }
}

/// The subnet the next instance goes into: one of the zone with the fewest instances, and there
/// the one with the fewest.
///
/// # Errors
/// None of the subnets is there any more.
pub(in crate::autoscaling) fn choose<'a>(
    world: &'a World,
    group: &AutoScalingGroup,
) -> Result<&'a Subnet, AwsError> {
    let n_in_zone =
        |zone: &str| group.active().filter(|member| member.availability_zone == zone).count();
    let n_in_subnet = |id: &str| group.active().filter(|member| member.subnet_id == id).count();
    let subnets = group.subnet_ids.iter().filter_map(|id| world.ec2.subnets.get(id));
    let chosen = subnets.min_by_key(|subnet| {
        let zone = subnet.availability_zone.as_str();
        (n_in_zone(zone), zone, n_in_subnet(&subnet.id))
    });
    chosen.ok_or_else(|| {
        let id = group.subnet_ids.first().cloned().unwrap_or_default();
        validation(format!("The subnet ID '{id}' does not exist"))
    })
}
