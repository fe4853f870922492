//! [`Prices`]: what things cost, from a dated table.

use crate::failure::Failure;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

/// The table that is used when none is given.
const OWN: &str = include_str!("../prices.toml");

/// What things cost in US dollars, and since when.
#[derive(Clone, Debug, Deserialize)]
pub struct Prices {
    /// When they were right.
    pub date: String,
    /// Where they are from.
    pub source: String,
    /// By region.
    #[serde(flatten)]
    regions: BTreeMap<String, Regional>,
}

/// What things cost in a region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regional {
    /// A NAT gateway, an hour.
    pub nat_gateway: f64,
    /// A public IPv4 address, an hour.
    pub public_address: f64,
    /// A classic load balancer, an hour.
    pub load_balancer: f64,
    /// A network load balancer, an hour.
    pub network_load_balancer: Option<f64>,
    /// A GB on a volume, a month.
    pub gp3: f64,
    /// A GB in a snapshot, a month.
    pub snapshot: f64,
    /// Machines by their type, an hour.
    pub instances: BTreeMap<String, f64>,
}

impl Prices {
    /// Those in a file, or the program's own.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is no such table.
    pub fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let text = match file {
            Some(file) => fs::read_to_string(file)
                .map_err(|error| Failure::usage(format_args!("{}: {error}", file.display())))?,
            None => OWN.to_owned(),
        };
        toml::from_str(&text).map_err(|error| Failure::usage(format_args!("prices: {error}")))
    }

    /// Those of a region.
    ///
    /// # Errors
    ///
    /// When the table does not have it.
    pub fn of(&self, region: &str) -> Result<&Regional, Failure> {
        self.regions.get(region).ok_or_else(|| {
            let known: Vec<_> = self.regions.keys().map(String::as_str).collect();
            Failure::usage(format_args!(
                "no prices are known of {region}, only of {}: give a table with --prices",
                known.join(", ")
            ))
        })
    }
}
