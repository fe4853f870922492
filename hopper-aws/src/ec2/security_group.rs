//! [`SecurityGroup`]: who may talk to an instance.

use crate::{
    Aws, SecurityGroupId, Tags, VpcId,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, patiently, sought},
    mark::{self, filter},
    needs::{Draft, Holder, Limit, Needed, Needs, ask},
    poll::visible,
    removal::{Removal, remove},
    resource::{Resource, get},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Creates a security group. Nobody may come in, and everything may go out, until
/// [rules](super::SecurityGroupRule) say more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Its name, which only one group of the VPC can have.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The VPC it is in.
    pub vpc: Input<VpcId>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A security group.
    pub struct SecurityGroupOut -> SecurityGroupRefs {
        /// Its id.
        id: SecurityGroupId,
    }
}

impl Needs for SecurityGroup {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:DeleteSecurityGroup"]);
        needs.calls(&["ec2:DescribeSecurityGroups"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.takes(Limit::SecurityGroups);
        // In a VPC that is not there yet, every name is free.
        if let Some(vpc) = draft.get(&self.vpc) {
            let vpc = vpc.to_string();
            needs.name("security group", &self.name, |aws, name| async move {
                let call = aws.ec2().describe_security_groups().filters(filter("group-name", name));
                let call = call.filters(filter("vpc-id", vpc));
                let reply = ask("DescribeSecurityGroups", || call.clone().send()).await?;
                Ok(reply.security_groups().first().map(|group| Holder::of(group.tags())))
            });
        }
    }
}

impl Step for SecurityGroup {
    const KIND: &'static str = "aws.ec2.security_group";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = SecurityGroupOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<SecurityGroupOut, StepError> {
        let id = made::once(aws, cx, || self.create(aws, cx)).await?;
        visible::<types::SecurityGroup>(aws, cx, id.as_str()).await?;
        Ok(SecurityGroupOut { id })
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<SecurityGroupOut>, StepError> {
        Ok(match sought::<types::SecurityGroup, _>(aws, cx).await? {
            Sought::One(group) => Found::Present(SecurityGroupOut { id: group.id().into() }),
            Sought::Not(Found::Absent) => {
                let named = types::SecurityGroup::describe(aws, cx, self.by_name(cx)).await?;
                named.first().map_or(Found::Absent, |group| Found::Conflict(taken(group)))
            }
            Sought::Not(found) => found,
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, SecurityGroupOut>,
    ) -> Result<(), StepError> {
        let done = made.done().map(|group| group.id.as_str());
        for id in made::ids::<types::SecurityGroup>(aws, cx, done).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &SecurityGroupOut,
    ) -> Result<SecurityGroupOut, StepError> {
        retag(aws, cx, out.id.as_str(), &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &SecurityGroupOut,
    ) -> Result<Vec<Drift>, StepError> {
        let Some(group) = get::<types::SecurityGroup>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        Ok(Comparison::new()
            .optional("groupName", &self.name, group.group_name())
            .optional("groupDescription", &self.description, group.description())
            .optional("vpcId", cx.get(&self.vpc), group.vpc_id())
            .tags(&mark::with(aws, cx, &self.tags), group.tags())
            .drift())
    }
}

impl SecurityGroup {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<SecurityGroupId, StepError> {
        let tags = mark::specification(aws, cx, ResourceType::SecurityGroup, &self.tags);
        let call = aws
            .ec2()
            .create_security_group()
            .group_name(&self.name)
            .description(&self.description)
            .vpc_id(cx.get(&self.vpc).as_str())
            .tag_specifications(tags);
        match act(aws, cx, "CreateSecurityGroup", || call.clone().send()).await {
            Ok(reply) => reply.group_id.ok_or_else(|| incomplete("CreateSecurityGroup", "id")),
            Err(error) if error.code() == Some("InvalidGroup.Duplicate") => {
                match patiently::<types::SecurityGroup>(aws, cx, self.by_name(cx)).await?.pop() {
                    Some(group) if is_own(cx, group.tags()) => Ok(group.id().to_owned()),
                    Some(group) => Err(error.with_hint(taken(&group))),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
        .map(SecurityGroupId::from)
    }

    fn by_name(&self, cx: &Cx) -> Vec<Filter> {
        vec![filter("group-name", &self.name), filter("vpc-id", cx.get(&self.vpc).as_str())]
    }
}

/// Whose the name is.
fn taken(by: &types::SecurityGroup) -> String {
    format!(
        "security group {} \"{}\" was {}: delete it, or choose another name",
        by.id(),
        by.group_name().unwrap_or_default(),
        maker(by.tags())
    )
}

/// Deletes a group.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_security_group().group_id(id);
    let removal = Removal::new("DeleteSecurityGroup", id, Blocked::SecurityGroup(id));
    remove(aws, cx, removal, || call.clone().send()).await
}

impl Resource for types::SecurityGroup {
    const ID_FILTER: &'static str = "group-id";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_security_groups().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeSecurityGroups", || call.clone().send()).await?;
        Ok(reply.security_groups.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.group_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}
