//! [`Listener`]: a port of a load balancer.

use super::{
    seen::{Seen, Thing, claim, find, left, same},
    tags::retag,
};
use crate::{
    Aws, ListenerArn, LoadBalancerArn, Tags, TargetGroupArn,
    blockers::Blocked,
    call::{act, read_if_any},
    claim::is_own,
    comparison::Comparison,
    error::incomplete,
    made, mark,
    needs::{Draft, Needed, Needs},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
};
use aws_sdk_elasticloadbalancingv2::types::{self, Action, ActionTypeEnum, ProtocolEnum};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Visible at once, mostly (estimate).
const VISIBLE: Pace = Pace::secs(1, 1, 120);

/// Has a network load balancer pass on TCP connections to a port.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listener {
    /// The load balancer.
    pub load_balancer: Input<LoadBalancerArn>,
    /// Its port.
    pub port: u16,
    /// Who gets the connections.
    pub target_group: Input<TargetGroupArn>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A listener.
    pub struct ListenerOut -> ListenerRefs {
        /// Its ARN.
        arn: ListenerArn,
    }
}

impl Needs for Listener {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeTags",
        ]);
        let look = [
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeTags",
        ];
        needs.retags(None, &look, &["elasticloadbalancing:RemoveTags"]);
    }
}

impl Step for Listener {
    const KIND: &'static str = "aws.elbv2.listener";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = ListenerOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<ListenerOut, StepError> {
        let place = self.place(cx);
        made::once(aws, cx, || self.create(aws, cx, &place)).await?;
        aws.fresh().add(&place);
        until(aws, cx, &place, VISIBLE, Duration::ZERO, |seen| shown(cx, seen)).await
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<ListenerOut>, StepError> {
        Ok(match find::<types::Listener, _>(aws, cx, &self.place(cx)).await? {
            Ok(seen) => Found::Present(ListenerOut { arn: seen.thing.arn().into() }),
            Err(found) => found,
        })
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, ListenerOut>) -> Result<(), StepError> {
        let done = made.done().map(|listener| listener.arn.as_str());
        match left::<types::Listener>(aws, cx, &self.place(cx), done).await? {
            Some(arn) => delete(aws, cx, &arn).await,
            None => Ok(()),
        }
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &ListenerOut,
    ) -> Result<ListenerOut, StepError> {
        let arn = out.arn.as_str();
        let Some(seen) = same::<types::Listener>(aws, cx, &self.place(cx), arn).await? else {
            return Err(StepError::permanent(format_args!("listener {arn} is gone")));
        };
        retag(aws, cx, arn, (&was.tags, &self.tags), &seen.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &ListenerOut) -> Result<Vec<Drift>, StepError> {
        let seen = same::<types::Listener>(aws, cx, &self.place(cx), out.arn.as_str()).await?;
        let Some(Seen { thing, tags, .. }) = seen else {
            return Ok(vec![Drift::gone(format_args!("listener on port {}", self.port))]);
        };
        let action = thing.default_actions().first();
        Ok(Comparison::new()
            .optional("LoadBalancerArn", cx.get(&self.load_balancer), thing.load_balancer_arn())
            .optional("Port", self.port, thing.port())
            .optional("Protocol", ProtocolEnum::Tcp, thing.protocol())
            .optional(
                "DefaultActions.TargetGroupArn",
                cx.get(&self.target_group),
                action.and_then(Action::target_group_arn),
            )
            .tags(&mark::with(aws, cx, &self.tags), &tags)
            .drift())
    }
}

impl Listener {
    /// A port of a load balancer has one listener.
    fn place(&self, cx: &Cx) -> String {
        format!("{}:{}", cx.get(&self.load_balancer), self.port)
    }

    async fn create(&self, aws: &Aws, cx: &Cx, place: &str) -> Result<ListenerArn, StepError> {
        if let Some(arn) = claim::<types::Listener>(aws, cx, place).await? {
            return Ok(arn.into());
        }
        let action = Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .target_group_arn(cx.get(&self.target_group).as_str())
            .build();
        let call = aws
            .elbv2()
            .create_listener()
            .load_balancer_arn(cx.get(&self.load_balancer).as_str())
            .protocol(ProtocolEnum::Tcp)
            .port(self.port.into())
            .default_actions(action)
            .set_tags(Some(mark::elbv2_tags(&mark::with(aws, cx, &self.tags))));
        let reply = act(aws, cx, "CreateListener", || call.clone().send()).await?;
        let made = reply.listeners.into_iter().flatten().next();
        let arn = made.and_then(|made| made.listener_arn);
        arn.map(ListenerArn::from).ok_or_else(|| incomplete("CreateListener", "ARN"))
    }
}

/// Deletes a listener.
async fn delete(aws: &Aws, cx: &Cx, arn: &str) -> Result<(), StepError> {
    let call = aws.elbv2().delete_listener().listener_arn(arn);
    let removal = Removal::new("DeleteListener", arn, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Whether it is there, and the step's own.
fn shown(cx: &Cx, seen: Option<&Seen<types::Listener>>) -> Verdict<ListenerOut> {
    match seen {
        Some(seen) if is_own(cx, &seen.tags) => {
            Verdict::Ready(ListenerOut { arn: seen.thing.arn().into() })
        }
        Some(seen) => Verdict::Never(seen.conflict()),
        None => Verdict::NotYet("not visible".to_owned()),
    }
}

impl Thing for types::Listener {
    const NOUN: &'static str = "listener";

    async fn get(aws: &Aws, cx: &Cx, place: &str) -> Result<Option<Self>, StepError> {
        let (balancer, port) = place.rsplit_once(':').unwrap_or((place, ""));
        let call = aws.elbv2().describe_listeners().load_balancer_arn(balancer);
        let reply = read_if_any(cx, "DescribeListeners", || call.clone().send()).await?;
        let mut seen = reply.and_then(|reply| reply.listeners).into_iter().flatten();
        Ok(seen.find(|seen| seen.port().is_some_and(|seen| seen.to_string() == port)))
    }

    fn arn(&self) -> &str {
        self.listener_arn().unwrap_or_default()
    }
}
