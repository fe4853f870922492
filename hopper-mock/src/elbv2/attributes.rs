//! `ModifyTargetGroupAttributes` and `DescribeTargetGroupAttributes`.
//!
//! Source: "Target group attributes" in the guide of network load balancers.

use serde::Deserialize;

use super::{TargetGroup, arn};
use crate::elb::call::invalid;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// Whether targets see the client's address.
const CLIENT_IP: &str = "preserve_client_ip.enabled";
/// Whether a load balancer's part in one zone passes on to targets in others.
const ZONES: &str = "load_balancing.cross_zone.enabled";
const DELAY: &str = "deregistration_delay.timeout_seconds";

/// The attributes that are simulated, with what they are at first for TCP.
const DEFAULTS: [(&str, &str); 6] = [
    ("deregistration_delay.connection_termination.enabled", "false"),
    (DELAY, "300"),
    (ZONES, "use_load_balancer_configuration"),
    (CLIENT_IP, "true"),
    ("proxy_protocol_v2.enabled", "false"),
    ("stickiness.enabled", "false"),
];

impl TargetGroup {
    /// An attribute's value.
    fn attribute<'a>(&'a self, key: &str, at_first: &'a str) -> &'a str {
        match self.attributes.get(key) {
            Some(value) => value,
            // For targets that are addresses it is off ("Client IP preservation").
            None if key == CLIENT_IP && self.target_type == "ip" => "false",
            None => at_first,
        }
    }

    /// Whether its targets see the address of the client, not that of the load balancer.
    pub(crate) fn shows_clients(&self) -> bool {
        self.attribute(CLIENT_IP, "true") == "true"
    }

    fn show_attributes(&self) -> Xml {
        let all = DEFAULTS.map(|(key, at_first)| {
            Xml::new().text("Key", key).text("Value", self.attribute(key, at_first))
        });
        Xml::new().list("Attributes", all)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Attribute {
    key: String,
    value: String,
}

impl Attribute {
    fn check(&self) -> Result<(), AwsError> {
        let Self { key, value } = self;
        if !DEFAULTS.iter().any(|(known, _)| known == key) {
            return Err(invalid(format!("Target group attribute key '{key}' is not recognized")));
        }
        let is_good = match &**key {
            DELAY => value.parse::<u32>().is_ok_and(|seconds| seconds <= 3600),
            ZONES if value == "use_load_balancer_configuration" => true,
            _ => matches!(&**value, "true" | "false"),
        };
        let why = || invalid(format!("'{value}' is not a valid value for the attribute '{key}'"));
        is_good.then_some(()).ok_or_else(why)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyTargetGroupAttributes {
    target_group_arn: String,
    attributes: Vec<Attribute>,
}

/// Changes attributes; all or none.
pub(crate) fn modify(world: &mut World, input: &ModifyTargetGroupAttributes) -> Answer {
    input.attributes.iter().try_for_each(Attribute::check)?;
    let group = arn::find_mut::<TargetGroup>(world, &input.target_group_arn)?;
    let new = input.attributes.iter().map(|one| (one.key.clone(), one.value.clone()));
    group.attributes.extend(new);
    Ok(group.show_attributes())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeTargetGroupAttributes {
    target_group_arn: String,
}

/// Tells all attributes.
pub(crate) fn describe(world: &mut World, input: &DescribeTargetGroupAttributes) -> Answer {
    let group: &TargetGroup = arn::find(world, &input.target_group_arn)?;
    Ok(group.show_attributes())
}
