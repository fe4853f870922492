//! Availability zones.

use serde::Deserialize;

use super::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// A zone: its letter tells name and id.
struct Zone {
    letter: char,
}

impl Zone {
    fn name(&self, world: &World) -> String {
        format!("{}{}", world.region, self.letter)
    }

    /// The id that names the same place in every account: `euw1-az1`.
    fn id(&self, world: &World) -> String {
        let mut parts = world.region.split('-');
        let area = parts.next().unwrap_or_default();
        let direction = parts.next().and_then(|direction| direction.chars().next());
        let number = parts.next().unwrap_or_default();
        let place = u32::from(self.letter) - u32::from('a') + 1;
        format!("{area}{}{number}-az{place}", direction.unwrap_or_default())
    }
}

fn zones() -> Vec<Zone> {
    ['a', 'b', 'c'].map(|letter| Zone { letter }).into()
}

/// The names of the zones, in order.
pub(crate) fn zone_names(world: &World) -> Vec<String> {
    zones().iter().map(|zone| zone.name(world)).collect()
}

/// The id of the zone with this name, such as `euw1-az1` for `eu-west-1a`.
///
/// # Errors
/// `InvalidParameterValue` for a name no zone of the region has.
pub(crate) fn zone_id(world: &World, name: &str) -> Result<String, AwsError> {
    zones().iter().find(|zone| zone.name(world) == name).map(|zone| zone.id(world)).ok_or_else(
        || {
            let names = zone_names(world).join(", ");
            let why = format!("It can only be one of the following values: {names}.");
            AwsError::invalid_value("availabilityZone", name, &why)
        },
    )
}

/// The name of the zone with this id.
///
/// # Errors
/// `InvalidParameterValue` for an id no zone of the region has.
pub(crate) fn zone_name(world: &World, id: &str) -> Result<String, AwsError> {
    let zones = zones();
    let zone = zones.iter().find(|zone| zone.id(world) == id);
    zone.map(|zone| zone.name(world)).ok_or_else(|| {
        let why = "There is no such zone in the region.";
        AwsError::invalid_value("availabilityZoneId", id, why)
    })
}

const FILTERS: &[Attribute<Zone>] = &[
    ("group-name", |_, world| one(&world.region)),
    ("message", |_, _| Vec::new()),
    ("opt-in-status", |_, _| one("opt-in-not-required")),
    ("parent-zone-id", |_, _| Vec::new()),
    ("parent-zone-name", |_, _| Vec::new()),
    ("region-name", |_, world| one(&world.region)),
    ("state", |_, _| one("available")),
    ("zone-id", |zone, world| one(&zone.id(world))),
    ("zone-name", |zone, world| one(&zone.name(world))),
    ("zone-type", |_, _| one("availability-zone")),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeAvailabilityZones {
    #[serde(default, rename = "ZoneName")]
    names: Vec<String>,
    #[serde(default, rename = "ZoneId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    /// Zones that need opting in: there are none, so it makes no difference.
    #[serde(default, rename = "AllAvailabilityZones")]
    _all: bool,
}

/// Lists the zones of the region.
pub(crate) fn describe(world: &mut World, input: &DescribeAvailabilityZones) -> Answer {
    filter::check(&input.filters, FILTERS, false)?;
    let zones = zones();
    for name in &input.names {
        zone_id(world, name)?;
    }
    for id in &input.ids {
        if !zones.iter().any(|zone| zone.id(world) == *id) {
            let why = "There is no such zone in the region.";
            return Err(AwsError::invalid_value("ZoneId", id, why));
        }
    }
    let is_wanted = |zone: &&Zone| {
        (input.names.is_empty() || input.names.contains(&zone.name(world)))
            && (input.ids.is_empty() || input.ids.contains(&zone.id(world)))
            && filter::passes(world, *zone, None, &input.filters, FILTERS)
    };
    let items = zones.iter().filter(is_wanted).map(|zone| {
        Xml::new()
            .text("zoneName", zone.name(world))
            .text("zoneId", zone.id(world))
            .text("zoneState", "available")
            .text("zoneType", "availability-zone")
            .text("regionName", &world.region)
            .text("groupName", &world.region)
            .text("networkBorderGroup", &world.region)
            .text("optInStatus", "opt-in-not-required")
            .list("messageSet", [])
    });
    Ok(Xml::new().list("availabilityZoneInfo", items))
}
