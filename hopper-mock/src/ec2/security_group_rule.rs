//! The rules of security groups.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use super::describe::Describe;
use super::filter::{Attribute, one};
use super::tag_specification::tag_set;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A rule: one protocol, one range of ports, one peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// Its id.
    pub id: String,
    /// The group it belongs to.
    pub group_id: String,
    /// Whether it is about what goes out.
    pub is_egress: bool,
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub protocol: String,
    /// The first port, or the type of ICMP; none for all protocols.
    pub from_port: Option<i32>,
    /// The last port, or the code of ICMP; none for all protocols.
    pub to_port: Option<i32>,
    /// Who may come in or be reached.
    pub peer: Peer,
    /// What it is for.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Peer {
    /// Addresses.
    Ipv4(Ipv4Net),
    /// What is in a group.
    Group(String),
}

impl Peer {
    /// Every address there is.
    pub fn anywhere() -> Self {
        Self::Ipv4(Ipv4Net::default())
    }
}

impl SecurityGroupRule {
    /// A rule for everything, with one peer.
    pub(super) fn open(world: &mut World, group_id: &str, is_egress: bool, peer: Peer) -> Self {
        Self {
            id: world.new_id::<Self>(),
            group_id: group_id.to_owned(),
            is_egress,
            protocol: "-1".to_owned(),
            from_port: None,
            to_port: None,
            peer,
            description: None,
            tags: Tags::new(),
        }
    }

    /// The addresses, if the peer is addresses.
    pub(super) fn cidr(&self) -> Option<String> {
        match &self.peer {
            Peer::Ipv4(net) => Some(net.to_string()),
            Peer::Group(_) => None,
        }
    }

    /// The group, if the peer is one.
    pub(super) fn referenced_group(&self) -> Option<String> {
        match &self.peer {
            Peer::Group(id) => Some(id.clone()),
            Peer::Ipv4(_) => None,
        }
    }
}

impl Resource for SecurityGroupRule {
    const KIND: Kind = Kind {
        name: "security-group-rule",
        prefix: "sgr",
        noun: "security group rule ID",
        malformed: "InvalidSecurityGroupRuleId.Malformed",
        missing: "InvalidSecurityGroupRuleId.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.security_group_rules
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.security_group_rules
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

    /// A rule keeps the other group it names from being deleted.
    fn holds(&self) -> Vec<&str> {
        match &self.peer {
            Peer::Group(id) if *id != self.group_id => vec![id],
            Peer::Group(_) | Peer::Ipv4(_) => Vec::new(),
        }
    }

    fn is_leftover(&self) -> bool {
        false
    }
}

impl Describe for SecurityGroupRule {
    const IDS: &'static str = "SecurityGroupRuleId";
    const SET: &'static str = "securityGroupRuleSet";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("group-id", |rule, _| one(&rule.group_id)),
        ("security-group-rule-id", |rule, _| one(&rule.id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let referenced = self
            .referenced_group()
            .map(|group_id| Xml::new().text("groupId", group_id).text("userId", &world.account));
        Xml::new()
            .text("securityGroupRuleId", &self.id)
            .text("groupId", &self.group_id)
            .text("groupOwnerId", &world.account)
            .text("isEgress", self.is_egress)
            .text("ipProtocol", &self.protocol)
            .text("fromPort", self.from_port.unwrap_or(-1))
            .text("toPort", self.to_port.unwrap_or(-1))
            .opt("cidrIpv4", self.cidr())
            .opt_node("referencedGroupInfo", referenced)
            .opt("description", self.description.as_ref())
            .and(tag_set(&self.tags))
    }
}

/// Rules as `DescribeSecurityGroups` shows them: those with the same protocol and ports together.
pub(super) fn permissions<'a>(
    world: &World,
    rules: impl Iterator<Item = &'a SecurityGroupRule>,
) -> Vec<Xml> {
    let mut together: BTreeMap<_, Vec<&SecurityGroupRule>> = BTreeMap::new();
    for rule in rules {
        together.entry((&rule.protocol, rule.from_port, rule.to_port)).or_default().push(rule);
    }
    let permission = |((protocol, from_port, to_port), rules): ((&String, _, _), Vec<_>)| {
        let groups = rules.iter().filter_map(|rule: &&SecurityGroupRule| {
            let group = Xml::new().text("userId", &world.account);
            let group = group.text("groupId", rule.referenced_group()?);
            Some(group.opt("description", rule.description.as_ref()))
        });
        let ranges = rules.iter().filter_map(|rule| {
            let range = Xml::new().text("cidrIp", rule.cidr()?);
            Some(range.opt("description", rule.description.as_ref()))
        });
        Xml::new()
            .text("ipProtocol", protocol)
            .opt("fromPort", from_port)
            .opt("toPort", to_port)
            .list("groups", groups)
            .list("ipRanges", ranges)
            .list("ipv6Ranges", [])
            .list("prefixListIds", [])
    };
    together
        .into_iter()
        .map(|(key, rules): (_, Vec<&SecurityGroupRule>)| {
            let key: (&String, Option<i32>, Option<i32>) = key;
            permission((key, rules))
        })
        .collect()
}
