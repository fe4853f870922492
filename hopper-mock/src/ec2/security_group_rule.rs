//! The rules of security groups.

use std::collections::BTreeMap;
use std::fmt;

use ipnet::{Ipv4Net, Ipv6Net};
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
    /// IPv6 addresses.
    Ipv6(Ipv6Net),
    /// What is in a group.
    Group(String),
}

impl Peer {
    /// Every address there is.
    pub fn anywhere() -> Self {
        Self::Ipv4(Ipv4Net::default())
    }
}

/// What a rule says, whichever group it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) protocol: String,
    pub(super) from_port: Option<i32>,
    pub(super) to_port: Option<i32>,
    pub(super) peer: Peer,
    pub(super) description: Option<String>,
}

impl Terms {
    /// Everything, with one peer.
    pub(super) fn open(peer: Peer) -> Self {
        let protocol = "-1".to_owned();
        Self { protocol, from_port: None, to_port: None, peer, description: None }
    }

    /// Whether both are about the same packets: descriptions make no difference.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        self.protocol == other.protocol
            && (self.from_port, self.to_port) == (other.from_port, other.to_port)
            && self.peer == other.peer
    }
}

/// As the refusal of a duplicate words it.
impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.protocol.as_str() {
            "-1" => "ALL".to_owned(),
            name => name.to_uppercase(),
        };
        write!(f, "peer: {}, {protocol}, ", self.peer)?;
        if let (Some(from), Some(to)) = (self.from_port, self.to_port) {
            write!(f, "from port: {from}, to port: {to}, ")?;
        }
        f.write_str("ALLOW")
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ipv4(net) => net.fmt(f),
            Self::Ipv6(net) => net.fmt(f),
            Self::Group(id) => f.write_str(id),
        }
    }
}

impl SecurityGroupRule {
    /// A rule for a group. It is not in the world yet.
    pub(super) fn new(
        world: &mut World,
        group_id: &str,
        is_egress: bool,
        terms: Terms,
        tags: Tags,
    ) -> Self {
        let Terms { protocol, from_port, to_port, peer, description } = terms;
        let (id, group_id) = (world.new_id::<Self>(), group_id.to_owned());
        Self { id, group_id, is_egress, protocol, from_port, to_port, peer, description, tags }
    }

    /// Gives the rule other terms.
    pub(super) fn change(&mut self, terms: Terms) {
        let Terms { protocol, from_port, to_port, peer, description } = terms;
        (self.protocol, self.from_port, self.to_port) = (protocol, from_port, to_port);
        (self.peer, self.description) = (peer, description);
    }

    /// The addresses, if the peer is addresses.
    pub(super) fn cidr(&self) -> Option<String> {
        match &self.peer {
            Peer::Ipv4(net) => Some(net.to_string()),
            Peer::Ipv6(_) | Peer::Group(_) => None,
        }
    }

    /// The IPv6 addresses, if the peer is such.
    pub(super) fn ipv6_cidr(&self) -> Option<String> {
        match &self.peer {
            Peer::Ipv6(net) => Some(net.to_string()),
            Peer::Ipv4(_) | Peer::Group(_) => None,
        }
    }

    /// The group, if the peer is one.
    pub(super) fn referenced_group(&self) -> Option<String> {
        match &self.peer {
            Peer::Group(id) => Some(id.clone()),
            Peer::Ipv4(_) | Peer::Ipv6(_) => None,
        }
    }

    /// The rule as the answer that removes it shows it.
    pub(super) fn revoked(&self) -> Xml {
        self.basics()
            .opt("referencedGroupId", self.referenced_group())
            .opt("description", self.description.as_ref())
    }

    fn basics(&self) -> Xml {
        Xml::new()
            .text("securityGroupRuleId", &self.id)
            .text("groupId", &self.group_id)
            .text("isEgress", self.is_egress)
            .text("ipProtocol", &self.protocol)
            .text("fromPort", self.from_port.unwrap_or(-1))
            .text("toPort", self.to_port.unwrap_or(-1))
            .opt("cidrIpv4", self.cidr())
            .opt("cidrIpv6", self.ipv6_cidr())
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
            Peer::Group(_) | Peer::Ipv4(_) | Peer::Ipv6(_) => Vec::new(),
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
        let World { account, region, .. } = world;
        let arn = format!("arn:aws:ec2:{region}:{account}:security-group-rule/{}", self.id);
        self.basics()
            .text("groupOwnerId", account)
            .text("securityGroupRuleArn", arn)
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
        let ipv6_ranges = rules.iter().filter_map(|rule| {
            let range = Xml::new().text("cidrIpv6", rule.ipv6_cidr()?);
            Some(range.opt("description", rule.description.as_ref()))
        });
        Xml::new()
            .text("ipProtocol", protocol)
            .opt("fromPort", from_port)
            .opt("toPort", to_port)
            .list("groups", groups)
            .list("ipRanges", ranges)
            .list("ipv6Ranges", ipv6_ranges)
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
