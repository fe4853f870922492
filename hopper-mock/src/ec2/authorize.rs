//! Authorizing, revoking and changing the rules of security groups.

use std::collections::BTreeSet;
use std::mem::discriminant;

use serde::Deserialize;

use super::SecurityGroup;
use super::describe::Describe as _;
use super::ip_permission::{
    IpPermission, check_description, group_peer, ipv6, no_prefix_list, normalise,
};
use super::security_group_rule::{Peer, SecurityGroupRule, Terms};
use super::tag_specification::{TagSpecification, tags_for};
use super::{cidr, security_group};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Resource as _, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Authorize {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    ip_permissions: Vec<IpPermission>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
    #[serde(default, rename = "TagSpecification")]
    tag_specifications: Vec<TagSpecification>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Revoke {
    group_id: Option<String>,
    group_name: Option<String>,
    #[serde(default, rename = "SecurityGroupRuleId")]
    rule_ids: Vec<String>,
    #[serde(default)]
    ip_permissions: Vec<IpPermission>,
    ip_protocol: Option<String>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ip: Option<String>,
    source_security_group_name: Option<String>,
    source_security_group_owner_id: Option<String>,
}

/// The permissions of a request: listed ones, or a single one in parameters of its own.
struct Given<'a> {
    listed: &'a [IpPermission],
    protocol: Option<&'a String>,
    ports: (Option<i32>, Option<i32>),
    cidr_ip: Option<&'a String>,
    source_name: Option<&'a String>,
    source_owner: Option<&'a String>,
}

impl Given<'_> {
    /// Whether anything is said of a permission in parameters of its own.
    fn has_own(&self) -> bool {
        let texts = [self.protocol, self.cidr_ip, self.source_name, self.source_owner];
        texts.iter().any(Option::is_some) || self.ports != (None, None)
    }

    /// The permission in parameters of its own.
    fn own(&self) -> Result<Option<IpPermission>, AwsError> {
        if let Some(name) = self.source_name.or(self.source_owner) {
            // Names are looked up in the default VPC, and there is none.
            return Err(SecurityGroup::KIND.not_found(name));
        }
        match self.cidr_ip {
            Some(cidr) => Ok(Some(IpPermission::of_one_range(self.protocol, self.ports, cidr))),
            None if self.has_own() => Err(AwsError::missing("cidrIp")),
            None => Ok(None),
        }
    }

    fn terms(&self, world: &World, group: &SecurityGroup) -> Result<Vec<Terms>, AwsError> {
        if self.has_own() && !self.listed.is_empty() {
            return Err(AwsError::new(
                "InvalidParameterCombination",
                "The parameter ipPermissions may not be used in combination with those of a \
                 single permission",
            ));
        }
        let own = self.own()?;
        let permissions = self.listed.iter().chain(&own);
        let each = permissions.map(|permission| permission.terms(world, group));
        let terms = each.collect::<Result<Vec<_>, _>>()?.concat();
        if terms.is_empty() {
            return Err(AwsError::missing("ipPermissions"));
        }
        Ok(terms)
    }
}

/// Adds rules to a group; either all of them or none.
pub(crate) fn authorize(world: &mut World, input: &Authorize, is_egress: bool) -> Answer {
    let kind = &SecurityGroupRule::KIND;
    let tags = tags_for(world, &input.tag_specifications, kind, &[kind])?;
    let group = security_group::named(world, input.group_id.as_ref(), input.group_name.as_ref())?;
    let given = Given {
        listed: &input.ip_permissions,
        protocol: input.ip_protocol.as_ref(),
        ports: (input.from_port, input.to_port),
        cidr_ip: input.cidr_ip.as_ref(),
        source_name: input.source_security_group_name.as_ref(),
        source_owner: input.source_security_group_owner_id.as_ref(),
    };
    let terms = given.terms(world, group)?;
    let mut n_rules = 0;
    for rule in group.rules(world, is_egress) {
        n_rules += 1;
        if let Some(terms) = terms.iter().find(|terms| rule.matches(terms)) {
            return Err(duplicate(terms, rule));
        }
    }
    for (at, one) in terms.iter().enumerate() {
        if terms[..at].iter().any(|other| other.is_about_the_same(one)) {
            return Err(AwsError::new(
                "InvalidParameterValue",
                "The same permission must not appear multiple times",
            ));
        }
    }
    if world.settings().quotas.rules_per_group < n_rules + terms.len() {
        return Err(AwsError::new(
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        ));
    }
    let group_id = group.id.clone();
    let mut shown = Vec::new();
    for terms in terms {
        let rule = SecurityGroupRule::new(world, &group_id, is_egress, terms, tags.clone());
        shown.push(rule.show(world));
        world.add(rule);
    }
    Ok(Xml::done().list("securityGroupRuleSet", shown))
}

/// Removes rules from a group; either all of them or none.
pub(crate) fn revoke(world: &mut World, input: &Revoke, is_egress: bool) -> Answer {
    let group = security_group::named(world, input.group_id.as_ref(), input.group_name.as_ref())?;
    let given = Given {
        listed: &input.ip_permissions,
        protocol: input.ip_protocol.as_ref(),
        ports: (input.from_port, input.to_port),
        cidr_ip: input.cidr_ip.as_ref(),
        source_name: input.source_security_group_name.as_ref(),
        source_owner: input.source_security_group_owner_id.as_ref(),
    };
    let mut gone = BTreeSet::new();
    if input.rule_ids.is_empty() {
        for terms in given.terms(world, group)? {
            let rule = group.rules(world, is_egress).find(|rule| rule.matches(&terms));
            gone.insert(rule.ok_or_else(missing)?.id.clone());
        }
    } else if !given.has_own() && given.listed.is_empty() {
        for id in &input.rule_ids {
            let rule = find(world, group, id)?;
            if rule.is_egress != is_egress {
                return Err(SecurityGroupRule::KIND.not_found(id));
            }
            gone.insert(rule.id.clone());
        }
    } else {
        return Err(AwsError::new(
            "InvalidParameterCombination",
            "Specify either security group rule IDs or IP permissions, not both",
        ));
    }
    let rules = world.ec2.security_group_rules.extract_if(.., |id, _| gone.contains(id));
    let revoked: Vec<_> = rules.map(|(_, rule)| rule.revoked()).collect();
    Ok(Xml::done().list("revokedSecurityGroupRuleSet", revoked))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifySecurityGroupRules {
    group_id: String,
    #[serde(rename = "SecurityGroupRule")]
    updates: Vec<Update>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Update {
    security_group_rule_id: String,
    security_group_rule: RuleRequest,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RuleRequest {
    ip_protocol: String,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr_ipv4: Option<String>,
    cidr_ipv6: Option<String>,
    prefix_list_id: Option<String>,
    referenced_group_id: Option<String>,
    description: Option<String>,
}

impl RuleRequest {
    fn terms(&self, world: &World, group: &SecurityGroup) -> Result<Terms, AwsError> {
        let (protocol, from_port, to_port) =
            normalise(&self.ip_protocol, self.from_port, self.to_port)?;
        if let Some(id) = &self.prefix_list_id {
            return Err(no_prefix_list(id));
        }
        let peer = match (&self.cidr_ipv4, &self.cidr_ipv6, &self.referenced_group_id) {
            (Some(text), None, None) => Peer::Ipv4(cidr::parse("cidrIpv4", text)?),
            (None, Some(text), None) => ipv6(text)?,
            (None, None, Some(id)) => group_peer(world, group, id)?,
            (None, None, None) => return Err(AwsError::missing("cidrIpv4")),
            _ => {
                return Err(AwsError::new(
                    "InvalidParameterCombination",
                    "A security group rule has one source or destination",
                ));
            }
        };
        check_description(self.description.as_deref())?;
        Ok(Terms { protocol, from_port, to_port, peer, description: self.description.clone() })
    }
}

/// Gives rules new terms; either all of them or none.
pub(crate) fn modify(world: &mut World, input: &ModifySecurityGroupRules) -> Answer {
    let group = world.find::<SecurityGroup>(&input.group_id)?;
    let mut changed = Vec::new();
    for Update { security_group_rule_id: id, security_group_rule: request } in &input.updates {
        let rule = find(world, group, id)?;
        let terms = request.terms(world, group)?;
        // "When you modify a rule, you cannot change the rule type" (SecurityGroupRuleRequest, API
        // reference).
        if discriminant(&rule.peer) != discriminant(&terms.peer) {
            return Err(AwsError::new(
                "InvalidParameterValue",
                format!(
                    "Invalid rule type for security group rule '{id}'. You may not specify another \
                     type of source or destination for an existing rule."
                ),
            ));
        }
        let mut others = group.rules(world, rule.is_egress).filter(|other| other.id != *id);
        if let Some(other) = others.find(|other| other.matches(&terms)) {
            return Err(duplicate(&terms, other));
        }
        changed.push((id, terms));
    }
    for (id, terms) in changed {
        world.find_mut::<SecurityGroupRule>(id)?.change(terms);
    }
    Ok(Xml::done())
}

/// A rule of the group by its id.
fn find<'a>(
    world: &'a World,
    group: &SecurityGroup,
    id: &str,
) -> Result<&'a SecurityGroupRule, AwsError> {
    let rule = world.find::<SecurityGroupRule>(id)?;
    if rule.group_id == group.id { Ok(rule) } else { Err(SecurityGroupRule::KIND.not_found(id)) }
}

fn duplicate(terms: &Terms, rule: &SecurityGroupRule) -> AwsError {
    let why = format!("the specified rule \"{terms}\" already exists");
    AwsError::new("InvalidPermission.Duplicate", why).blocked_by([rule.id.clone()])
}

fn missing() -> AwsError {
    AwsError::new(
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )
}
