//! Security groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Vpc;
use super::describe::{self, Describe, Selection};
use super::filter::{Attribute, Filter, one};
use super::security_group_rule::{Peer, SecurityGroupRule, Terms, permissions};
use super::tag_specification::{TagSpecification, tag_set, tags_for};
use crate::wire::{Answer, AwsError, Xml};
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

    fn arn(&self, world: &World) -> String {
        let World { account, region, .. } = world;
        format!("arn:aws:ec2:{region}:{account}:security-group/{}", self.id)
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
        ("egress.ip-permission.group-name", |group, world| {
            group.of_rules(world, true, |rule| {
                let referenced = world.ec2.security_groups.get(&rule.referenced_group()?)?;
                Some(referenced.name.clone())
            })
        }),
        ("egress.ip-permission.ipv6-cidr", |group, world| {
            group.of_rules(world, true, SecurityGroupRule::ipv6_cidr)
        }),
        ("egress.ip-permission.prefix-list-id", |_, _| Vec::new()),
        ("egress.ip-permission.protocol", |group, world| {
            group.of_rules(world, true, |rule| Some(rule.protocol.clone()))
        }),
        ("egress.ip-permission.to-port", |group, world| {
            group.of_rules(world, true, |rule| rule.to_port.map(|port| port.to_string()))
        }),
        ("egress.ip-permission.user-id", |group, world| {
            group.of_rules(world, true, |rule| {
                rule.referenced_group().map(|_| world.account.clone())
            })
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
        ("ip-permission.group-name", |group, world| {
            group.of_rules(world, false, |rule| {
                let referenced = world.ec2.security_groups.get(&rule.referenced_group()?)?;
                Some(referenced.name.clone())
            })
        }),
        ("ip-permission.ipv6-cidr", |group, world| {
            group.of_rules(world, false, SecurityGroupRule::ipv6_cidr)
        }),
        ("ip-permission.prefix-list-id", |_, _| Vec::new()),
        ("ip-permission.protocol", |group, world| {
            group.of_rules(world, false, |rule| Some(rule.protocol.clone()))
        }),
        ("ip-permission.to-port", |group, world| {
            group.of_rules(world, false, |rule| rule.to_port.map(|port| port.to_string()))
        }),
        ("ip-permission.user-id", |group, world| {
            group.of_rules(world, false, |rule| {
                rule.referenced_group().map(|_| world.account.clone())
            })
        }),
        ("owner-id", |_, world| one(&world.account)),
        ("vpc-id", |group, _| one(&group.vpc_id)),
    ];

    fn show(&self, world: &World) -> Xml {
        Xml::new()
            .text("groupId", &self.id)
            .text("groupName", &self.name)
            .text("groupDescription", &self.description)
            .text("vpcId", &self.vpc_id)
            .text("ownerId", &world.account)
            .text("securityGroupArn", self.arn(world))
            .list("ipPermissions", permissions(world, self.rules(world, false)))
            .list("ipPermissionsEgress", permissions(world, self.rules(world, true)))
            .and(tag_set(&self.tags))
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeSecurityGroups {
    #[serde(default, rename = "GroupId")]
    ids: Vec<String>,
    #[serde(default, rename = "GroupName")]
    names: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists groups. Names are looked up in the default VPC, and there is none.
pub(crate) fn describe(world: &mut World, input: &DescribeSecurityGroups) -> Answer {
    if let Some(name) = input.names.first() {
        let why = format!("The security group '{name}' does not exist in default VPC");
        return Err(AwsError::new("InvalidGroup.NotFound", why));
    }
    let selection = Selection {
        ids: input.ids.clone(),
        filters: input.filters.clone(),
        max_results: input.max_results,
        next_token: input.next_token.clone(),
    };
    describe::describe::<SecurityGroup>(world, &selection)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateSecurityGroup {
    group_name: String,
    group_description: String,
    vpc_id: Option<String>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

/// Makes a group that lets nothing in and everything out.
pub(crate) fn create(world: &mut World, input: &CreateSecurityGroup) -> Answer {
    let kind = &SecurityGroup::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    check_text("groupName", &input.group_name)?;
    check_text("groupDescription", &input.group_description)?;
    if input.group_name.starts_with("sg-") {
        let why = "Group names may not be in the format sg-*.";
        return Err(AwsError::invalid_value("groupName", &input.group_name, why));
    }
    if input.group_name.eq_ignore_ascii_case("default") {
        return Err(AwsError::new(
            "InvalidGroup.Reserved",
            "The security group name 'default' is reserved",
        ));
    }
    let vpc_id = input.vpc_id.as_ref().ok_or_else(|| {
        AwsError::new("VPCIdNotSpecified", "No default VPC for this user: specify a VPC")
    })?;
    let vpc_id = world.find::<Vpc>(vpc_id)?.id.clone();
    let mut groups = world.ec2.security_groups.values();
    let is_same = |group: &&SecurityGroup| group.vpc_id == vpc_id && group.name == input.group_name;
    if let Some(other) = groups.find(is_same) {
        let name = &input.group_name;
        return Err(AwsError::new(
            "InvalidGroup.Duplicate",
            format!("The security group '{name}' already exists for VPC '{vpc_id}'"),
        )
        .blocked_by([other.id.clone()]));
    }
    if world.settings().quotas.security_groups <= world.ec2.security_groups.len() {
        return Err(AwsError::new(
            "SecurityGroupLimitExceeded",
            "The maximum number of security groups has been reached.",
        ));
    }
    let group = SecurityGroup {
        id: world.new_id::<SecurityGroup>(),
        name: input.group_name.clone(),
        description: input.group_description.clone(),
        vpc_id,
        tags,
    };
    let rule = open_to_everywhere(world, &group.id);
    world.ec2.security_group_rules.insert(rule.id.clone(), rule);
    let answer = Xml::done()
        .text("groupId", &group.id)
        .text("securityGroupArn", group.arn(world))
        .and(tag_set(&group.tags));
    world.add(group);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeleteSecurityGroup {
    group_id: Option<String>,
    group_name: Option<String>,
}

/// Deletes a group and its rules, if no interface has it and no rule of another group names it.
pub(crate) fn delete(world: &mut World, input: &DeleteSecurityGroup) -> Answer {
    let group = named(world, input.group_id.as_ref(), input.group_name.as_ref())?;
    let id = group.id.clone();
    if group.is_default() {
        return Err(AwsError::new(
            "CannotDelete",
            format!("the specified group: \"{id}\" name: \"default\" cannot be deleted by a user"),
        )
        .blocked_by([group.vpc_id.clone()]));
    }
    let blockers = world.blockers(&id);
    if !blockers.is_empty() {
        let message = format!("resource {id} has a dependent object");
        return Err(AwsError::new("DependencyViolation", message).blocked_by(blockers));
    }
    world.ec2.security_groups.remove(&id);
    world.ec2.security_group_rules.retain(|_, rule| rule.group_id != id);
    Ok(Xml::done().text("groupId", id))
}

/// The group a request names. By name only groups of the default VPC are found, and there is none.
pub(super) fn named<'a>(
    world: &'a World,
    id: Option<&String>,
    name: Option<&String>,
) -> Result<&'a SecurityGroup, AwsError> {
    match (id, name) {
        (Some(_), Some(_)) => Err(AwsError::new(
            "InvalidParameterCombination",
            "The parameter GroupName cannot be used with the parameter GroupId",
        )),
        (Some(id), None) => world.find(id),
        (None, Some(name)) => Err(SecurityGroup::KIND.not_found(name)),
        (None, None) => Err(AwsError::missing("groupId")),
    }
}

/// Refuses a name or description that is empty, too long, or has characters EC2 does not take.
fn check_text(parameter: &str, text: &str) -> Result<(), AwsError> {
    const SPECIAL: &str = " ._-:/()#,@[]+=&;{}!$*";
    let is_taken = |c: char| c.is_ascii_alphanumeric() || SPECIAL.contains(c);
    if (1..=255).contains(&text.len()) && text.chars().all(is_taken) {
        return Ok(());
    }
    let why = "Valid are 1 to 255 characters of the set a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";
    Err(AwsError::invalid_value(parameter, text, why))
}

/// The rule every new group has.
fn open_to_everywhere(world: &mut World, group_id: &str) -> SecurityGroupRule {
    let everywhere = Terms::open(Peer::anywhere());
    SecurityGroupRule::new(world, group_id, true, everywhere, Tags::new())
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
    let from_itself = Terms::open(Peer::Group(group.id.clone()));
    let from_itself = SecurityGroupRule::new(world, &group.id, false, from_itself, Tags::new());
    let to_everywhere = open_to_everywhere(world, &group.id);
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
