//! Security groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Vpc;
use super::describe::Describe;
use super::filter::{Attribute, one};
use super::security_group_rule::{Peer, SecurityGroupRule, permissions};
use super::tag_specification::tag_set;
use crate::wire::Xml;
use crate::world::{Kind, Resource, Tags, World};

/// A security group. Its rules are in a table of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its id.
    pub id: String,
    /// Its name, unique in the VPC; `default` for the one the VPC came with.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The VPC it is in.
    pub vpc_id: String,
    /// Its tags.
    pub tags: Tags,
}

impl SecurityGroup {
    /// Whether it is the one its VPC came with. No other group can have its name.
    pub fn is_default(&self) -> bool {
        self.name == "default"
    }

    /// Its rules for one way.
    pub(super) fn rules<'a>(
        &'a self,
        world: &'a World,
        is_egress: bool,
    ) -> impl Iterator<Item = &'a SecurityGroupRule> {
        let rules = world.ec2.security_group_rules.values();
        rules.filter(move |rule| rule.group_id == self.id && rule.is_egress == is_egress)
    }

    fn of_rules(
        &self,
        world: &World,
        is_egress: bool,
        value: impl Fn(&SecurityGroupRule) -> Option<String>,
    ) -> Vec<String> {
        self.rules(world, is_egress).filter_map(value).collect()
    }
}

impl Resource for SecurityGroup {
    const KIND: Kind = Kind {
        name: "security-group",
        prefix: "sg",
        noun: "security group",
        malformed: "InvalidGroupId.Malformed",
        missing: "InvalidGroup.NotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.ec2.security_groups
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.ec2.security_groups
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
        if self.is_default() { Vec::new() } else { vec![&self.vpc_id] }
    }

    fn is_leftover(&self) -> bool {
        !self.is_default()
    }
}

impl Describe for SecurityGroup {
    const IDS: &'static str = "GroupId";
    const SET: &'static str = "securityGroupInfo";
    const FILTERS: &'static [Attribute<Self>] = &[
        ("description", |group, _| one(&group.description)),
        ("egress.ip-permission.cidr", |group, world| {
            group.of_rules(world, true, SecurityGroupRule::cidr)
        }),
        ("egress.ip-permission.from-port", |group, world| {
            group.of_rules(world, true, |rule| rule.from_port.map(|port| port.to_string()))
        }),
        ("egress.ip-permission.group-id", |group, world| {
            group.of_rules(world, true, SecurityGroupRule::referenced_group)
        }),
        ("egress.ip-permission.protocol", |group, world| {
            group.of_rules(world, true, |rule| Some(rule.protocol.clone()))
        }),
        ("egress.ip-permission.to-port", |group, world| {
            group.of_rules(world, true, |rule| rule.to_port.map(|port| port.to_string()))
        }),
        ("group-id", |group, _| one(&group.id)),
        ("group-name", |group, _| one(&group.name)),
        ("ip-permission.cidr", |group, world| {
            group.of_rules(world, false, SecurityGroupRule::cidr)
        }),
        ("ip-permission.from-port", |group, world| {
            group.of_rules(world, false, |rule| rule.from_port.map(|port| port.to_string()))
        }),
        ("ip-permission.group-id", |group, world| {
            group.of_rules(world, false, SecurityGroupRule::referenced_group)
        }),
        ("ip-permission.protocol", |group, world| {
            group.of_rules(world, false, |rule| Some(rule.protocol.clone()))
        }),
        ("ip-permission.to-port", |group, world| {
            group.of_rules(world, false, |rule| rule.to_port.map(|port| port.to_string()))
        }),
        ("owner-id", |_, world| one(&world.account)),
        ("vpc-id", |group, _| one(&group.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        let World { account, region, .. } = world;
        let id = &self.id;
        Xml::new()
            .text("groupId", id)
            .text("groupName", &self.name)
            .text("groupDescription", &self.description)
            .text("vpcId", &self.vpc_id)
            .text("ownerId", account)
            .text("securityGroupArn", format!("arn:aws:ec2:{region}:{account}:security-group/{id}"))
            .list("ipPermissions", permissions(world, self.rules(world, false)))
            .list("ipPermissionsEgress", permissions(world, self.rules(world, true)))
            .and(tag_set(&self.tags))
    }
}

/// Makes the default group of a new VPC: in from itself, out to everywhere.
pub(super) fn furnish(world: &mut World, vpc: &Vpc) {
    let group = SecurityGroup {
        id: world.new_id::<SecurityGroup>(),
        name: "default".to_owned(),
        description: "default VPC security group".to_owned(),
        vpc_id: vpc.id.clone(),
        tags: Tags::new(),
    };
    let from_itself =
        SecurityGroupRule::open(world, &group.id, false, Peer::Group(group.id.clone()));
    let to_everywhere = SecurityGroupRule::open(world, &group.id, true, Peer::anywhere());
    for rule in [from_itself, to_everywhere] {
        world.ec2.security_group_rules.insert(rule.id.clone(), rule);
    }
    world.ec2.security_groups.insert(group.id.clone(), group);
}

/// Removes the groups of a VPC with their rules.
pub(super) fn clear(world: &mut World, vpc_id: &str) {
    let groups = &mut world.ec2.security_groups;
    let gone: BTreeSet<_> =
        groups.extract_if(.., |_, group| group.vpc_id == vpc_id).map(|(id, _)| id).collect();
    world.ec2.security_group_rules.retain(|_, rule| !gone.contains(&rule.group_id));
}
