//! `DescribeInstanceTypeOfferings`: where which type is offered.

use serde::Deserialize;

use super::catalogue::TYPES;
use crate::ec2::availability_zone::{zone_id, zone_names};
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// A type at a place.
struct Offering {
    /// What the list is ordered by.
    key: String,
    instance_type: &'static str,
    location: String,
}

const FILTERS: &[Attribute<Offering>] = &[
    ("instance-type", |offering, _| one(offering.instance_type)),
    ("location", |offering, _| one(&offering.location)),
];

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LocationType {
    #[default]
    Region,
    AvailabilityZone,
    AvailabilityZoneId,
    Outpost,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeInstanceTypeOfferings {
    #[serde(default)]
    location_type: LocationType,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists what is offered: every type, in every zone.
pub(crate) fn describe(world: &mut World, input: &DescribeInstanceTypeOfferings) -> Answer {
    filter::check(&input.filters, FILTERS, false)?;
    let zones = zone_names(world);
    let (name, locations) = match input.location_type {
        LocationType::Region => ("region", vec![world.region.clone()]),
        LocationType::AvailabilityZone => ("availability-zone", zones),
        LocationType::AvailabilityZoneId => {
            let ids = zones.iter().map(|zone| zone_id(world, zone));
            ("availability-zone-id", ids.collect::<Result<_, AwsError>>()?)
        }
        LocationType::Outpost => ("outpost", Vec::new()),
    };
    let mut offerings = Vec::new();
    for found in TYPES {
        for location in &locations {
            let key = format!("{} {location}", found.name);
            let offering = Offering { key, instance_type: found.name, location: location.clone() };
            if filter::passes(world, &offering, None, &input.filters, FILTERS) {
                offerings.push(offering);
            }
        }
    }
    offerings.sort_by(|one, other| one.key.cmp(&other.key));
    let token = input.next_token.as_deref();
    let (offerings, next) =
        page(offerings, |offering| &offering.key, &(5..=1000), input.max_results, token)?;
    let items = offerings.iter().map(|offering| {
        Xml::new()
            .text("instanceType", offering.instance_type)
            .text("locationType", name)
            .text("location", &offering.location)
    });
    Ok(Xml::new().list("instanceTypeOfferingSet", items).opt("nextToken", next))
}
