//! `DescribeAccountAttributes`: what the account may do in EC2.

use serde::Deserialize;

use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeAccountAttributes {
    #[serde(default, rename = "AttributeName")]
    names: Vec<String>,
}

/// Lists the attributes, or those that are named.
pub(crate) fn describe(world: &mut World, input: &DescribeAccountAttributes) -> Answer {
    let quotas = &world.settings().quotas;
    let attributes = [
        ("supported-platforms", "VPC".to_owned()),
        ("default-vpc", "none".to_owned()),
        ("max-instances", "20".to_owned()),
        ("vpc-max-security-groups-per-interface", quotas.groups_per_interface.to_string()),
        ("max-elastic-ips", quotas.addresses.to_string()),
        ("vpc-max-elastic-ips", quotas.addresses.to_string()),
    ];
    for name in &input.names {
        if !attributes.iter().any(|(known, _)| known == name) {
            let why = "There is no such attribute.";
            return Err(AwsError::invalid_value("attributeName", name, why));
        }
    }
    let wanted = attributes
        .iter()
        .filter(|(name, _)| input.names.is_empty() || input.names.iter().any(|n| n == name));
    let items = wanted.map(|(name, value)| {
        let values = [Xml::new().text("attributeValue", value)];
        Xml::new().text("attributeName", name).list("attributeValueSet", values)
    });
    Ok(Xml::new().list("accountAttributeSet", items))
}
