//! DHCP options: the default set, which AWS puts into every region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::describe::Describe;
use super::filter::{Attribute, one};
use super::tag_specification::tag_set;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A set of DHCP options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DhcpOptions {
    /// Its id.
    pub id: String,
    /// Values by the name of the option.
    pub options: BTreeMap<String, Vec<String>>,
    /// Whether AWS made it.
    pub is_default: bool,
    /// Its tags.
    pub tags: Tags,
}

impl Resource for DhcpOptions {
    const KIND: Kind = Kind {
        name: "dhcp-options",
        prefix: "dopt",
        noun: "dhcpOption ID",
        malformed: "InvalidDhcpOptionsId.Malformed",
        missing: "InvalidDhcpOptionID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.dhcp_options
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.dhcp_options
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn is_leftover(&self) -> bool {
        !self.is_default
    }
}

impl Describe for DhcpOptions {
    const IDS: &'static str = "DhcpOptionsId";
    const SET: &'static str = "dhcpOptionsSet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("dhcp-options-id", |options, _| one(&options.id)),
        ("key", |options, _| options.options.keys().cloned().collect()),
        ("owner-id", |_, world| one(&world.account)),
        ("value", |options, _| options.options.values().flatten().cloned().collect()),
    ];

    fn show(&self, world: &World) -> Xml {
        let configuration = self.options.iter().map(|(key, values)| {
            let values = values.iter().map(|value| Xml::new().text("value", value));
            Xml::new().text("key", key).list("valueSet", values)
        });
        Xml::new()
            .text("dhcpOptionsId", &self.id)
            .text("ownerId", &world.account)
            .list("dhcpConfigurationSet", configuration)
            .and(tag_set(&self.tags))
    }
}

/// Puts the default set into a fresh region.
pub(super) fn furnish(world: &mut World) {
    let domain = format!("{}.compute.internal", world.region);
    let options = BTreeMap::from([
        ("domain-name".to_owned(), vec![domain]),
        ("domain-name-servers".to_owned(), vec!["AmazonProvidedDNS".to_owned()]),
    ]);
    let id = world.new_id::<DhcpOptions>();
    let default = DhcpOptions { id: id.clone(), options, is_default: true, tags: Tags::new() };
    world.ec2.dhcp_options.insert(id, default);
}

/// The id of the default set, or `default`, which stands for no options.
pub(super) fn default_id(world: &World) -> String {
    let default = world.ec2.dhcp_options.values().find(|options| options.is_default);
    default.map_or_else(|| "default".to_owned(), |options| options.id.clone())
}
