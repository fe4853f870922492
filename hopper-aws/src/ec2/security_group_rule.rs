//! [`SecurityGroupRule`]: one thing that a security group lets through.

use super::permission::{Direction, Peer, Permission};
use crate::{
    Aws, SecurityGroupId, SecurityGroupRuleId, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_of_run, is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, patiently, sought},
    mark::{self, filter},
    needs::{Draft, Needed, Needs},
    poll::visible,
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{
    self, Filter, ReferencedSecurityGroup, ResourceType, SecurityGroupRuleRequest,
    SecurityGroupRuleUpdate, Tag,
};
use hopper_core::{Class, Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Lets one thing through a security group.
///
/// It is taken back by its id, so a rule of somebody else that says the same is left alone. What
/// it lets through changes in place, under the same id; its direction and the kind of its peer do
/// not ("SecurityGroupRuleRequest", EC2 API reference).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// The group.
    pub group: Input<SecurityGroupId>,
    /// What it lets through.
    pub permission: Permission,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A rule of a security group.
    pub struct SecurityGroupRuleOut -> SecurityGroupRuleRefs {
        /// Its id.
        id: SecurityGroupRuleId,
    }
}

impl Needs for SecurityGroupRule {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateTags", "ec2:DescribeSecurityGroupRules"]);
        needs.changes(&["permission"], &["ec2:ModifySecurityGroupRules"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.calls(match self.permission.direction {
            Direction::Ingress => {
                &["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
            }
            Direction::Egress => {
                &["ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress"]
            }
        });
    }
}

impl Step for SecurityGroupRule {
    const KIND: &'static str = "aws.ec2.security_group_rule";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &[
        "permission.description",
        "permission.peer.cidr",
        "permission.peer.group",
        "permission.protocol",
        "tags",
    ];
    type Env = Aws;
    type Output = SecurityGroupRuleOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<SecurityGroupRuleOut, StepError> {
        let id = made::once(aws, cx, || self.authorize(aws, cx)).await?;
        visible::<types::SecurityGroupRule>(aws, cx, id.as_str()).await?;
        Ok(SecurityGroupRuleOut { id })
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<SecurityGroupRuleOut>, StepError> {
        Ok(match sought::<types::SecurityGroupRule, _>(aws, cx).await? {
            Sought::One(rule) => Found::Present(SecurityGroupRuleOut { id: rule.id().into() }),
            Sought::Not(found) => found,
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, SecurityGroupRuleOut>,
    ) -> Result<(), StepError> {
        let (group, direction) = (cx.get(&self.group).as_str(), self.permission.direction);
        let done = made.done().map(|rule| rule.id.as_str());
        for id in made::ids::<types::SecurityGroupRule>(aws, cx, done).await? {
            revoke(aws, cx, &id, group, direction).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &SecurityGroupRuleOut,
    ) -> Result<SecurityGroupRuleOut, StepError> {
        let wanted = self.permission.as_rule(cx);
        if wanted != was.permission.as_rule(cx) {
            self.modify(aws, cx, out.id.as_str(), wanted).await?;
        }
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &SecurityGroupRuleOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(rule) = get::<types::SecurityGroupRule>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let description = Some(&*self.permission.description).filter(|text| !text.is_empty());
        Ok(self
            .compare(cx, &rule)
            .optional(
                "description",
                description.unwrap_or("none"),
                rule.description().filter(|text| !text.is_empty()),
            )
            .tags(&mark::with(aws, cx, &self.tags), rule.tags())
            .drift())
    }
}

impl SecurityGroupRule {
    async fn authorize(&self, aws: &Aws, cx: &Cx) -> Result<SecurityGroupRuleId, StepError> {
        let group = cx.get(&self.group).as_str();
        let tags = mark::specification(aws, cx, ResourceType::SecurityGroupRule, &self.tags);
        let permission = self.permission.as_ec2(cx);
        let rules = match self.permission.direction {
            Direction::Ingress => {
                let call = aws.ec2().authorize_security_group_ingress().group_id(group);
                let call = call.ip_permissions(permission).tag_specifications(tags);
                act(aws, cx, "AuthorizeSecurityGroupIngress", || call.clone().send())
                    .await
                    .map(|reply| reply.security_group_rules)
            }
            Direction::Egress => {
                let call = aws.ec2().authorize_security_group_egress().group_id(group);
                let call = call.ip_permissions(permission).tag_specifications(tags);
                act(aws, cx, "AuthorizeSecurityGroupEgress", || call.clone().send())
                    .await
                    .map(|reply| reply.security_group_rules)
            }
        };
        let id = match rules {
            Ok(rules) => rules.into_iter().flatten().find_map(|rule| rule.security_group_rule_id),
            Err(error) if error.code() == Some("InvalidPermission.Duplicate") => {
                match self.same(aws, cx).await? {
                    Some(rule) if is_own(cx, rule.tags()) => Some(rule.id().to_owned()),
                    Some(rule) => return Err(error.with_hint(taken(&rule))),
                    None => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        id.map(SecurityGroupRuleId::from)
            .ok_or_else(|| incomplete("AuthorizeSecurityGroup", "rule's id"))
    }

    async fn modify(
        &self,
        aws: &Aws,
        cx: &Cx,
        id: &str,
        wanted: SecurityGroupRuleRequest,
    ) -> Result<(), StepError> {
        let update = SecurityGroupRuleUpdate::builder().security_group_rule_id(id);
        let call = aws.ec2().modify_security_group_rules().group_id(cx.get(&self.group).as_str());
        let call = call.security_group_rules(update.security_group_rule(wanted).build());
        match act(aws, cx, "ModifySecurityGroupRules", || call.clone().send()).await {
            Err(error) if error.code() == Some("InvalidPermission.Duplicate") => {
                Err(match self.same(aws, cx).await? {
                    // Another step of the run may be about to let through something else …
                    Some(rule) if is_of_run(cx, rule.tags()) => {
                        error.with_class(Class::Transient).with_hint(taken(&rule))
                    }
                    Some(rule) => error.with_hint(taken(&rule)),
                    // … and has done so by now.
                    None => error.with_class(Class::Transient),
                })
            }
            reply => reply.map(drop),
        }
    }

    /// The rule of the group that says the same.
    async fn same(
        &self,
        aws: &Aws,
        cx: &Cx,
    ) -> Result<Option<types::SecurityGroupRule>, StepError> {
        let group = cx.get(&self.group).as_str();
        let rules = patiently(aws, cx, vec![filter("group-id", group)]).await?;
        Ok(rules.into_iter().find(|rule| self.compare(cx, rule).drift().is_empty()))
    }

    /// Compares what makes a rule this one: all but description and tags.
    fn compare(&self, cx: &Cx, rule: &types::SecurityGroupRule) -> Comparison {
        let permission = &self.permission;
        let (from, to) = permission.protocol.ports();
        let comparison = Comparison::new()
            .optional("groupId", cx.get(&self.group), rule.group_id())
            .optional("isEgress", permission.direction == Direction::Egress, rule.is_egress())
            .optional("ipProtocol", permission.protocol.name(), rule.ip_protocol())
            .field("fromPort", from, rule.from_port().unwrap_or(-1))
            .field("toPort", to, rule.to_port().unwrap_or(-1));
        let group = rule.referenced_group_info().and_then(ReferencedSecurityGroup::group_id);
        match &permission.peer {
            Peer::Cidr(cidr) => comparison.optional("cidrIpv4", cx.get(cidr), rule.cidr_ipv4()),
            Peer::Group(peer) => {
                comparison.optional("referencedGroupInfo.groupId", cx.get(peer), group)
            }
        }
    }
}

/// Whose the rule is.
fn taken(by: &types::SecurityGroupRule) -> String {
    format!(
        "rule {} says the same and was {}: revoke it, or leave this one out",
        by.id(),
        maker(by.tags())
    )
}

/// Revokes a rule.
pub(crate) async fn revoke(
    aws: &Aws,
    cx: &Cx,
    id: &str,
    group: &str,
    direction: Direction,
) -> Result<(), StepError> {
    let removal = |operation| Removal::new(operation, id, Blocked::Unknown);
    match direction {
        Direction::Ingress => {
            let call = aws.ec2().revoke_security_group_ingress().group_id(group);
            let call = call.security_group_rule_ids(id);
            remove(aws, cx, removal("RevokeSecurityGroupIngress"), || call.clone().send()).await
        }
        Direction::Egress => {
            let call = aws.ec2().revoke_security_group_egress().group_id(group);
            let call = call.security_group_rule_ids(id);
            remove(aws, cx, removal("RevokeSecurityGroupEgress"), || call.clone().send()).await
        }
    }
}

impl Resource for types::SecurityGroupRule {
    const ID_FILTER: &'static str = "security-group-rule-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_security_group_rules().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeSecurityGroupRules", || call.clone().send()).await?;
        Ok(reply.security_group_rules.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.security_group_rule_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}
