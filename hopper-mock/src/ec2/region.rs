//! Regions.

use serde::Deserialize;

use super::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// The regions every account has without opting in.
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

const FILTERS: &[Attribute<&'static str>] = &[
    ("endpoint", |name, _| one(&endpoint(name))),
    ("opt-in-status", |_, _| one("opt-in-not-required")),
    ("region-name", |name, _| one(name)),
];

fn endpoint(region: &str) -> String {
    format!("ec2.{region}.amazonaws.com")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeRegions {
    #[serde(default, rename = "RegionName")]
    names: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    /// Regions that need opting in are not listed either way.
    #[serde(default, rename = "AllRegions")]
    _all: bool,
}

/// Lists regions.
pub(crate) fn describe(world: &mut World, input: &DescribeRegions) -> Answer {
    filter::check(&input.filters, FILTERS, false)?;
    for name in &input.names {
        if !REGIONS.contains(&name.as_str()) {
            return Err(AwsError::invalid_value("RegionName", name, "There is no such region."));
        }
    }
    let is_wanted = |name: &&&'static str| {
        (input.names.is_empty() || input.names.iter().any(|wanted| wanted == **name))
            && filter::passes(world, *name, None, &input.filters, FILTERS)
    };
    let items = REGIONS.iter().filter(is_wanted).map(|name| {
        Xml::new()
            .text("regionName", name)
            .text("regionEndpoint", endpoint(name))
            .text("optInStatus", "opt-in-not-required")
    });
    Ok(Xml::new().list("regionInfo", items))
}
