//! Network ACLs.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::describe::Describe;
use super::filter::{Attribute, one};
use super::tag_specification::tag_set;
use super::{Subnet, Vpc};
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// Its id.
    pub id: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// Whether it is the one its VPC came with.
    pub is_default: bool,
    /// Its entries.
    pub entries: Vec<AclEntry>,
    /// The subnets it guards, by the ids of the associations.
    pub associations: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Tags,
}

/// An entry of a network ACL, for every protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclEntry {
    /// Its place in the order of checks.
    pub rule_number: u16,
    /// Whether it is about packets going out.
    pub is_egress: bool,
    /// Whether it lets them pass.
    pub is_allowed: bool,
    /// Whose packets.
    pub cidr_block: Ipv4Net,
}

impl AclEntry {
    fn action(&self) -> &'static str {
        if self.is_allowed { "allow" } else { "deny" }
    }
}

impl Resource for NetworkAcl {
    const KIND: Kind = Kind {
        name: "network-acl",
        prefix: "acl",
        noun: "networkAcl ID",
        malformed: "InvalidNetworkAclId.Malformed",
        missing: "InvalidNetworkAclID.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.network_acls
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.network_acls
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

    fn holds(&self) -> Vec<&str> {
        if self.is_default { Vec::new() } else { vec![&self.vpc_id] }
    }

    fn is_leftover(&self) -> bool {
        !self.is_default
    }
}

impl Describe for NetworkAcl {
    const IDS: &'static str = "NetworkAclId";
    const SET: &'static str = "networkAclSet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("association.association-id", |acl, _| acl.associations.keys().cloned().collect()),
        ("association.network-acl-id", |acl, _| {
            acl.associations.keys().map(|_| acl.id.clone()).collect()
        }),
        ("association.subnet-id", |acl, _| acl.associations.values().cloned().collect()),
        ("default", |acl, _| one(&acl.is_default)),
        ("entry.cidr", |acl, _| acl.entries.iter().map(|e| e.cidr_block.to_string()).collect()),
        ("entry.egress", |acl, _| acl.entries.iter().map(|e| e.is_egress.to_string()).collect()),
        ("entry.icmp.code", |_, _| Vec::new()),
        ("entry.icmp.type", |_, _| Vec::new()),
        ("entry.ipv6-cidr", |_, _| Vec::new()),
        ("entry.port-range.from", |_, _| Vec::new()),
        ("entry.port-range.to", |_, _| Vec::new()),
        ("entry.protocol", |acl, _| acl.entries.iter().map(|_| "-1".to_owned()).collect()),
        ("entry.rule-action", |acl, _| {
            acl.entries.iter().map(|entry| entry.action().to_owned()).collect()
        }),
        ("entry.rule-number", |acl, _| {
            acl.entries.iter().map(|entry| entry.rule_number.to_string()).collect()
        }),
        ("network-acl-id", |acl, _| one(&acl.id)),
        ("owner-id", |_, world| one(&world.account)),
        ("vpc-id", |acl, _| one(&acl.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let entries = self.entries.iter().map(|entry| {
            Xml::new()
                .text("ruleNumber", entry.rule_number)
                .text("protocol", "-1")
                .text("ruleAction", entry.action())
                .text("egress", entry.is_egress)
                .text("cidrBlock", entry.cidr_block)
        });
        let associations = self.associations.iter().map(|(id, subnet_id)| {
            Xml::new()
                .text("networkAclAssociationId", id)
                .text("networkAclId", &self.id)
                .text("subnetId", subnet_id)
        });
        Xml::new()
            .text("networkAclId", &self.id)
            .text("vpcId", &self.vpc_id)
            .text("ownerId", &world.account)
            .text("default", self.is_default)
            .list("entrySet", entries)
            .list("associationSet", associations)
            .and(tag_set(&self.tags))
    }
}

/// Makes the default ACL of a new VPC: everything may pass, both ways.
pub(super) fn furnish(world: &mut World, vpc: &Vpc) {
    let entry = |is_egress, rule_number| AclEntry {
        rule_number,
        is_egress,
        is_allowed: rule_number < 32767,
        cidr_block: Ipv4Net::default(),
    };
    let acl = NetworkAcl {
        id: world.new_id::<NetworkAcl>(),
        vpc_id: vpc.id.clone(),
        is_default: true,
        entries: vec![entry(true, 100), entry(true, 32767), entry(false, 100), entry(false, 32767)],
        associations: BTreeMap::new(),
        tags: Tags::new(),
    };
    world.ec2.network_acls.insert(acl.id.clone(), acl);
}

/// Lets the default ACL of the VPC guard a new subnet.
pub(super) fn guard(world: &mut World, subnet: &Subnet) {
    let association = world.new_part_id("aclassoc");
    let mut acls = world.ec2.network_acls.values_mut();
    if let Some(acl) = acls.find(|acl| acl.is_default && acl.vpc_id == subnet.vpc_id) {
        acl.associations.insert(association, subnet.id.clone());
    }
}
