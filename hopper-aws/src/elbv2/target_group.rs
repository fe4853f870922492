//! [`TargetGroup`]: what a load balancer passes connections on to.

use super::{
    seen::{Seen, Thing, claim, find, left, same},
    tags::{holder, retag},
};
use crate::{
    Aws, InstanceId, Tags, TargetGroupArn, VpcId,
    call::{act, read, read_if_any},
    claim::is_own,
    comparison::Comparison,
    elb,
    error::incomplete,
    made, mark,
    needs::{Draft, Needed, Needs, ask_if_any},
    pace::Pace,
    poll::{Verdict, until},
};
use aws_sdk_elasticloadbalancingv2::types::{
    self, ProtocolEnum, TargetDescription, TargetGroupAttribute, TargetTypeEnum,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

/// Visible at once, mostly (estimate).
const VISIBLE: Pace = Pace::secs(1, 1, 120);

/// Whether targets see who talks to them. With it on, one that talks to itself through the load
/// balancer is not answered ("Client IP preservation", Elastic Load Balancing guide).
const CLIENT_IP: &str = "preserve_client_ip.enabled";

/// Creates a target group of instances that a network load balancer passes TCP connections on to.
/// They see the load balancer's address, so that each may also talk to itself through it.
///
/// Whether a target is healthy is asked by HTTPS.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its name: at most 32 letters, digits and hyphens.
    pub name: String,
    /// The VPC of its targets.
    pub vpc: Input<VpcId>,
    /// The port of its targets.
    pub port: u16,
    /// What a healthy target answers with 200 to 399, e.g. `/readyz`.
    pub health_check_path: String,
    /// The instances.
    pub targets: Vec<Input<InstanceId>>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A target group.
    pub struct TargetGroupOut -> TargetGroupRefs {
        /// Its ARN.
        arn: TargetGroupArn,
    }
}

impl Needs for TargetGroup {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
            "elasticloadbalancing:RegisterTargets",
        ]);
        let look = [
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroups",
        ];
        needs.retags(None, &look, &["elasticloadbalancing:RemoveTags"]);
        needs.changes(&["targets"], &look);
        let targets = [
            "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:RegisterTargets",
            "elasticloadbalancing:DescribeTargetHealth",
        ];
        needs.changes(&["targets"], &targets);
        needs.name("target group", &self.name, |aws, name| async move {
            let call = aws.elbv2().describe_target_groups().names(name);
            let reply = ask_if_any("DescribeTargetGroups", || call.clone().send()).await?;
            let seen = reply.and_then(|reply| reply.target_groups).into_iter().flatten().next();
            let Some(arn) = seen.and_then(|seen| seen.target_group_arn) else { return Ok(None) };
            holder(&aws, &arn).await
        });
    }
}

impl Step for TargetGroup {
    const KIND: &'static str = "aws.elbv2.target_group";
    const UPDATES: &'static [&'static str] = &["tags", "targets"];
    type Env = Aws;
    type Output = TargetGroupOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<TargetGroupOut, StepError> {
        let arn = made::once(aws, cx, || self.create(aws, cx)).await?;
        aws.fresh().add(&self.name);
        let out: TargetGroupOut =
            until(aws, cx, &self.name, VISIBLE, Duration::ZERO, |seen| shown(cx, seen)).await?;
        let attribute = TargetGroupAttribute::builder().key(CLIENT_IP).value("false").build();
        let call = aws.elbv2().modify_target_group_attributes().target_group_arn(arn.as_str());
        let call = call.attributes(attribute);
        act(aws, cx, "ModifyTargetGroupAttributes", || call.clone().send()).await?;
        self.register(aws, cx, arn.as_str(), self.wanted(cx)).await?;
        Ok(out)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<TargetGroupOut>, StepError> {
        let seen = match find::<types::TargetGroup, _>(aws, cx, &self.name).await? {
            Ok(seen) => seen,
            Err(found) => return Ok(found),
        };
        let arn = seen.thing.arn();
        let is_whole = client_ip(aws, cx, arn).await?.as_deref() == Some("false")
            && targets(aws, cx, arn).await? == self.wanted(cx);
        match is_whole {
            true => Ok(Found::Present(TargetGroupOut { arn: arn.into() })),
            false => made::underway(cx, arn).await,
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, TargetGroupOut>,
    ) -> Result<(), StepError> {
        let done = made.done().map(|group| group.arn.as_str());
        match left::<types::TargetGroup>(aws, cx, &self.name, done).await? {
            Some(arn) => elb::target_group::delete(aws, cx, &arn).await,
            None => Ok(()),
        }
    }

    /// What others have registered meanwhile stays.
    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &TargetGroupOut,
    ) -> Result<TargetGroupOut, StepError> {
        let arn = out.arn.as_str();
        let Some(seen) = same::<types::TargetGroup>(aws, cx, &self.name, arn).await? else {
            return Err(StepError::permanent(format_args!("target group {arn} is gone")));
        };
        retag(aws, cx, arn, (&was.tags, &self.tags), &seen.tags).await?;
        let (was, now) = (was.wanted(cx), self.wanted(cx));
        let gone: Vec<_> = was.difference(&now).map(|id| target(id)).collect();
        if !gone.is_empty() {
            let call = aws.elbv2().deregister_targets().target_group_arn(arn);
            let call = call.set_targets(Some(gone));
            act(aws, cx, "DeregisterTargets", || call.clone().send()).await?;
        }
        self.register(aws, cx, arn, now).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &TargetGroupOut,
    ) -> Result<Vec<Drift>, StepError> {
        let arn = out.arn.as_str();
        let Some(Seen { thing, tags, .. }) =
            same::<types::TargetGroup>(aws, cx, &self.name, arn).await?
        else {
            return Ok(vec![Drift::gone(format_args!("target group {}", self.name))]);
        };
        let (client_ip, targets) = (client_ip(aws, cx, arn).await?, targets(aws, cx, arn).await?);
        let wanted = self.wanted(cx);
        Ok(Comparison::new()
            .optional("TargetGroupName", &self.name, thing.target_group_name())
            .optional("VpcId", cx.get(&self.vpc), thing.vpc_id())
            .optional("Port", self.port, thing.port())
            .optional("Protocol", ProtocolEnum::Tcp, thing.protocol())
            .optional("HealthCheckProtocol", ProtocolEnum::Https, thing.health_check_protocol())
            .optional("HealthCheckPath", &self.health_check_path, thing.health_check_path())
            .optional(CLIENT_IP, "false", client_ip)
            .set("Targets", wanted.iter().map(String::as_str), targets.iter().map(String::as_str))
            .tags(&mark::with(aws, cx, &self.tags), &tags)
            .drift())
    }
}

impl TargetGroup {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<TargetGroupArn, StepError> {
        if let Some(arn) = claim::<types::TargetGroup>(aws, cx, &self.name).await? {
            return Ok(arn.into());
        }
        let call = aws
            .elbv2()
            .create_target_group()
            .name(&self.name)
            .protocol(ProtocolEnum::Tcp)
            .port(self.port.into())
            .vpc_id(cx.get(&self.vpc).as_str())
            .target_type(TargetTypeEnum::Instance)
            .health_check_protocol(ProtocolEnum::Https)
            .health_check_path(&self.health_check_path)
            .health_check_interval_seconds(10)
            .healthy_threshold_count(2)
            .unhealthy_threshold_count(2)
            .set_tags(Some(mark::elbv2_tags(&mark::with(aws, cx, &self.tags))));
        let reply = act(aws, cx, "CreateTargetGroup", || call.clone().send()).await?;
        let made = reply.target_groups.into_iter().flatten().next();
        let arn = made.and_then(|made| made.target_group_arn);
        arn.map(TargetGroupArn::from).ok_or_else(|| incomplete("CreateTargetGroup", "ARN"))
    }

    /// The instances that are to be its targets.
    fn wanted(&self, cx: &Cx) -> BTreeSet<String> {
        self.targets.iter().map(|target| cx.get(target).to_string()).collect()
    }

    async fn register(
        &self,
        aws: &Aws,
        cx: &Cx,
        arn: &str,
        ids: BTreeSet<String>,
    ) -> Result<(), StepError> {
        if ids.is_empty() {
            return Ok(());
        }
        let targets = ids.iter().map(|id| target(id)).collect();
        let call = aws.elbv2().register_targets().target_group_arn(arn).set_targets(Some(targets));
        act(aws, cx, "RegisterTargets", || call.clone().send()).await.map(drop)
    }
}

fn target(id: &str) -> TargetDescription {
    TargetDescription::builder().id(id).build()
}

/// Whether it is there, and the step's own.
fn shown(cx: &Cx, seen: Option<&Seen<types::TargetGroup>>) -> Verdict<TargetGroupOut> {
    match seen {
        Some(seen) if is_own(cx, &seen.tags) => {
            Verdict::Ready(TargetGroupOut { arn: seen.thing.arn().into() })
        }
        Some(seen) => Verdict::Never(seen.conflict()),
        None => Verdict::NotYet("not visible".to_owned()),
    }
}

/// Whether its targets see who talks to them.
async fn client_ip(aws: &Aws, cx: &Cx, arn: &str) -> Result<Option<String>, StepError> {
    let call = aws.elbv2().describe_target_group_attributes().target_group_arn(arn);
    let reply = read(aws, cx, "DescribeTargetGroupAttributes", || call.clone().send()).await?;
    let mut all = reply.attributes.into_iter().flatten();
    Ok(all.find(|one| one.key() == Some(CLIENT_IP)).and_then(|one| one.value))
}

/// Its targets, whichever state they are in, but for those on their way out.
async fn targets(aws: &Aws, cx: &Cx, arn: &str) -> Result<BTreeSet<String>, StepError> {
    let call = aws.elbv2().describe_target_health().target_group_arn(arn);
    let reply = read(aws, cx, "DescribeTargetHealth", || call.clone().send()).await?;
    let all = reply.target_health_descriptions.into_iter().flatten();
    let stays = all.filter(|one| {
        let state = one.target_health().and_then(|health| health.state());
        state != Some(&types::TargetHealthStateEnum::Draining)
    });
    Ok(stays.filter_map(|one| one.target?.id).collect())
}

impl Thing for types::TargetGroup {
    const NOUN: &'static str = "target group";

    async fn get(aws: &Aws, cx: &Cx, name: &str) -> Result<Option<Self>, StepError> {
        let call = aws.elbv2().describe_target_groups().names(name);
        let reply = read_if_any(cx, "DescribeTargetGroups", || call.clone().send()).await?;
        let mut seen = reply.and_then(|reply| reply.target_groups).into_iter().flatten();
        Ok(seen.find(|seen| seen.target_group_name() == Some(name)))
    }

    fn arn(&self) -> &str {
        self.target_group_arn().unwrap_or_default()
    }
}
